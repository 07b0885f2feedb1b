"""Working hours: stretches of weekdays in UTC, less days off; work, slots and SLA clocks are counted in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

from backbone.errors import Invalid
from contracts.values import Quantity

DAY_MINUTES: Final = 1_440
WEEK_DAYS_COUNT: Final = 7
WINDOWS_COUNT_MAX: Final = 28
DAYS_OFF_COUNT_MAX: Final = 1_000
REACH_DAYS_MAX: Final = 3_650

Stretch = tuple[datetime, datetime]


class HoursAreWrong(Invalid):
    """Working hours overlap, lie outside a day or are too many."""


class DateIsOutOfReach(Invalid):
    """So much work does not end as soon as it has to."""


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """From one minute of a weekday (0 Monday to 6 Sunday) to another, counted from midnight UTC."""

    weekday: int
    opens_minute: int
    closes_minute: int

    @property
    def minutes(self) -> int:
        """How long it is."""
        return self.closes_minute - self.opens_minute


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody works: weekly windows that do not overlap, less days off."""

    windows: tuple[Window, ...]
    days_off: tuple[date, ...] = ()

    def checked(self) -> Hours:
        """The same hours in order; raises `HoursAreWrong`."""
        windows = tuple(sorted(self.windows))
        if not 1 <= len(windows) <= WINDOWS_COUNT_MAX or len(self.days_off) > DAYS_OFF_COUNT_MAX:
            raise HoursAreWrong(
                "working hours are limited", [("/hours", f"1 to {WINDOWS_COUNT_MAX} windows")]
            )
        for window in windows:
            inside = 0 <= window.opens_minute < window.closes_minute <= DAY_MINUTES
            if not inside or not 0 <= window.weekday < WEEK_DAYS_COUNT:
                raise HoursAreWrong("a window lies inside one weekday", [("/hours/windows", str(window))])
        for one, two in pairwise(windows):
            if one.weekday == two.weekday and two.opens_minute < one.closes_minute:
                raise HoursAreWrong("windows of a day do not overlap", [("/hours/windows", str(two))])
        return Hours(windows, tuple(sorted(set(self.days_off))))

    @property
    def week_minutes(self) -> int:
        """Minutes of work in a week without days off."""
        return sum(window.minutes for window in self.windows)

    @property
    def per_week(self) -> Quantity:
        """Hours of work in a week without days off."""
        return Quantity(self.week_minutes).over(60)

    @property
    def longest(self) -> timedelta:
        """The longest window."""
        return timedelta(minutes=max((window.minutes for window in self.windows), default=0))

    def on(self, day: date) -> list[Stretch]:
        """The stretches of work on a day, in order."""
        if day in self.days_off:
            return []
        midnight = datetime.combine(day, time(), tzinfo=UTC)
        return [
            (
                midnight + timedelta(minutes=window.opens_minute),
                midnight + timedelta(minutes=window.closes_minute),
            )
            for window in self.windows
            if window.weekday == day.weekday()
        ]

    def stretches(self, start: datetime, days: int = REACH_DAYS_MAX) -> Iterator[Stretch]:
        """The stretches of work from `start` on, the first one cut at it, for so many days."""
        start = start.astimezone(UTC)
        for number in range(days + 1):
            for opens, closes in self.on(start.date() + timedelta(days=number)):
                if closes > start:
                    yield max(opens, start), closes

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two moments; none when `end` is not later."""
        done = timedelta()
        for opens, closes in self.stretches(start, max(0, (end - start).days + 1)):
            if opens >= end:
                break
            done += min(closes, end) - opens
        return done

    def after(self, start: datetime, work: timedelta, days: int = REACH_DAYS_MAX) -> datetime:
        """The earliest moment at which so much working time has passed since `start`.

        Without any work it is `start`. Raises `DateIsOutOfReach` when it is not within so many days.
        """
        if work <= timedelta():
            return start
        for opens, closes in self.stretches(start, days):
            if closes - opens >= work:
                return opens + work
            work -= closes - opens
        raise DateIsOutOfReach(f"this does not end within {days} days")


def _office() -> Hours:
    return Hours(tuple(Window(weekday, 8 * 60, 16 * 60) for weekday in range(5)))


OFFICE: Final = _office()
