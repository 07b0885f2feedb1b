"""Something that a scenario is played for, and who looks for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from simulator.doors import Doors


@dataclass(frozen=True, slots=True)
class Sight:
    """What can be read afterwards, in words; `there` says whether it came as it should."""

    words: str
    there: bool = True


# Looks through the public doors at what came since a business time.
Looks = Callable[[Doors, datetime], Awaitable[Sequence[Sight]]]


async def nothing_more(doors: Doors, since: datetime) -> Sequence[Sight]:
    """For scenarios whose orders tell it all."""
    return ()
