"""Business time: a clock that runs at a rate, or stands still until it is stepped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final, Literal, Protocol

RATE_MAX: Final = 60


class Clock(Protocol):
    """What tells business time."""

    @property
    def mode(self) -> Literal["rate", "stepped"]:
        """Whether it runs by itself at the moment."""
        ...

    def now(self) -> datetime:
        """The business time, aware UTC, never behind an earlier answer."""
        ...

    def advance(self, to: datetime) -> None:
        """Move to `to`; a moment that has passed changes nothing."""
        ...

    def hold(self, seconds: float) -> None:
        """Stand still for so many seconds of wall time, to be stepped meanwhile; 0 lets go."""
        ...


class RateClock:
    """Business time that runs `rate` times as fast as the wall clock, from `start` on (the wall's time if absent).

    It can be held for a while, and runs on from where it stood; nobody who held it and died stops it for good.
    """

    def __init__(self, rate: float = 1, start: datetime | None = None) -> None:
        if not 0 < rate <= RATE_MAX:
            raise ValueError(f"the rate of the business clock is above 0 and at most {RATE_MAX}")
        self._rate = rate
        self._wall = datetime.now(UTC)
        self._start = start or self._wall
        self._last = self._start
        self._held_until: float | None = None

    @property
    def mode(self) -> Literal["rate", "stepped"]:
        """Stepped while it is held."""
        self._run_on()
        return "rate" if self._held_until is None else "stepped"

    def now(self) -> datetime:
        """The business time; it never goes back when the wall clock does."""
        self._run_on()
        if self._held_until is not None:
            return self._last
        elapsed = datetime.now(UTC) - self._wall
        self._last = max(self._last, self._start + timedelta(seconds=elapsed.total_seconds() * self._rate))
        return self._last

    def advance(self, to: datetime) -> None:
        """Never behind `to` from now on (what a stored last moment asks for at start)."""
        if to > self.now():
            self._wall, self._start, self._last = datetime.now(UTC), to, to

    def hold(self, seconds: float) -> None:
        """Stand still for so many seconds, or let go at once."""
        self.now()
        self._held_until = monotonic() + seconds
        self._run_on()

    def _run_on(self) -> None:
        if self._held_until is not None and monotonic() >= self._held_until:
            self._held_until = None
            self._wall, self._start = datetime.now(UTC), self._last


class SteppedClock:
    """Business time that stands still until it is advanced."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    @property
    def mode(self) -> Literal["rate", "stepped"]:
        """Always stepped."""
        return "stepped"

    def now(self) -> datetime:
        """Where the clock stands."""
        return self._at

    def advance(self, to: datetime) -> None:
        """Step to `to`, never back."""
        self._at = max(self._at, to)

    def hold(self, seconds: float) -> None:
        """It stands still anyway."""


def clock_of(setting: str) -> Clock:
    """A clock from its setting: `rate:1` or `stepped:2026-03-02T08:00:00Z`; raises `ValueError` on any other form."""
    mode, _, value = setting.partition(":")
    if mode == "rate":
        return RateClock(float(value or "1"))
    if mode == "stepped":
        at = datetime.fromisoformat(value.replace("Z", "+00:00"))
        if at.tzinfo is None:
            raise ValueError("a stepped clock starts at a moment with its time zone")
        return SteppedClock(at.astimezone(UTC))
    raise ValueError("a clock is rate:FACTOR or stepped:MOMENT")
