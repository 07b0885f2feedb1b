"""What every simulated person does: look at what there is, act on what is due, name the next moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from simulator.doors import Doors


@dataclass(slots=True)
class Turn:
    """What came of one look: how many acts, and the moments at which there will be something to do."""

    acts: int = 0
    moments: list[datetime] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def done(self, words: str) -> None:
        """Something was done."""
        self.acts += 1
        self.told.append(words)

    def due(self, at: datetime, now: datetime) -> bool:
        """Whether its time has come; if not, it is remembered for later."""
        if at <= now:
            return True
        self.moments.append(at)
        return False


class Plays(Protocol):
    """A simulated person."""

    @property
    def title(self) -> str:
        """Who it is, for people who watch."""
        ...

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Act on everything that is due now."""
        ...


def moment(text: str) -> datetime:
    """A moment as services write it."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
