"""What is sold, and bought, in dollars: somebody says what they are worth, when somebody waits for it."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.people.person import Plays
from simulator.people.vendor import Vendor
from simulator.scenarios import parts
from simulator.scenarios.scenario import Put
from simulator.scenarios.staff import BUYER, PLANNER
from tests.flows.bookkeeper import Bookkeeper
from tests.flows.chance.branches.branch import Staff, component, offer
from tests.flows.chance.scene import Act, Planned


@dataclass(frozen=True, slots=True)
class Currencies:
    """Axles are exported for dollars; chips are bought for dollars, and sold for both."""

    seed: int

    def named(self, what: str) -> str:
        """Its own things."""
        return f"{what}-{self.seed}"

    @property
    def sold(self) -> tuple[str, ...]:
        """In dollars, in dollars, in euros."""
        return tuple(self.named(each) for each in ("export-machine", "export-chip", "chip"))

    @property
    def planned(self) -> tuple[Planned, ...]:
        """Chips are bought."""
        return (Planned(self.named("chip"), ("buy",)),)

    @property
    def acts(self) -> tuple[Act, ...]:
        """None of its own."""
        return ()

    def masters(self) -> list[Put]:
        """Chips, their vendor, the offers."""
        chip, overseas = self.named("chip"), self.named("overseas")
        vendor = parts.vendor(overseas, "Overseas", [chip], currency="USD")
        return [
            Put(PLANNER, "materials", "/v1/items", parts.item(chip, "Chip")),
            Put(BUYER, "vendors", "/v1/vendors", vendor),
            Put(BUYER, "vendors", "/v1/terms", parts.terms(overseas, chip, 1_333, 6, currency="USD")),
            offer(self.named("export-machine"), 53_000, component(self.named("machine")), currency="USD"),
            offer(self.named("export-chip"), 2_200, component(chip), currency="USD"),
            offer(chip, 2_100, component(chip)),
        ]

    def people(self, staff: Staff) -> list[Plays]:
        """Who says rates, and the vendor."""
        return [Bookkeeper(staff.services), Vendor(self.named("overseas"))]
