"""People of the service desk: one sends goods, others work at the client's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from simulator.doors import Doors, Person
from simulator.people.door import act_on
from simulator.people.person import Turn, moment


@dataclass(slots=True)
class Dispatcher:
    """Sends the goods of a hand-over when its time has come; `freight_minor` is what a way costs."""

    freight_minor: int = 0

    @property
    def title(self) -> str:
        """Who it is."""
        return "dispatcher"

    @property
    def person(self) -> Person:
        """As whom it acts."""
        return Person("dispatcher", "dora")

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Send what the client has confirmed."""
        turn = Turn()
        path = "/v1/visits?state=confirmed&kind=hand-over"
        for visit in await doors.items(self.person, "service-desk", path):
            if turn.due(moment(visit["starts_at"]), now):
                body = {"freight_minor": self.freight_minor}
                if await act_on(doors, self.person, visit, "dispatch", body, again=str(visit["offer_no"])):
                    turn.done(f"sends the goods of order {visit['order_id']}")
        return turn


@dataclass(slots=True)
class Driver:
    """Stands at the client's door with the goods, and leaves when for so long after the time nobody took them."""

    waits: timedelta = timedelta(hours=1)

    @property
    def title(self) -> str:
        """Who it is."""
        return "driver"

    @property
    def person(self) -> Person:
        """As whom it acts."""
        return Person("dispatcher", "dirk")

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Bring back what nobody took."""
        turn = Turn()
        for visit in await doors.items(self.person, "service-desk", "/v1/visits?state=dispatched"):
            if turn.due(moment(visit["ends_at"]) + self.waits, now) and await act_on(
                doors, self.person, visit, "no-show", again=str(visit["offer_no"])
            ):
                turn.done(f"found nobody for the goods of order {visit['order_id']}")
        return turn


@dataclass(slots=True)
class Technician:
    """Begins a confirmed visit at its time and reports it at its end, with the parts that the service names."""

    name: str

    @property
    def title(self) -> str:
        """Who it is."""
        return f"technician {self.name}"

    @property
    def person(self) -> Person:
        """As whom it acts."""
        return Person("technician", self.name)

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Begin and report."""
        turn = Turn()
        mine = f"kind=visit&technician_id={self.name}"
        for visit in await doors.items(self.person, "service-desk", f"/v1/visits?state=confirmed&{mine}"):
            if turn.due(moment(visit["starts_at"]), now) and await act_on(
                doors, self.person, visit, "start", again=str(visit["offer_no"])
            ):
                turn.done(f"begins the visit of order {visit['order_id']}")
        for visit in await doors.items(self.person, "service-desk", f"/v1/visits?state=started&{mine}"):
            if turn.due(moment(visit["ends_at"]), now):
                await self._report(doors, visit)
                turn.done(f"reports the visit of order {visit['order_id']}")
        return turn

    async def _report(self, doors: Doors, visit: Mapping[str, Any]) -> None:
        service = await doors.get(self.person, "service-desk", f"/v1/services/{visit['service_id']}")
        lasts = moment(visit["ends_at"]) - moment(visit["starts_at"])
        parts = [
            {
                "sku": part["sku"],
                "quantity": str(Decimal(part["quantity"]) * Decimal(visit["quantity"])),
                "site_id": service["site_id"],
            }
            for part in service["parts"]
        ]
        body = {"minutes": int(lasts.total_seconds() // 60), "parts": parts}
        path, again = f"/v1/visits/{visit['visit_id']}/report", str(visit["offer_no"])
        await doors.post(self.person, "service-desk", path, body, again=again)
