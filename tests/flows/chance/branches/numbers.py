"""Things each of which has a number: bought ones and made ones come without, and somebody reads them off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from simulator.doors import Doors
from simulator.people.person import Plays, Turn
from simulator.people.vendor import Vendor
from simulator.scenarios import parts
from simulator.scenarios.scenario import Put, approved
from simulator.scenarios.staff import BUYER, PLANNER, WAREHOUSE
from tests.flows.chance.branches.branch import Staff, component, offer
from tests.flows.chance.scene import Act, Planned

DAY: Final = timedelta(days=1)


@dataclass(slots=True)
class Reader:
    """Reads off the numbers of lots of these items that came without them."""

    skus: Sequence[str]
    title: str = "reader"

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Name the pieces of every lot that waits for it."""
        turn = Turn()
        for sku in self.skus:
            for lot in await doors.items(WAREHOUSE, "materials", f"/v1/lots?sku={sku}"):
                if not lot["serials"]:
                    await self._read(doors, turn, lot)
        return turn

    async def _read(self, doors: Doors, turn: Turn, lot: dict[str, Any]) -> None:
        pieces = int(Decimal(lot["quantity"]))
        path = f"/v1/lots/{lot['lot_id']}"
        if (await doors.get(WAREHOUSE, "materials", path))["awaits_serials"]:
            serials = [f"{lot['lot_id'][-12:]}-{number}" for number in range(pieces)]
            await doors.post(WAREHOUSE, "materials", f"{path}/serials", {"serials": serials})
            turn.done(f"reads {pieces} numbers of lot {lot['lot_id']} of {lot['sku']}")


@dataclass(frozen=True, slots=True)
class Numbers:
    """Robots, each with a controller; controllers are sold as well."""

    seed: int

    def named(self, what: str) -> str:
        """Its own things."""
        return f"{what}-{self.seed}"

    @property
    def sold(self) -> tuple[str, ...]:
        """Both."""
        return self.named("robot"), self.named("controller")

    @property
    def planned(self) -> tuple[Planned, ...]:
        """One is made of the other."""
        return Planned(self.named("robot"), ("make",)), Planned(self.named("controller"), ("buy",))

    @property
    def acts(self) -> tuple[Act, ...]:
        """None of its own."""
        return ()

    def masters(self) -> list[Put]:
        """Items, recipe, vendor, offers."""
        robot, controller, maker = self.named("robot"), self.named("controller"), self.named("robotics")
        build = parts.recipe(
            robot, "Build", {controller: "1", self.named("housing"): "1"}, [parts.made(robot)],
            parts.step(self.named("bench"), "Build", "10", "15"), lead_days=1,
        )  # fmt: skip
        return [
            Put(PLANNER, "materials", "/v1/items", parts.item(robot, "Robot", serialised=True)),
            Put(PLANNER, "materials", "/v1/items", parts.item(controller, "Controller", serialised=True)),
            *approved(build),
            Put(BUYER, "vendors", "/v1/vendors", parts.vendor(maker, "Robotics", [controller])),
            Put(BUYER, "vendors", "/v1/terms", parts.terms(maker, controller, 8_000, 4)),
            offer(robot, 39_000, component(robot)),
            offer(controller, 12_000, component(controller)),
        ]

    def people(self, staff: Staff) -> list[Plays]:
        """Who reads numbers, and the vendor."""
        return [Reader(self.sold), Vendor(self.named("robotics"), delay=staff.chance.choice([0, 4]) * DAY)]
