"""A plan within capacity replayed day by day, from its orders alone: what of it could not be."""

from __future__ import annotations

import numpy as np

from materials.domain.capacity.finite import NO_RESOURCE, FinitePlan, Plant
from materials.domain.planning.network import Ints
from materials.domain.planning.site import Site


def wrongs_of(site: Site, plant: Plant, plan: FinitePlan) -> list[str]:
    """Sentences for each resource beyond its room, each item below nothing, and each order against its rules."""
    found = _rules_broken(site, plan)
    days = 1 + int(
        max(plan.orders.due.max(initial=0), plan.served.max(initial=0), site.receipts.day.max(initial=0))
    )
    short = _balances(site, plan, days)
    found += [f"item {item} is {short[item, day]} on day {day}" for item, day in np.argwhere(short < 0)[:5]]
    load = _loads(plant, plan, max(days, plant.room.shape[1]))
    load[:, : plant.room.shape[1]] -= plant.room
    found += [
        f"resource {row} is {load[row, day]} over on day {day}" for row, day in np.argwhere(load > 0)[:5]
    ]
    return found


def _rules_broken(site: Site, plan: FinitePlan) -> list[str]:
    items, orders = site.items, plan.orders
    item, begun = orders.item, orders.quantity
    broken = {
        "begins before day 0": orders.start < 0,
        "has another lead time": orders.due - orders.start != items.lead[item],
        "is below its minimum": begun < items.minimum[item],
        "is no multiple": begun % items.multiple[item] != 0,
        "is above its maximum": (items.maximum[item] > 0) & (begun > items.maximum[item]),
        "gives what it does not": orders.good != begun * items.numerator[item] // items.denominator[item],
    }
    found = [
        f"order {rows[0]} {what}" for what, where in broken.items() if (rows := np.flatnonzero(where)).size
    ]
    early = np.flatnonzero((plan.served >= 0) & (plan.served < site.demands.day))
    return found + [f"demand {row} is served before it is due" for row in early[:1]]


def _balances(site: Site, plan: FinitePlan, days: int) -> Ints:
    """What lies there at the end of each day when all that comes on it is there before all that goes."""
    cells = np.zeros((site.network.items, days), dtype=np.int64)
    cells[:, 0] = site.items.on_hand
    orders, network, receipts, demands = plan.orders, site.network, site.receipts, site.demands
    np.add.at(cells, (receipts.item, np.maximum(receipts.day, 0)), receipts.quantity)
    np.add.at(cells, (orders.item, orders.due), orders.good)
    served = np.flatnonzero(plan.served >= 0)
    np.subtract.at(cells, (demands.item[served], plan.served[served]), demands.quantity[served])
    inputs: dict[int, list[tuple[int, int, int]]] = {}
    edges = (network.parent, network.child, network.numerator, network.denominator)
    for parent, child, over, under in zip(*(column.tolist() for column in edges), strict=True):
        inputs.setdefault(parent, []).append((child, over, under))
    rows = (orders.item, orders.start, orders.quantity)
    for item, start, begun in zip(*(column.tolist() for column in rows), strict=True):
        for child, over, under in inputs.get(item, ()):
            cells[child, max(start, 0)] -= -(-begun * over // under)
    return np.cumsum(cells, axis=1)


def _loads(plant: Plant, plan: FinitePlan, days: int) -> Ints:
    load = np.zeros((plant.room.shape[0], days), dtype=np.int64)
    rows = (plan.orders.item, plan.orders.start, plan.orders.due)
    for item, start, due in zip(*(column.tolist() for column in rows), strict=True):
        resource = int(plant.resource[item])
        if resource != NO_RESOURCE:
            load[resource, max(start, 0) : max(due, start + 1)] += plant.load[item]
    return load
