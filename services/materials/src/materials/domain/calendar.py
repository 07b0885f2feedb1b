"""Working days: lead times are counted in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from contracts.values import MICRO

WEEK_DAYS_COUNT: Final = 7
DAY_MINUTES_COUNT: Final = 1_440
IDLE_DAYS_MAX: Final = 366

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Weekdays 0 (Monday) to 6 on which somebody works, less days off; without any weekday every day counts.

    `day_micro` is how long such a day is, in millionths of a minute.
    """

    weekdays: frozenset[int] = frozenset(range(WEEK_DAYS_COUNT))
    days_off: frozenset[date] = frozenset()
    day_micro: int = DAY_MINUTES_COUNT * MICRO

    @property
    def _always(self) -> bool:
        return not self.days_off and len(self.weekdays) in {0, WEEK_DAYS_COUNT}

    def works(self, day: date) -> bool:
        """Whether `day` is a working day."""
        return (not self.weekdays or day.weekday() in self.weekdays) and day not in self.days_off

    def opens(self, moment: datetime) -> datetime:
        """The moment itself on a working day, else the same hour of the next one."""
        idle = 0
        while not self.works(moment.date()) and idle < IDLE_DAYS_MAX:
            moment += _DAY
            idle += 1
        return moment

    def after(self, moment: datetime, days: int) -> datetime:
        """The same hour `days` working days later, counted from the first working day not before `moment`."""
        return self._moved(self.opens(moment), days, _DAY)

    def before(self, moment: datetime, days: int) -> datetime:
        """The same hour `days` working days earlier; `before(after(m, n), n)` is `opens(m)`."""
        return self._moved(moment, days, -_DAY)

    def _moved(self, moment: datetime, days: int, step: timedelta) -> datetime:
        if self._always:
            return moment + step * days
        idle = 0
        while days:
            moment += step
            # A calendar that is closed for a year is taken as open, so that no date is ever out of reach.
            if self.works(moment.date()) or idle >= IDLE_DAYS_MAX:
                days -= 1
                idle = 0
            else:
                idle += 1
        return moment


EVERY_DAY: Final = WorkingDays()
