"""The client at the door: confirms the offered time, and says at the end what of it is taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from simulator.doors import Doors, Person
from simulator.people.door import act_on
from simulator.people.person import Turn, moment


@dataclass(slots=True)
class Client:
    """One that is `absent` is not there the first so many times; one that `moves` wants each time changed once.

    One that `refuses` does not take so much of the first goods that are brought; one that is `silent` answers an
    offer only when nobody waits for the answer any more.
    """

    customer_id: str
    absent: int = 0
    moves: timedelta | None = None
    refuses: str | None = None
    silent: bool = False
    moved: set[str] = field(default_factory=set)

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
        asked = "held" if self.silent else "offered"
        for visit in await doors.items(self.person, "service-desk", f"/v1/visits?state={asked}"):
            self.silent = False
            body = {"offer_no": visit["offer_no"]}
            if await act_on(doors, self.person, visit, "confirmation", body):
                turn.done(f"confirms the {visit['kind']} of {moment(visit['starts_at']):%m-%d %H:%M}")
        await self._move(doors, turn)
        for state, kind in (("dispatched", "hand-over"), ("reported", "visit")):
            for visit in await doors.items(self.person, "service-desk", f"/v1/visits?state={state}"):
                # Work is reported when somebody was there.
                away = kind == "hand-over" and visit["missed_times"] < self.absent
                if visit["kind"] != kind or away:
                    continue
                if turn.due(moment(visit["ends_at"]), now) and await act_on(
                    doors, self.person, visit, "acceptance", self._word(visit), again=str(visit["offer_no"])
                ):
                    turn.done(f"takes the {'goods' if kind == 'hand-over' else 'work'} and says so")
        return turn

    async def _move(self, doors: Doors, turn: Turn) -> None:
        """What suited yesterday does not suit today."""
        if self.moves is None:
            return
        for visit in await doors.items(self.person, "service-desk", "/v1/visits?state=confirmed"):
            if visit["visit_id"] not in self.moved:
                self.moved.add(visit["visit_id"])
                later = moment(visit["starts_at"]) + self.moves
                if await act_on(doors, self.person, visit, "move", {"starts_at": later.isoformat()}):
                    turn.done(f"wants the {visit['kind']} later")

    def _word(self, visit: Mapping[str, Any]) -> dict[str, Any]:
        """Yes, but for what is refused."""
        if self.refuses is None or not visit["lots"]:
            return {}
        lot, quantity, self.refuses = visit["lots"][0], self.refuses, None
        refused = {"line_id": lot["line_id"], "lot_id": lot["lot_id"], "quantity": quantity}
        return {"refused": [refused], "reason": "scratched"}
