"""A play: people act until nobody has anything to do, then business time goes on; it ends with what was needed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from simulator.doors import Doors
from simulator.people.person import Plays

ROUNDS_COUNT_MAX: Final = 200
STEPS_COUNT_MAX: Final = 5_000


class Stuck(Exception):
    """Nobody has anything to do any more and what was needed is not there; the words say what is missing."""


class NothingLeft(Stuck):
    """Nothing more happens in the time that is given."""


class Clock(Protocol):
    """Business time of all services."""

    async def rest(self) -> datetime:
        """Wait until no service has anything in work; the answer is the business time."""
        ...

    async def step(self, moments: Sequence[datetime]) -> datetime | None:
        """Go to the next moment at which a service, or one of `moments`, is due; None when there is none."""
        ...


@dataclass(slots=True)
class Play:
    """`finished` says whether all is there; `watch` hears of every act: business time, who, what."""

    doors: Doors
    clock: Clock
    people: Sequence[Plays]
    finished: Callable[[], Awaitable[bool]]
    watch: Callable[[datetime, str, str], None]
    until: datetime | None = None
    moments: set[datetime] = field(default_factory=set)
    acts: int = 0
    steps: int = 0

    async def run(self) -> datetime:
        """Play to the end; the answer is the business time then. Raises `Stuck`."""
        while self.steps < STEPS_COUNT_MAX:
            now = await self._act_all()
            if await self.finished():
                return now
            went = await self.clock.step(sorted(each for each in self.moments if each > now))
            if went is None or (self.until is not None and went > self.until):
                raise NothingLeft(f"nothing happens any more at {now:%Y-%m-%d %H:%M}")
            self.steps += 1
        raise Stuck(f"not there after {self.steps} steps of time")

    async def _act_all(self) -> datetime:
        """Everybody acts, round after round, until a round brings nothing."""
        now = await self.clock.rest()
        for _ in range(ROUNDS_COUNT_MAX):
            self.moments.clear()
            acts = 0
            for person in self.people:
                turn = await person.look(self.doors, now)
                acts += turn.acts
                self.moments.update(turn.moments)
                for words in turn.told:
                    self.watch(now, person.title, words)
            self.acts += acts
            if not acts:
                return now
            now = await self.clock.rest()
        raise Stuck(f"people act without end at {now:%Y-%m-%d %H:%M}")
