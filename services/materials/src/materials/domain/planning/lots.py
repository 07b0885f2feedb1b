"""When and how much is ordered: a row of days for each item, what it is short of by then, and its lot rule."""

from __future__ import annotations

import numpy as np

from materials.domain.planning.days import DAY_ZERO
from materials.domain.planning.network import Ints, Numbers
from materials.domain.planning.site import Items


class Ordering:
    """How much of each item of a level is begun to be there on each day; in quanta.

    `needs` is gross requirements less receipts of all items, shape (items, days). With a(t) = on hand + receipts +
    planned - gross up to and with day t, an order is placed on the first day with a(t) below the floor, and no later
    day is looked at before it is counted. Where the lot is a multiple alone, that is
    C(t) = m * ceil(max(0, max D(s), s <= t) / m) with D = cumulative needs - on hand + floor: all days at once.
    Any other rule takes the days one after the other, all items at once.
    """

    def __init__(self, items: Items, chosen: Ints, needs: Ints, first_day: int) -> None:
        self._items, self._chosen, self._needs, self._first_day = items, chosen, needs, first_day
        self._plain = (
            (items.numerator[chosen] == items.denominator[chosen])
            & (items.maximum[chosen] == 0)
            & (items.minimum[chosen] <= items.multiple[chosen])
            & (np.maximum(items.period, items.batch)[chosen] <= 1)
        )
        others = chosen[~self._plain]
        self._by_day = _day_by_day(items, others, needs, first_day)
        self._places = np.cumsum(~self._plain) - 1

    def begun(self, part: slice) -> Ints:
        """What is begun of a part of the chosen items, shape (part, days)."""
        plain, chosen = self._plain[part], self._chosen[part]
        begun = np.empty((chosen.size, self._needs.shape[1]), dtype=np.int64)
        rows = np.flatnonzero(plain)
        begun[rows] = _at_once(self._items, chosen[rows], self._needs[chosen[rows]], self._first_day)
        others = np.flatnonzero(~plain)
        begun[others] = self._by_day[self._places[part][others]]
        return begun


def _floor(items: Items, chosen: Ints, days: Ints) -> Ints:
    floor: Ints = np.where(
        days[None, :] >= items.safety_from[chosen][:, None], items.safety[chosen][:, None], 0
    )
    return floor


def _at_once(items: Items, chosen: Ints, needs: Ints, first_day: int) -> Ints:
    short = np.cumsum(needs, axis=1)
    short -= items.on_hand[chosen][:, None]
    if items.safety[chosen].any():
        short += _floor(items, chosen, first_day + np.arange(needs.shape[1]))
    np.maximum.accumulate(short, axis=1, out=short)
    np.maximum(short, 0, out=short)
    lots = np.flatnonzero(items.multiple[chosen] > 1)
    multiple = items.multiple[chosen][lots][:, None]
    short[lots] = -(-short[lots] // multiple) * multiple
    return np.diff(short, axis=1, prepend=0)


def _day_by_day(items: Items, chosen: Ints, needs: Ints, first_day: int) -> Ints:
    days = needs.shape[1]
    begun = np.zeros((chosen.size, days), dtype=np.int64)
    if not chosen.size:
        return begun
    free = items.on_hand[chosen].copy()
    floors = _floor(items, chosen, first_day + np.arange(days)) if items.safety[chosen].any() else None
    by_day = np.ascontiguousarray(needs[chosen].T)
    ahead = np.maximum(items.period, items.batch)[chosen] > 1
    for day in range(days):
        free -= by_day[day]
        short = -free if floors is None else floors[:, day] - free
        rows = np.flatnonzero(short > 0)
        if rows.size:
            wide = rows[ahead[rows]]
            if wide.size:
                last = last_days(items, chosen[wide], day + first_day) - first_day
                short[wide] = _short_until(by_day, floors, free, wide, day, last)
            some = chosen[rows]
            lot = lot_of(items, some, short[rows])
            begun[rows, day] = lot
            free[rows] += good_of(items, some, lot)
    return begun


def last_days(items: Items, chosen: Ints, day: int) -> Ints:
    """The last day whose shortage an order of each item serves that is due on `day`."""
    last = np.full(chosen.size, day, dtype=np.int64)
    np.maximum(last, day + items.period[chosen] - 1, out=last)
    batch = np.maximum(items.batch[chosen], 1)
    number = day + DAY_ZERO
    windows: Ints = np.maximum(last, -(-number // batch) * batch - DAY_ZERO)
    return windows


def _short_until(by_day: Ints, floors: Ints | None, free: Ints, rows: Ints, day: int, last: Ints) -> Ints:
    """The most that each of these rows is short of on a day up to its `last`, when nothing is ordered meanwhile."""
    left = free[rows].copy()
    most = np.zeros(rows.size, dtype=np.int64)
    for later in range(day, min(int(last.max()), by_day.shape[0] - 1) + 1):
        if later > day:
            left -= by_day[later, rows]
        short = -left if floors is None else floors[rows, later] - left
        np.maximum(most, np.where(later <= last, short, 0), out=most)
    return most


def lot_of(items: Items, chosen: Ints, short: Ints) -> Ints:
    """What is begun for so many good ones that are short: yield first, then minimum, multiple and maximum."""
    begun = -(-short * items.denominator[chosen] // items.numerator[chosen])
    multiple, minimum, maximum = items.multiple[chosen], items.minimum[chosen], items.maximum[chosen]
    lot = -(-np.maximum(begun, minimum) // multiple) * multiple
    pieces = -(-lot // np.maximum(maximum, 1))
    whole: Ints = np.where(maximum > 0, np.maximum(lot, pieces * minimum), lot)
    return whole


def good_of(items: Items, chosen: Ints | Numbers, begun: Ints) -> Ints:
    """How many good ones come of so many begun, cut to whole quanta."""
    good = begun.copy()
    numerator, denominator = items.numerator[chosen], items.denominator[chosen]
    # A division by a column costs more than all the rest, and most items have no waste.
    rows = np.flatnonzero(numerator != denominator)
    good[rows] = good[rows] * numerator[rows] // denominator[rows]
    return good


def pieces_of(minimum: Ints, maximum: Ints, lot: Ints) -> tuple[Ints, Ints]:
    """Lots cut at their maximum: of which lot each piece is, and its size.

    They are filled from the first, as long as each of the others keeps the minimum.
    Of 301 with a minimum of 100, a maximum of 200 and a multiple of 12 (312 by then) come 192 and 120.
    """
    counts = np.where(maximum > 0, -(-lot // np.maximum(maximum, 1)), 1)
    of = np.repeat(np.arange(lot.size), counts)
    sizes = lot[of]
    if int(counts.max(initial=1)) > 1:
        left = lot.copy()
        first = np.cumsum(counts) - counts
        for number in range(int(counts.max())):
            rows = np.flatnonzero(counts > number)
            later = counts[rows] - number - 1
            size = np.where(
                later > 0, np.minimum(maximum[rows], left[rows] - later * minimum[rows]), left[rows]
            )
            sizes[first[rows] + number] = size
            left[rows] -= size
    return of, sizes
