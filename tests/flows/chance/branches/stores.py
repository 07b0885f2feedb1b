"""What lies in store before anybody orders it: by a reorder point, or made for a forecast; one may stand in for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from simulator.people.person import Plays
from simulator.people.vendor import Vendor
from simulator.scenarios import parts
from simulator.scenarios.scenario import Put, approved
from simulator.scenarios.staff import BUYER, PLANNER
from tests.flows.chance.branches.branch import Staff, component, offer
from tests.flows.chance.scene import Act, Planned

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stores:
    """Bolts by a reorder point; brackets, made to stock of bolts; nuts of two makers, of whom one is a week late."""

    seed: int

    def named(self, what: str) -> str:
        """Its own things."""
        return f"{what}-{self.seed}"

    @property
    def sold(self) -> tuple[str, ...]:
        """All but what stands in."""
        return tuple(self.named(each) for each in ("bolt", "bracket", "nut"))

    @property
    def planned(self) -> tuple[Planned, ...]:
        """Bolts and brackets are planned by people who may change their minds."""
        return Planned(self.named("bracket"), ("make",)), Planned(self.named("nut"), ("buy",))

    @property
    def acts(self) -> tuple[Act, ...]:
        """None of its own."""
        return ()

    def masters(self) -> list[Put]:
        """Items, recipe, vendors, what is planned how, what stands in for what."""
        bolt, bracket, nut, other = (self.named(each) for each in ("bolt", "bracket", "nut", "other-nut"))
        bend = parts.recipe(
            bracket, "Bend", {bolt: "2", nut: "2"}, [parts.made(bracket)],
            parts.step(self.named("bench"), "Bend", "10", "2"), lead_days=1,
        )  # fmt: skip
        return [
            *(
                Put(PLANNER, "materials", "/v1/items", parts.item(sku, sku.title()))
                for sku in (bolt, bracket, nut, other)
            ),
            *approved(bend),
            *self._bought(),
            *self._planned_so(),
            offer(bolt, 90, component(bolt)),
            offer(bracket, 900, component(bracket)),
            offer(nut, 70, component(nut)),
        ]

    def _planned_so(self) -> list[Put]:
        bolt, bracket, nut, other = (self.named(each) for each in ("bolt", "bracket", "nut", "other-nut"))
        instead = {
            "sku": nut, "site_id": "plant-1", "substitute": other,
            "valid_from": parts.VALID_FROM, "valid_to": parts.VALID_TO,
        }  # fmt: skip
        kept: list[dict[str, Any]] = [
            {
                "sku": bolt,
                "source": "buy",
                "strategy": "reorder-point",
                "reorder_point": "30",
                "minimum": "50",
            },
            {
                "sku": bracket,
                "source": "make",
                "strategy": "make-to-stock",
                "backward_days": 7,
                "forward_days": 7,
            },
        ]
        wanted = {"sku": bracket, "site_id": "plant-1", "starts_on": "2026-03-02", "ends_on": "2026-12-31"}
        return [
            Put(PLANNER, "materials", "/v1/substitutes", instead),
            *(
                Put(PLANNER, "materials", "/v1/planning-parameters", {"site_id": "plant-1", **each})
                for each in kept
            ),
            Put(PLANNER, "materials", "/v1/forecasts", {**wanted, "quantity": "150"}),
        ]

    def _bought(self) -> list[Put]:
        bolt, nut, other = self.named("bolt"), self.named("nut"), self.named("other-nut")
        screws, late = self.named("screws"), self.named("late-nuts")
        return [
            Put(BUYER, "vendors", "/v1/vendors", parts.vendor(screws, "Screws", [bolt, other])),
            Put(BUYER, "vendors", "/v1/vendors", parts.vendor(late, "Nuts", [nut])),
            Put(BUYER, "vendors", "/v1/terms", parts.terms(screws, bolt, 30, 3)),
            Put(BUYER, "vendors", "/v1/terms", parts.terms(screws, other, 25, 2)),
            Put(BUYER, "vendors", "/v1/terms", parts.terms(late, nut, 20, 5)),
        ]

    def people(self, staff: Staff) -> list[Plays]:
        """Two vendors."""
        return [
            Vendor(self.named("screws")),
            Vendor(self.named("late-nuts"), delay=staff.chance.choice([0, 7]) * DAY),
        ]
