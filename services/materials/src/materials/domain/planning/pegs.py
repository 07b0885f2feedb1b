"""Who is served by what: first needed, first served, from what is there and comes first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from materials.domain.planning.network import Ints
from materials.domain.planning.plan import Plan
from materials.domain.planning.site import Site


@dataclass(frozen=True, slots=True)
class Supplies:
    """What serves requirements, shape (supplies,): on hand of each item, then receipts, then planned orders."""

    item: Ints
    day: Ints
    quantity: Ints


@dataclass(frozen=True, slots=True)
class Pegs:
    """So much of a supply is for a requirement, shape (pegs,): rows of `Supplies` and of the plan's requirements.

    In the order of items, and of each item of the days of its requirements.
    """

    requirement: Ints
    supply: Ints
    quantity: Ints


def supplies_of(site: Site, plan: Plan) -> Supplies:
    """All supplies of a plan; what is on hand is there before every day."""
    stocked = np.flatnonzero(site.items.on_hand)
    receipts, orders = site.receipts, plan.orders
    first = min(int(days.min(initial=0)) for days in (receipts.day, orders.due))
    long_ago = np.full(stocked.size, first - 1)
    return Supplies(
        np.concatenate([stocked, receipts.item, orders.item]),
        np.concatenate([long_ago, receipts.day, orders.due]),
        np.concatenate([site.items.on_hand[stocked], receipts.quantity, orders.good]),
    )


def pegs_of(plan: Plan, supplies: Supplies) -> Pegs:
    """Peg each item's requirements to its supplies, both by day, ties as they stand in their rows.

    Both are laid end to end as stretches of one line, on which every item has a piece of its own; where two stretches
    overlap, so much of the one is for the other. What overlaps with nothing is unmet, or free.
    """
    required = plan.requirements
    wants = _in_order(required.item, required.day)
    gives = _in_order(supplies.item, supplies.day)
    wanted = _sums(required.item, required.quantity, plan.codes.size)
    given = _sums(supplies.item, supplies.quantity, plan.codes.size)
    pieces = np.maximum(wanted, given)
    begins = np.cumsum(pieces) - pieces
    want_ends = _ends(required.item[wants], required.quantity[wants], begins, wanted)
    give_ends = _ends(supplies.item[gives], supplies.quantity[gives], begins, given)
    cuts, want, give = _merged(want_ends, give_ends)
    long = np.diff(cuts, prepend=0)
    inside = np.flatnonzero((long > 0) & (want < wants.size) & (give < gives.size))
    want, give, long = wants[want[inside]], gives[give[inside]], long[inside]
    same = np.flatnonzero(required.item[want] == supplies.item[give])
    return Pegs(want[same], give[same], long[same])


def _in_order(item: Ints, day: Ints) -> Ints:
    """The rows by item and day, ties as they stand: as one number a row, where that fits, since those sort fastest."""
    rows = item.size
    if not rows:
        return item
    early = int(day.min())
    days = int(day.max()) - early + 1
    if (int(item.max()) + 1) * days * rows > np.iinfo(np.int64).max:
        return np.lexsort((day, item))
    keys = ((item * days) + (day - early)) * rows + np.arange(rows)
    keys.sort()
    return keys % rows


def _merged(ends: Ints, others: Ints) -> tuple[Ints, Ints, Ints]:
    """Two rows of ends as one, and before each of them how many of either have come."""
    whole = ends.size + others.size
    cuts, mine = np.empty(whole, dtype=np.int64), np.zeros(whole, dtype=np.bool_)
    places = np.arange(ends.size) + np.searchsorted(others, ends)
    mine[places] = True
    cuts[places], cuts[~mine] = ends, others
    before: Ints = np.cumsum(mine) - mine
    return cuts, before, np.arange(whole) - before


def _sums(item: Ints, quantity: Ints, items: int) -> Ints:
    sums = np.zeros(items, dtype=np.int64)
    np.add.at(sums, item, quantity)
    return sums


def _ends(item: Ints, quantity: Ints, begins: Ints, sums: Ints) -> Ints:
    """Where each stretch ends on the line; rows are in the order of their items."""
    before = np.cumsum(sums) - sums
    ends: Ints = np.cumsum(quantity) + (begins - before)[item]
    return ends
