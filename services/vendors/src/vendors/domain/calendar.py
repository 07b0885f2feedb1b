"""A vendor's working days: lead times and delivery windows are counted in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from backbone.errors import Invalid

WEEK_DAYS_COUNT: Final = 7
IDLE_DAYS_MAX: Final = 366
REACH_DAYS_MAX: Final = 3_650


class DateIsOutOfReach(Invalid):
    """Nobody can promise or want a day that lies years away."""


def reachable(moment: datetime, now: datetime) -> None:
    """Raise `DateIsOutOfReach` unless `moment` lies within ten years of `now`."""
    if abs(moment - now) > timedelta(days=REACH_DAYS_MAX):
        raise DateIsOutOfReach(f"a date lies within {REACH_DAYS_MAX} days of today")


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Weekdays 0 (Monday) to 6 on which somebody works, less days off; without any weekday every day counts."""

    weekdays: frozenset[int] = frozenset(range(WEEK_DAYS_COUNT))
    days_off: frozenset[date] = frozenset()

    def works(self, day: date) -> bool:
        """Whether `day` is a working day."""
        return (not self.weekdays or day.weekday() in self.weekdays) and day not in self.days_off

    def moved(self, day: date, days: int) -> date:
        """The day that lies `days` working days after `day`, before it when negative; the day itself for 0."""
        step = timedelta(days=1 if days > 0 else -1)
        idle = 0
        left = abs(days)
        while left:
            day += step
            # A calendar that is closed for a year is taken as open, so that no date is ever out of reach.
            if self.works(day) or idle >= IDLE_DAYS_MAX:
                left -= 1
                idle = 0
            else:
                idle += 1
        return day

    def after(self, moment: datetime, days: int) -> datetime:
        """The same time of day, `days` working days later."""
        return moment + (self.moved(moment.date(), days) - moment.date())

    def between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and with `end`; 0 when `end` is not later."""
        span = (end - start).days
        return sum(self.works(start + timedelta(days=day)) for day in range(1, span + 1))


EVERY_DAY: Final = WorkingDays()
