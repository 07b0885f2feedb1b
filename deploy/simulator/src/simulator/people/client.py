"""The client at the door: confirms the offered time, and says at the end what of it is taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from simulator.doors import Doors, Person
from simulator.people.person import Turn, moment


@dataclass(slots=True)
class Client:
    """Somebody is always there."""

    customer_id: str

    @property
    def title(self) -> str:
        """Who it is."""
        return f"client {self.customer_id}"

    @property
    def person(self) -> Person:
        """As whom they answer."""
        return Person("customer", f"{self.customer_id}-reception", self.customer_id)

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Confirm what is offered; take goods that were brought and work that was reported."""
        turn = Turn()
        for visit in await doors.items(self.person, "service-desk", "/v1/visits?state=offered"):
            path, body = f"/v1/visits/{visit['visit_id']}", {"offer_no": visit["offer_no"]}
            await doors.post(self.person, "service-desk", f"{path}/confirmation", body)
            turn.done(f"confirms the {visit['kind']} of {moment(visit['starts_at']):%m-%d %H:%M}")
        for state, kind in (("dispatched", "hand-over"), ("reported", "visit")):
            for visit in await doors.items(self.person, "service-desk", f"/v1/visits?state={state}"):
                if visit["kind"] == kind and turn.due(moment(visit["ends_at"]), now):
                    await doors.post(
                        self.person, "service-desk", f"/v1/visits/{visit['visit_id']}/acceptance", {}
                    )
                    turn.done(f"takes the {'goods' if kind == 'hand-over' else 'work'} and says so")
        return turn
