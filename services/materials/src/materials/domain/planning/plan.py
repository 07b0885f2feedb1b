"""The pass: level by level from the demands down, what is short becomes orders, and their inputs are required below."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np

from materials.domain.planning.lots import good_of, ordered, pieces_of
from materials.domain.planning.network import Ints, edges_of, low_level_codes
from materials.domain.planning.site import Site, cumulative_leads

T = TypeVar("T")

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Orders:
    """Planned orders, shape (orders,): begun on `start`, there on `due`; `good` of the `quantity` begun are usable.

    In the order of the levels, and on each level of items and days. A start in the past is told as it is.
    """

    item: Ints
    start: Ints
    due: Ints
    quantity: Ints
    good: Ints


@dataclass(frozen=True, slots=True)
class Requirements:
    """Who wants how much of an item on a day, shape (requirements,): a planned order, or a demand where `order` is -1.

    `demand` is the row of the demand, or -1. The demands come first.
    """

    item: Ints
    day: Ints
    quantity: Ints
    order: Ints
    demand: Ints


@dataclass(frozen=True, slots=True)
class Plan:
    """A regenerative plan: `codes` are the items' low-level codes, shape (items,)."""

    codes: Ints
    orders: Orders
    requirements: Requirements


def plan(site: Site) -> Plan:
    """Plan a whole site; the same site gives the same plan, byte for byte. Raises `RecipeCycle`."""
    codes = low_level_codes(site.network)
    first_day, days = _days(site, codes)
    needs = np.zeros((site.network.items, days), dtype=np.int64)
    demands, receipts = site.demands, site.receipts
    np.add.at(needs, (demands.item, demands.day - first_day), demands.quantity)
    np.subtract.at(needs, (receipts.item, receipts.day - first_day), receipts.quantity)
    count = demands.item.size
    required = [
        Requirements(demands.item, demands.day, demands.quantity, np.full(count, NOBODY), np.arange(count))
    ]
    placed: list[Orders] = []
    known = 0
    for level in range(int(codes.max(initial=0)) + 1):
        chosen = np.flatnonzero(codes == level)
        orders = _orders_of(site, chosen, needs[chosen], first_day)
        placed.append(orders)
        inputs = _inputs_of(site, orders, known)
        known += orders.item.size
        np.add.at(needs, (inputs.item, inputs.day - first_day), inputs.quantity)
        required.append(inputs)
    return Plan(codes, _joined(Orders, placed), _joined(Requirements, required))


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
    items = site.items
    begun = ordered(items, chosen, needs, first_day)
    rows, days = np.nonzero(begun)
    lot, item = begun[rows, days], chosen[rows]
    of, quantity = pieces_of(items.minimum[item], items.maximum[item], lot)
    item, due = item[of], first_day + days[of]
    # What comes of the first pieces of a lot together: so the pieces give what the lot does, whatever each is cut to.
    so_far = np.cumsum(quantity) - (np.cumsum(lot) - lot)[of]
    good = good_of(items, item, so_far) - good_of(items, item, so_far - quantity)
    return Orders(item, due - items.lead[item], due, quantity, good)


def _inputs_of(site: Site, orders: Orders, known: int) -> Requirements:
    """What orders take, when they begin; `known` is how many orders there are before them."""
    network = site.network
    first = network.first_edges()
    edges = edges_of(first, orders.item)
    of = np.repeat(np.arange(orders.item.size), first[orders.item + 1] - first[orders.item])
    quantity = orders.quantity[of] * network.numerator[edges]
    quantity = -(-quantity // network.denominator[edges])
    nobody = np.full(of.size, NOBODY)
    return Requirements(network.child[edges], orders.start[of], quantity, known + of, nobody)


def _joined(kind: type[T], parts: list[T]) -> T:
    names = [each.name for each in fields(kind)]  # type: ignore[arg-type]  # both are rows of arrays
    return kind(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
