"""What every part of a simulation shares: chance, luck that turns bad and good again, the trace, broken promises."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.simulation.virtual import WORLD, Loop

T = TypeVar("T")


class Broken(AssertionError):
    """A promise was broken."""


@dataclass(frozen=True, slots=True)
class Luck:
    """How much goes wrong until `until` (virtual seconds); rates are chances of each single exchange or second.

    An outage takes up to `away` seconds.
    """

    until: float = 18.0
    lost: float = 0.0
    slow: float = 0.0
    conflict: float = 0.0
    retried: float = 0.0
    freezes: float = 0.0
    kills: float = 0.0
    outages: float = 0.0
    away: float = 8.0
    restarts: float = 0.1
    deaf: float = 0.0
    hangs: float = 0.0
    early: bool = False
    leave: bool = False
    jars: int = 5
    poison: bool = False


@dataclass
class World:
    """The loop, the seed's chance, what happened (`trace`, `seen` by name) and the promises that were broken."""

    seed: int
    loop: Loop
    luck: Luck
    chance: random.Random = field(init=False)
    trace: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    unlooked: list[str] = field(default_factory=list)
    away: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"luck {self.seed}")

    def say(self, name: str, what: object = "") -> None:
        """Note what happens, with its moment."""
        self.seen[name] += 1
        self.trace.append(f"{self.loop.now:9.4f} {name} {what}")

    def breaks(self, promise: str) -> Broken:
        """Note that a promise is broken; the product may swallow what is raised, this it cannot."""
        self.say("broken", promise)
        self.broken.append(promise)
        return Broken(promise)

    @property
    def is_bad(self) -> bool:
        """Whether luck is still bad."""
        return self.loop.now < self.luck.until

    def strikes(self, rate: float) -> bool:
        """Whether a misfortune of this rate happens now."""
        return self.is_bad and rate > 0 and self.chance.random() < rate

    async def lag(self, longest: float) -> None:
        """Something takes a while; sometimes nothing at all."""
        if self.chance.random() < 0.7:
            await self.loop.passed(self.chance.random() * longest)

    async def exchange(
        self,
        where: str,
        act: Callable[[], Awaitable[T]],
        lost: Callable[[str], Exception],
        longest: float = 0.02,
        at_once: bool = False,
    ) -> T:
        """Ask a server for `act`; it acts whether or not the asker still waits. Question or answer may be lost."""
        asked = self.loop.spawn(WORLD, self._served(where, act, lost, 0 if at_once else longest, longest))
        # Who was cancelled, frozen or killed meanwhile never looks at the answer.
        asked.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(asked)

    async def _served(
        self,
        where: str,
        act: Callable[[], Awaitable[T]],
        lost: Callable[[str], Exception],
        there: float,
        back: float,
    ) -> T:
        if there:
            await self.lag(there)
        if where in self.away or self.strikes(self.luck.lost):
            self.say(f"{where} question lost")
            raise lost("the question is lost")
        answer = await act()
        await self.lag(back)
        if self.strikes(self.luck.lost):
            self.say(f"{where} answer lost")
            raise lost("the answer is lost")
        return answer

    def logged(self, logger: Any, method: str, event: Mapping[str, Any]) -> str:
        """Take the product's own log into the trace (a processor of structlog)."""
        self.say(str(event["event"]))
        return ""


@dataclass
class Outcome:
    """What became of a run: its trace, what happened how often, and what was broken."""

    trace: list[str]
    seen: dict[str, int]
    broken: list[str]
    converged_after: float = field(default=0.0)


def world_of(seed: int, luck: Luck) -> World:
    """A world for a seed."""
    return World(seed, Loop(seed), luck)


def luck_of(seed: int) -> Luck:
    """The luck of a seed: some are calm, some are struck by one thing, some by all."""
    chance = random.Random(f"profile {seed}")

    def some(rate: float) -> float:
        return rate if chance.random() < 0.5 else 0.0

    return Luck(
        lost=some(0.01), slow=some(0.02), conflict=some(0.02), retried=some(0.1), hangs=some(0.01),
        freezes=some(0.06), kills=some(0.05),
        outages=some(0.03), restarts=chance.choice((0.05, 0.1, 0.3)), deaf=some(0.1),
        early=chance.random() < 0.6, poison=chance.random() < 0.4,
    )  # fmt: skip
