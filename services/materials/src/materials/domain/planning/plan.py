"""The pass: level by level from the demands down, what is short becomes orders, and their inputs are required below."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np

from materials.domain.planning.lots import Ordering, good_of, pieces_of
from materials.domain.planning.network import (
    ROWS_MAX,
    Ints,
    Network,
    Numbers,
    PlanTooLarge,
    edges_of,
    low_level_codes,
)
from materials.domain.planning.site import Items, Rows, Site, cumulative_leads

T = TypeVar("T")

NOBODY = -1
# Items of a level whose days are worked on together: few enough that their rows stay near the processor.
ITEMS_TOGETHER = 256
# Orders whose inputs are found together, for the same reason.
ORDERS_TOGETHER = 1 << 15


@dataclass(frozen=True, slots=True)
class Orders:
    """Planned orders, shape (orders,): begun on `start`, there on `due`; `good` of the `quantity` begun are usable.

    In the order of the levels, and on each level of items and days. A start in the past is told as it is.
    """

    item: Numbers
    start: Numbers
    due: Numbers
    quantity: Ints
    good: Ints


@dataclass(frozen=True, slots=True)
class Requirements:
    """Who wants how much of an item on a day, shape (requirements,): a planned order, or a demand where `order` is -1.

    The demands come first, as they stand in their rows.
    """

    item: Numbers
    day: Numbers
    quantity: Ints
    order: Numbers


@dataclass(frozen=True, slots=True)
class Plan:
    """A regenerative plan: `codes` are the items' low-level codes, shape (items,)."""

    codes: Ints
    orders: Orders
    requirements: Requirements


def plan(site: Site) -> Plan:
    """Plan a whole site; the same site gives the same plan, byte for byte. Raises `RecipeCycle`, `PlanTooLarge`."""
    codes = low_level_codes(site.network)
    first = site.network.first_edges()
    first_day, days = _days(site, codes)
    needs = np.zeros((site.network.items, days), dtype=np.int64)
    cells = needs.reshape(-1)
    demands, receipts = site.demands, site.receipts
    np.add.at(cells, demands.item * days + (demands.day - first_day), demands.quantity)
    np.subtract.at(cells, receipts.item * days + (receipts.day - first_day), receipts.quantity)
    required = [_of_demands(demands)]
    placed: list[Orders] = []
    known = 0
    for level in range(int(codes.max(initial=0)) + 1):
        orders = _orders_of(site, np.flatnonzero(codes == level), needs, first_day)
        placed.append(orders)
        for part in range(0, orders.item.size, ORDERS_TOGETHER):
            inputs = _inputs_of(site.network, first, orders, slice(part, part + ORDERS_TOGETHER), known)
            np.add.at(cells, inputs.item * np.int64(days) + (inputs.day - first_day), inputs.quantity)
            required.append(inputs)
        known += orders.item.size
        if max(known, sum(each.item.size for each in required)) > ROWS_MAX:
            raise PlanTooLarge(
                f"the plan has more than {ROWS_MAX:,} rows of a kind: plan fewer demands or larger lots"
            )
    del needs, cells
    return Plan(codes, _joined(Orders, placed), _joined(Requirements, required))


def _of_demands(demands: Rows) -> Requirements:
    item, day = demands.item.astype(np.int32), demands.day.astype(np.int32)
    return Requirements(item, day, demands.quantity, np.full(item.size, NOBODY, dtype=np.int32))


def _days(site: Site, codes: Ints) -> tuple[int, int]:
    """The first day on which anything may be needed, and the number of days to the last one."""
    items, known = site.items, [site.demands.day, site.receipts.day]
    floors = items.safety_from[items.safety > 0]
    every = np.concatenate([*known, floors])
    if not every.size:
        return 0, 1
    leads = cumulative_leads(site.network, codes, items.lead)
    first = int(every.min()) - int(leads.max(initial=0))
    return first, int(every.max()) - first + 1


def _orders_of(site: Site, chosen: Ints, needs: Ints, first_day: int) -> Orders:
    """What is ordered of the chosen items, all of one level; `needs` are those of all items, shape (items, days)."""
    items = site.items
    item, day, lot = _lots_of(items, chosen, needs, first_day)
    if items.maximum[chosen].any():
        of, quantity = pieces_of(items.minimum[item], items.maximum[item], lot)
        item, day = item[of], day[of]
        # What comes of the first pieces of a lot together: so they give what the lot does, whatever each is cut to.
        so_far = np.cumsum(quantity) - (np.cumsum(lot) - lot)[of]
        good = good_of(items, item, so_far) - good_of(items, item, so_far - quantity)
    else:
        quantity, good = lot, good_of(items, item, lot)
    due = day + np.int32(first_day)
    start = due - items.lead.astype(np.int32)[item]
    return Orders(item, start, due, quantity, good)


def _lots_of(items: Items, chosen: Ints, needs: Ints, first_day: int) -> tuple[Numbers, Numbers, Ints]:
    """Item, place of the day and size of each lot, by item and day."""
    rules = Ordering(items, chosen, needs, first_day)
    found: list[tuple[Numbers, Numbers, Ints]] = []
    for place in range(0, chosen.size, ITEMS_TOGETHER):
        begun = rules.begun(slice(place, place + ITEMS_TOGETHER))
        rows, days = np.nonzero(begun)
        found.append((chosen[place + rows].astype(np.int32), days.astype(np.int32), begun[rows, days]))
    if not found:
        nothing = np.zeros(0, dtype=np.int32)
        return nothing, nothing, np.zeros(0, dtype=np.int64)
    item, day, lot = (np.concatenate(column) for column in zip(*found, strict=True))
    return item, day, lot


def _inputs_of(network: Network, first: Ints, orders: Orders, part: slice, known: int) -> Requirements:
    """What a part of some orders takes, when they begin; `known` is how many orders there are before them all."""
    item = orders.item[part]
    counts = first[item + 1] - first[item]
    of = np.repeat(np.arange(item.size), counts)
    edges = edges_of(first, item)
    quantity = orders.quantity[part][of] * network.numerator[edges]
    cut = np.flatnonzero(network.denominator[edges] > 1)
    quantity[cut] = -(-quantity[cut] // network.denominator[edges[cut]])
    rows = (of + (known + part.start)).astype(np.int32)
    return Requirements(network.child[edges].astype(np.int32), orders.start[part][of], quantity, rows)


def _joined(kind: type[T], parts: list[T]) -> T:
    names = [each.name for each in fields(kind)]  # type: ignore[arg-type]  # both are rows of arrays
    columns = [[getattr(part, name) for part in parts] for name in names]
    parts.clear()
    # The last first: what has been joined is let go before the next is.
    joined = [np.concatenate(columns.pop()) for _ in names]
    return kind(*reversed(joined))
