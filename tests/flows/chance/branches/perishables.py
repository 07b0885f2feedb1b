"""What keeps for some days only: bought in lots that are more than is needed, and mixed to what keeps no longer."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from simulator.people.person import Plays
from simulator.people.vendor import Vendor
from simulator.scenarios import parts
from simulator.scenarios.scenario import Put, approved
from simulator.scenarios.staff import BUYER, PLANNER
from tests.flows.chance.branches.branch import Staff, component, offer
from tests.flows.chance.scene import Act, Planned


@dataclass(frozen=True, slots=True)
class Perishables:
    """Resin is bought by the barrel; glue is mixed of it."""

    seed: int

    def named(self, what: str) -> str:
        """Its own things."""
        return f"{what}-{self.seed}"

    @property
    def sold(self) -> tuple[str, ...]:
        """Both."""
        return self.named("glue"), self.named("resin")

    @property
    def planned(self) -> tuple[Planned, ...]:
        """One is made of the other."""
        return Planned(self.named("glue"), ("make",)), Planned(self.named("resin"), ("buy",))

    @property
    def acts(self) -> tuple[Act, ...]:
        """None of its own."""
        return ()

    def masters(self) -> list[Put]:
        """Items that keep so long, recipe, vendor, offers."""
        glue, resin, maker = self.named("glue"), self.named("resin"), self.named("chemist")
        chance = Random(f"{self.seed} perishables")
        keeps, mixed = chance.randint(8, 30), chance.randint(6, 30)
        mix = parts.recipe(
            glue, "Mix", {resin: "0.5"}, [parts.made(glue)],
            parts.step(self.named("bench"), "Mix", "10", "1"), lead_days=1,
        )  # fmt: skip
        return [
            Put(PLANNER, "materials", "/v1/items",
                parts.item(glue, "Glue", "l", "0.001", shelf_life_days=mixed)),
            Put(PLANNER, "materials", "/v1/items",
                parts.item(resin, "Resin", "l", "0.001", shelf_life_days=keeps)),
            *approved(mix),
            Put(BUYER, "vendors", "/v1/vendors", parts.vendor(maker, "Chemist", [resin])),
            Put(BUYER, "vendors", "/v1/terms", parts.terms(maker, resin, 900, 3, multiple="20")),
            offer(glue, 1_900, component(glue, unit="l")),
            offer(resin, 1_400, component(resin, unit="l")),
        ]  # fmt: skip

    def people(self, staff: Staff) -> list[Plays]:
        """The vendor."""
        return [Vendor(self.named("chemist"))]
