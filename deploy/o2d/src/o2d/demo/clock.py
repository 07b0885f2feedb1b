"""Business time of a demo: stepped where it is stepped, held where it runs by itself, waited for where one is away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from o2d.asking import Services
from o2d.clockwork import ClockRuns, Standing, look, rest, set_clocks, step
from o2d.trouble import CannotStart

# A demo that dies lets the clocks run on after so long.
HOLD_SECONDS: Final = 120
PATIENCE_SECONDS: Final = 90.0
PAUSE_SECONDS: Final = 0.2

A = TypeVar("A")


class DemoClock:
    """Goes from due moment to due moment; a service that is started again meanwhile is waited for."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._holds = False

    async def rest(self, *, watchers: bool = False) -> datetime:
        """Wait until no service has anything in work; the answer is the business time."""
        standings = await self._patiently(lambda: rest(self._services, PATIENCE_SECONDS, watchers=watchers))
        return max(standing.now for standing in standings)

    async def step(self, moments: Sequence[datetime]) -> datetime | None:
        """Go to the next moment at which a service, or one of `moments`, is due; None when there is none."""
        return await self._patiently(lambda: self._step(moments))

    async def stand_still(self) -> None:
        """Hold the clocks that run by themselves, and bring all to the latest of their moments.

        One that ran on until it was held stands later than the others, and so does, of stepped ones that were started
        again, the one whose service did something last; what is done elsewhere at once would else be older than the
        moment at which a play has begun.
        """
        standings = await self._patiently(lambda: look(self._services))
        while (runs := _run(standings)) or _apart(standings):
            self._holds = self._holds or runs
            now = max(standing.now for standing in standings)
            hold_s = HOLD_SECONDS if self._holds else None
            await self._patiently(partial(set_clocks, self._services, now, hold_s))
            standings = await self._patiently(lambda: look(self._services))

    async def let_go(self) -> None:
        """Let the clocks run on that were held."""
        if self._holds:
            self._holds = False
            now = max(standing.now for standing in await look(self._services))
            await set_clocks(self._services, now, 0)

    async def _step(self, moments: Sequence[datetime]) -> datetime | None:
        while True:
            hold_s = HOLD_SECONDS if self._holds else None
            try:
                return await step(self._services, own=moments, patience_s=PATIENCE_SECONDS, hold_s=hold_s)
            except ClockRuns:
                # It was started again, and knows nothing of being held.
                await self.stand_still()

    async def _patiently(self, ask: Callable[[], Awaitable[A]]) -> A:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return await ask()
            except CannotStart:
                if time.monotonic() > until:
                    raise
            await asyncio.sleep(PAUSE_SECONDS)


def _run(standings: Sequence[Standing]) -> bool:
    return any(standing.mode == "rate" for standing in standings)


def _apart(standings: Sequence[Standing]) -> bool:
    return len({standing.now for standing in standings}) > 1
