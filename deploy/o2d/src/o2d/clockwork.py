"""Business time in steps: when all services are at rest, the clock goes to the earliest moment at which one is due."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

PATIENCE_SECONDS: Final = 60.0
LOOK_SECONDS_MIN: Final = 0.005
LOOK_SECONDS_MAX: Final = 0.1
# A service that works answers when it has done so, which is cheaper for both than being asked again and again.
WAIT_MS: Final = 500
# Nothing follows from what they hear, so business time need not wait for them.
WATCHERS: Final = frozenset({"control-tower"})


class Doors(Protocol):
    """Services by name that can be asked over HTTP."""

    @property
    def names(self) -> tuple[str, ...]: ...

    async def get(self, service: str, path: str) -> Any:
        """The JSON that a service answers."""
        ...

    async def post(self, service: str, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON that a service answers to a command."""
        ...


class NotAtRest(Exception):
    """Some service had not come to rest in time; the words say which, and what it still has to do."""


class ClockRuns(Exception):
    """The business clock of a service runs by itself; only a stepped one can be advanced."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a service stands; `told` and `heard` change with every fact, `lag` is None where nobody knows it."""

    service: str
    mode: str
    now: datetime
    earliest_due: datetime | None
    outbox: int
    lag: int | None
    parked: int
    retries_due: int
    told: int
    heard: int
    quiescent: bool

    @property
    def unrest(self) -> str:
        """What it still has to do, in words; empty when it is at rest."""
        if self.quiescent:
            return ""
        lag = "an unknown lag" if self.lag is None else f"a lag of {self.lag}" if self.lag else ""
        due = self.earliest_due is not None and self.earliest_due <= self.now
        parts = [
            f"{self.outbox} facts in its outbox" if self.outbox else "",
            lag,
            f"{self.retries_due} parked keys due for a retry" if self.retries_due else "",
            f"a deadline of {self.earliest_due:%Y-%m-%d %H:%M} that is due" if due else "",
        ]
        return f"{self.service} has {', '.join(part for part in parts if part) or 'facts in work'}"


def standing_of(service: str, view: Mapping[str, Any]) -> Standing:
    """The answer of `/ops/clock`."""
    due = view["earliest_due"]
    return Standing(
        service,
        view["mode"],
        _moment(view["now"]),
        None if due is None else _moment(due),
        view["outbox"],
        view["lag"],
        view["parked"],
        view["retries_due"],
        view["told"],
        view["heard"],
        view["quiescent"],
    )


async def look(doors: Doors, names: Sequence[str] = (), *, wait_ms: int = 1) -> tuple[Standing, ...]:
    """How these services stand, each when it has done what it works at or after `wait_ms`; all where none is named."""
    asked = names or doors.names
    views = await asyncio.gather(*(doors.get(name, f"/ops/clock?wait_ms={wait_ms}") for name in asked))
    return tuple(standing_of(name, view) for name, view in zip(asked, views, strict=True))


async def rest(
    doors: Doors, patience_s: float = PATIENCE_SECONDS, *, watchers: bool = True
) -> tuple[Standing, ...]:
    """How all stand once they are at rest together: two looks in which each is, and nothing was told between them.

    Without `watchers`, who only watches may still have something to hear. Raises `NotAtRest`, saying what is left,
    when that takes longer than `patience_s` seconds.
    """
    until = time.monotonic() + patience_s
    before: tuple[Standing, ...] = ()
    awaited = tuple(name for name in doors.names if watchers or name not in WATCHERS)
    asked = awaited
    pause = LOOK_SECONDS_MIN
    while True:
        # Whoever is at rest is left alone until the others are, too: a look is work for who is looked at.
        now = await look(doors, asked, wait_ms=WAIT_MS)
        whole, unrest = asked == awaited, [standing for standing in now if not standing.quiescent]
        if whole and not unrest and _count(before) == _count(now):
            return now
        if time.monotonic() > until:
            raise NotAtRest("; ".join(one.unrest for one in unrest) or "facts are still being told")
        before = now if whole and not unrest else ()
        asked = tuple(standing.service for standing in unrest) or awaited
        await asyncio.sleep(pause if unrest else 0)
        pause = min(LOOK_SECONDS_MAX, pause * 2)


def next_moment(standings: Sequence[Standing], own: Iterable[datetime] = ()) -> datetime | None:
    """The earliest moment at which a service, or one of `own` (simulated people), is due; None for never.

    Services that do not stand at the same time are brought together first: the latest of their clocks is the answer.
    """
    clocks = {standing.now for standing in standings}
    if len(clocks) > 1:
        return max(clocks)
    moments = [standing.earliest_due for standing in standings if standing.earliest_due is not None]
    return min([*moments, *own], default=None)


async def step(
    doors: Doors,
    *,
    own: Iterable[datetime] = (),
    limit: datetime | None = None,
    patience_s: float = PATIENCE_SECONDS,
    hold_s: int | None = None,
) -> datetime | None:
    """Wait for rest, then go to the next moment, at most to `limit`; None when nothing is due until there.

    With `hold_s`, clocks that are held stay held for so long. Raises `NotAtRest`, and `ClockRuns` before anything is
    changed when a clock runs by itself.
    """
    standings = await rest(doors, patience_s, watchers=False)
    running = [standing.service for standing in standings if standing.mode != "stepped"]
    if running:
        raise ClockRuns(f"the clock of {', '.join(running)} runs by itself")
    moment = next_moment(standings, own)
    if moment is None or (limit is not None and moment > limit):
        return None
    await set_clocks(doors, moment, hold_s)
    return moment


async def advance(doors: Doors, to: datetime, patience_s: float = PATIENCE_SECONDS) -> int:
    """Go to `to`, past every moment on the way, and wait for rest there; the answer is how many steps it took.

    Raises `NotAtRest`, `ClockRuns`.
    """
    steps = 0
    while await step(doors, limit=to, patience_s=patience_s) is not None:
        steps += 1
    await set_clocks(doors, to)
    await rest(doors, patience_s)
    return steps + 1


async def set_clocks(doors: Doors, to: datetime, hold_s: int | None = None) -> None:
    """Step every service to a moment; one that is past it stays where it is. With `hold_s`, 0 lets clocks run on."""
    body: dict[str, object] = {"to": to.isoformat()}
    if hold_s is not None:
        body["hold_seconds"] = hold_s
    await asyncio.gather(*(doors.post(name, "/ops/clock", body) for name in doors.names))


def _count(standings: Sequence[Standing]) -> list[tuple[str, int, int]]:
    return [(standing.service, standing.told, standing.heard) for standing in standings]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
