"""A planner: works off what the plan asks for, accepting some kinds of messages and letting the others sleep."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from simulator.doors import Doors, Person
from simulator.people.person import Turn

ACTS_COUNT_MAX: Final = 100


@dataclass(slots=True)
class Planner:
    """Accepts messages of the kinds in `accepts`; lets others sleep for `sleeps`, or leaves them where that is None.

    One that is open again, since its owner cannot do it, is treated like the others; one who `insists` accepts it once
    for each reason. None is put off twice at a moment.
    """

    accepts: Collection[str]
    sleeps: timedelta | None = None
    insists: bool = False
    accepted: set[tuple[str, str]] = field(default_factory=set)
    put_off: dict[str, datetime] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Who it is."""
        return "planner"

    @property
    def person(self) -> Person:
        """As whom it acts."""
        return Person("planner", "paula")

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Answer the messages that are open, up to 100 of them at once."""
        turn = Turn()
        waiting = await doors.items(self.person, "materials", "/v1/action-messages")
        acts = [act for message in waiting if (act := self._act(message, now)) is not None]
        for first in range(0, len(acts), ACTS_COUNT_MAX):
            part = acts[first : first + ACTS_COUNT_MAX]
            again = now.isoformat()
            path = "/v1/action-messages/batch"
            answer = await doors.post(self.person, "materials", path, {"acts": part}, again=again)
            for act, each in zip(part, answer["answers"], strict=True):
                kind = act["id"].rpartition("@")[2]
                if each["status"] < 300:
                    turn.done(f"{'accepts' if act['act'] == 'accept' else 'puts off'} a message: {kind}")
        return turn

    def _act(self, message: dict[str, Any], now: datetime) -> dict[str, Any] | None:
        message_id = f"{message['planned_order_id']}@{message['kind']}"
        asked = message_id, message["reason"] if self.insists else ""
        if message["kind"] in self.accepts and asked not in self.accepted:
            self.accepted.add(asked)
            return {"id": message_id, "act": "accept"}
        if self.sleeps is None or self.put_off.get(message_id) == now:
            return None
        self.put_off[message_id] = now
        return {"id": message_id, "act": "snooze", "until_at": (now + self.sleeps).isoformat()}
