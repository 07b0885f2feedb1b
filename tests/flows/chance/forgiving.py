"""Somebody who is refused now and then, since others have been there first, and tries it again another time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from simulator.doors import Doors, Refused
from simulator.people.person import Plays, Turn


@dataclass(slots=True)
class Forgiving:
    """What is refused as not fitting what is so now is no fault; it is shown each time that it is said anew."""

    who: Plays
    said: str = ""

    @property
    def title(self) -> str:
        """Who it is."""
        return self.who.title

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Act as they do."""
        try:
            return await self.who.look(doors, now)
        except Refused as refused:
            if refused.status != HTTPStatus.CONFLICT:
                raise
            if str(refused) != self.said:
                self.said = str(refused)
                print(f"{now:%Y-%m-%d %H:%M} {self.title} hears: {refused}")
        return Turn()
