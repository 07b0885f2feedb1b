"""Working days as arrays: when an order begins that is to be there on a day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np

from materials.domain.planning.network import Ints, Numbers

WEEK_DAYS_COUNT: Final = 7
DAY_ZERO: Final = date(2000, 1, 1).toordinal()
# Days are counted from 1 January 2000, as the database counts them: a Saturday.
FIRST_WEEKDAY: Final = 5


def _no_days() -> Ints:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Workdays:
    """Weekdays 0 (Monday) to 6 on which somebody works, less days off; without any weekday every day counts."""

    weekdays: tuple[int, ...] = tuple(range(WEEK_DAYS_COUNT))
    days_off: Ints = field(default_factory=_no_days)

    @property
    def always(self) -> bool:
        """Whether every day is a working day."""
        return not self.days_off.size and len(self.weekdays) in {0, WEEK_DAYS_COUNT}

    def between(self, first: int, last: int) -> Ints:
        """The working days from `first` to `last`, both included."""
        days = np.arange(first, last + 1)
        works = np.isin((days + FIRST_WEEKDAY) % WEEK_DAYS_COUNT, self.weekdays or range(WEEK_DAYS_COUNT))
        return days[works & ~np.isin(days, self.days_off)]

    def longest(self, lead: Ints) -> Ints:
        """No so many working days in a row take more days than this."""
        a_week = len(self.weekdays) or WEEK_DAYS_COUNT
        weeks = -(-lead // a_week) * WEEK_DAYS_COUNT
        longest: Ints = lead if self.always else np.where(lead > 0, weeks + self.days_off.size, 0)
        return longest


class Starts:
    """When orders begin, by the calendars of their items; `first` and `last` are the days that matter."""

    def __init__(
        self, calendars: tuple[Workdays, ...], calendar: Ints, lead: Ints, first: int, last: int
    ) -> None:
        self._calendar, self._lead = calendar, lead
        self._days = [None if one.always else one.between(first, last) for one in calendars]

    def before(self, item: Numbers, due: Numbers) -> Ints:
        """The day on which each order of an item begins: so many working days before it is due."""
        start: Ints = due - self._lead[item]
        for number, days in enumerate(self._days):
            if days is not None:
                rows = np.flatnonzero((self._calendar[item] == number) & (self._lead[item] > 0))
                places = np.searchsorted(days, due[rows], side="left") - self._lead[item[rows]]
                start[rows] = days[places]
        return start

    def after(self, item: Numbers, start: Numbers) -> Ints:
        """The day on which an order of each item is there that begins on `start`, or as soon afterwards as it can."""
        due: Ints = start + self._lead[item]
        for number, days in enumerate(self._days):
            if days is not None:
                rows = np.flatnonzero((self._calendar[item] == number) & (self._lead[item] > 0))
                places = np.searchsorted(days, start[rows], side="left") + self._lead[item[rows]]
                due[rows] = days[np.minimum(places, days.size - 1)]
        return due
