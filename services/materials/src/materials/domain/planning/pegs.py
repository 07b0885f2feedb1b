"""Who is served by what: first needed, first served, from what is there and comes first."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np

from materials.domain.planning.network import Ints, Numbers
from materials.domain.planning.plan import Plan
from materials.domain.planning.site import Site

# Requirements and supplies that are laid end to end together: few enough to stay near the processor.
TOGETHER = 1 << 17


@dataclass(frozen=True, slots=True)
class Supplies:
    """What serves requirements, shape (supplies,): on hand, receipts, what is movable, orders, what they give."""

    item: Numbers
    day: Numbers
    quantity: Ints


@dataclass(frozen=True, slots=True)
class Pegs:
    """So much of a supply is for a requirement, shape (pegs,): rows of `Supplies` and of the plan's requirements.

    In the order of items, and of each item of the days of its requirements.
    """

    requirement: Numbers
    supply: Numbers
    quantity: Ints


def supplies_of(site: Site, plan: Plan) -> Supplies:
    """All supplies of a plan; what is on hand is there before every day."""
    stocked = np.flatnonzero(site.items.on_hand)
    orders, given = plan.orders, plan.given
    known = (site.receipts, site.movable)
    days: list[Ints | Numbers] = [*(each.day for each in known), orders.due, given.day, plan.requirements.day]
    long_ago = np.full(stocked.size, min(int(each.min(initial=0)) for each in days) - 1)
    return Supplies(
        np.concatenate([stocked, *(each.item for each in known), orders.item, given.item], dtype=np.int32),
        np.concatenate([long_ago, *days[:-1]], dtype=np.int32),
        np.concatenate(
            [site.items.on_hand[stocked], *(each.quantity for each in known), orders.good, given.quantity]
        ),
    )


def pegs_of(plan: Plan, supplies: Supplies, hard: Pegs | None = None) -> Pegs:
    """Peg each item's requirements to its supplies: what is reserved already first, all the rest by day.

    `hard` is never more than a requirement wants or a supply gives.
    """
    if hard is None or not hard.quantity.size:
        return _by_day(plan, supplies)
    wanted, given = plan.requirements.quantity.copy(), supplies.quantity.copy()
    np.subtract.at(wanted, hard.requirement, hard.quantity)
    np.subtract.at(given, hard.supply, hard.quantity)
    rest = replace(plan, requirements=replace(plan.requirements, quantity=wanted))
    soft = _by_day(rest, replace(supplies, quantity=given))
    both = [np.concatenate([getattr(hard, each.name), getattr(soft, each.name)]) for each in fields(Pegs)]
    required = both[0]
    order = in_order(plan.requirements.item[required], plan.requirements.day[required])
    return Pegs(*(column[order] for column in both))


def _by_day(plan: Plan, supplies: Supplies) -> Pegs:
    """Peg requirements and supplies of each item by day, ties as they stand in their rows.

    Both are laid end to end as stretches of one line, on which every item has a piece of its own; where two stretches
    overlap, so much of the one is for the other. What overlaps with nothing is unmet, or free.
    """
    items, required = plan.codes.size, plan.requirements
    wants, gives = in_order(required.item, required.day), in_order(supplies.item, supplies.day)
    want_counts = np.bincount(required.item, minlength=items)
    give_counts = np.bincount(supplies.item, minlength=items)
    want_first, give_first = _before(want_counts), _before(give_counts)
    parts = [
        _overlaps(
            _Stretches(wants[want_first[low] : want_first[high]], want_counts[low:high], required.quantity),
            _Stretches(gives[give_first[low] : give_first[high]], give_counts[low:high], supplies.quantity),
        )
        for low, high in _pieces(want_counts + give_counts)
    ]
    if not parts:
        nothing = np.zeros(0, dtype=np.int32)
        return Pegs(nothing, nothing, np.zeros(0, dtype=np.int64))
    return Pegs(*(np.concatenate(column) for column in zip(*parts, strict=True)))


class _Stretches:
    """Rows of some items, by item and day, with how many there are of each item; `quantity` is that of all rows."""

    def __init__(self, rows: Numbers, counts: Ints, quantity: Ints) -> None:
        self.rows = rows
        self.of = np.repeat(np.arange(counts.size), counts)
        self._ends = np.cumsum(quantity[rows])
        up_to = np.concatenate([[0], self._ends])[_before(counts)]
        self._begins, self.sums = up_to[:-1], np.diff(up_to)

    def ends(self, begins: Ints) -> Ints:
        """Where each stretch ends on a line on which the pieces of the items begin so."""
        ends: Ints = self._ends + (begins - self._begins)[self.of]
        return ends


def _overlaps(wants: _Stretches, gives: _Stretches) -> tuple[Numbers, Numbers, Ints]:
    pieces = np.maximum(wants.sums, gives.sums)
    begins = np.cumsum(pieces) - pieces
    # Every end with its kind as its last bit: of ends in one place that of the requirement comes first.
    cuts = np.concatenate([wants.ends(begins) << 1, gives.ends(begins) << 1 | 1])
    cuts.sort(kind="stable")
    wanted = 1 - (cuts & 1)
    want = np.cumsum(wanted) - wanted
    give = np.arange(cuts.size) - want
    long = np.diff(cuts >> 1, prepend=0)
    inside = np.flatnonzero((long > 0) & (want < wants.rows.size) & (give < gives.rows.size))
    want, give, long = want[inside], give[inside], long[inside]
    same = np.flatnonzero(wants.of[want] == gives.of[give])
    return wants.rows[want[same]], gives.rows[give[same]], long[same]


def _pieces(counts: Ints) -> list[tuple[int, int]]:
    """The items cut into stretches of about `TOGETHER` rows, each at least one item; `counts` are the rows of each."""
    before = _before(counts)
    whole = int(before[-1])
    cuts = np.searchsorted(before, np.arange(0, whole, TOGETHER), side="right") - 1
    bounds = [*np.unique(cuts).tolist(), counts.size]
    return [(low, high) for low, high in pairwise(bounds) if whole]


def _before(counts: Ints) -> Ints:
    """How many there are before each, and of all at the end, shape (counts + 1,)."""
    before = np.zeros(counts.size + 1, dtype=np.int64)
    np.cumsum(counts, out=before[1:])
    return before


def in_order(item: Numbers, day: Numbers) -> Numbers:
    """The rows by item and day, ties as they stand: as one number a row, where that fits, since those sort fastest."""
    rows = item.size
    if not rows:
        return item
    early = int(day.min())
    days = int(day.max()) - early + 1
    bits = (rows - 1).bit_length()
    if ((int(item.max()) + 1) * days) << bits > np.iinfo(np.int64).max:
        return np.lexsort((day, item)).astype(np.int32)
    keys = (item * np.int64(days) + (day - np.int64(early))) << bits
    keys |= np.arange(rows)
    keys.sort()
    keys &= (1 << bits) - 1
    return keys.astype(np.int32)
