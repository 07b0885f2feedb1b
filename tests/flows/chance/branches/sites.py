"""A depot of ours that is filled by transfers, and a site of another company of ours that supplies under orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from simulator.doors import Doors, Refused
from simulator.people.person import Plays, Turn, moment
from simulator.people.vendor import Vendor
from simulator.scenarios import parts
from simulator.scenarios.scenario import Put, approved
from simulator.scenarios.staff import BUYER, PLANNER, WAREHOUSE
from tests.flows.chance.branches.branch import Staff, component, offer
from tests.flows.chance.scene import Act, Planned


@dataclass(slots=True)
class Shunter:
    """Sends what lies ready to go to another site of the company, and takes in what has come from one."""

    title: str = "shunter"

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Send what is due and there; take in what has arrived."""
        turn = Turn()
        for act, state in (("dispatch", "released"), ("receive", "confirmed")):
            for order in await doors.items(PLANNER, "materials", f"/v1/planned-orders?state={state}"):
                due = order["starts_at" if act == "dispatch" else "expected_at"] or order["due_at"]
                if order["source"] == "transfer" and turn.due(moment(due), now):
                    await self._move(doors, turn, now, order["planned_order_id"], act)
        return turn

    async def _move(self, doors: Doors, turn: Turn, now: datetime, key: str, act: str) -> None:
        try:
            await doors.post(WAREHOUSE, "materials", f"/v1/transfers/{key}/{act}", again=str(now))
        except Refused as refused:
            # Its goods do not lie ready yet: whatever brings them wakes everybody.
            if act == "receive" or refused.status != HTTPStatus.CONFLICT:
                raise
        else:
            turn.done(f"{act}: transfer {key}")


@dataclass(frozen=True, slots=True)
class Sites:
    """Housings and machines are sold from the depot, too; castings come from the works of a sister company."""

    seed: int

    def named(self, what: str) -> str:
        """Its own things."""
        return f"{what}-{self.seed}"

    @property
    def depot(self) -> str:
        """Of the same legal entity as the plant."""
        return self.named("depot")

    @property
    def works(self) -> str:
        """Of another one."""
        return self.named("works")

    @property
    def sold(self) -> tuple[str, ...]:
        """From the depot, and castings."""
        return tuple(self.named(each) for each in ("depot-housing", "depot-machine", "casting"))

    @property
    def planned(self) -> tuple[Planned, ...]:
        """How it all gets there."""
        return (
            Planned(self.named("housing"), ("transfer", "buy"), self.depot, "plant-1"),
            Planned(self.named("machine"), ("transfer",), self.depot, "plant-1"),
            Planned(self.named("casting"), ("internal",)),
            Planned(self.named("casting"), ("make",), self.works),
            Planned(self.named("pig"), ("buy",), self.works),
        )

    @property
    def acts(self) -> tuple[Act, ...]:
        """None of its own."""
        return ()

    def masters(self) -> list[Put]:
        """The sites, what is cast there, and how everything is planned."""
        casting, pig = self.named("casting"), self.named("pig")
        line = parts.work_centre(self.named("line"), "Casting line", self.works, "weekdays", 3_000, 9_000)
        cast = parts.recipe(
            casting, "Cast", {pig: "2"}, [parts.made(casting)], parts.step(self.named("line"), "Cast", "45", "6"),
            site_id=self.works, lead_days=2,
        )  # fmt: skip
        smelter, sister = self.named("smelter"), self.named("sister")
        inside = parts.vendor(sister, "Sister", [casting], kind="internal", site_id=self.works)
        return [
            Put(PLANNER, "materials", "/v1/sites", self._site(self.depot, "o2d-works", 1)),
            Put(PLANNER, "materials", "/v1/sites", self._site(self.works, "o2d-castings", 2)),
            Put(PLANNER, "materials", "/v1/items", parts.item(casting, "Casting")),
            Put(PLANNER, "materials", "/v1/items", parts.item(pig, "Pig iron")),
            Put(PLANNER, "production", "/v1/work-centres", line),
            *approved(cast),
            Put(BUYER, "vendors", "/v1/vendors", inside),
            Put(BUYER, "vendors", "/v1/terms", parts.terms(sister, casting, 4_000, 8)),
            Put(BUYER, "vendors", "/v1/vendors", parts.vendor(smelter, "Smelter", [pig])),
            Put(BUYER, "vendors", "/v1/terms", parts.terms(smelter, pig, 300, 4) | {"site_id": self.works}),
            *(
                Put(PLANNER, "materials", "/v1/planning-parameters", each.parameters(each.sources[0]))
                for each in self.planned
            ),
            offer(self.named("depot-housing"), 7_500, component(self.named("housing"), site_id=self.depot)),
            offer(self.named("depot-machine"), 51_000, component(self.named("machine"), site_id=self.depot)),
            offer(casting, 9_000, component(casting)),
        ]

    @staticmethod
    def _site(site_id: str, legal_entity: str, transit_days: int) -> dict[str, Any]:
        return {
            "site_id": site_id,
            "title": site_id.title(),
            "legal_entity": legal_entity,
            "transit_days": transit_days,
            "calendar_id": "weekdays",
        }

    def people(self, staff: Staff) -> list[Plays]:
        """Who moves goods between the sites, and the vendor of what is cast."""
        return [Shunter(), Vendor(self.named("smelter"))]
