"""What a plan means for those who wait: when each demand can be served, and when each ordered supply is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from materials.domain.planning.network import Numbers
from materials.domain.planning.pegs import Pegs, Supplies
from materials.domain.planning.plan import NOBODY, Plan, starts_of
from materials.domain.planning.site import Site

# The day on which something is there that nobody supplies, or is wanted that nobody wants.
NEVER: Final = int(np.iinfo(np.int32).max)


@dataclass(frozen=True, slots=True)
class Outlook:
    """`available` is the day on which the last of each demand is there, shape (demands,).

    `wanted` is the first day on which a movable supply is needed, `served` how much of it is, shape (movable,).
    """

    available: Numbers
    wanted: Numbers
    served: NDArray[np.int64]


def outlook_of(
    site: Site, plan: Plan, supplies: Supplies, pegs: Pegs, *, today: int, nowhere: NDArray[np.bool_]
) -> Outlook:
    """Carry dates up the pegs, the deepest items first; items of a site are numbered by level.

    An order that would begin before today, or before its inputs are there, begins as soon as it can and is there its
    lead time later. What is given beside is taken to come when it is planned. `nowhere` are the items that nothing
    supplies, shape (items,).
    """
    there = supplies.day.copy()
    orders = plan.orders
    first = supplies.item.size - plan.given.item.size - orders.item.size
    ready = np.full(orders.item.size, today, dtype=np.int32)
    available = np.full(site.demands.item.size, np.iinfo(np.int32).min, dtype=np.int32)
    items = plan.requirements.item[pegs.requirement]
    starts = starts_of(site, plan.codes)
    for level in range(int(plan.codes.max(initial=0)), -1, -1):
        low, high = np.searchsorted(plan.codes, [level, level + 1])
        rows = np.arange(*np.searchsorted(orders.item, [low, high]))
        late = rows[orders.start[rows] < ready[rows]]
        never = ready[late] == NEVER
        pushed = starts.after(orders.item[late], np.where(never, today, ready[late]).astype(np.int32))
        there[first + late] = np.where(never, NEVER, np.maximum(pushed, orders.due[late]))
        there[first + rows[nowhere[orders.item[rows]]]] = NEVER
        together = slice(*np.searchsorted(items, [low, high]))
        wanting, supply = pegs.requirement[together], pegs.supply[together]
        order = plan.requirements.order[wanting]
        above = order != NOBODY
        np.maximum.at(ready, order[above], there[supply[above]])
        np.maximum.at(available, wanting[~above], there[supply[~above]])
    return Outlook(available, *_wanted(site, plan, pegs, first))


def _wanted(site: Site, plan: Plan, pegs: Pegs, first: int) -> tuple[Numbers, NDArray[np.int64]]:
    """Of the movable supplies, which are the last before the planned orders: when they are needed, and how much."""
    count = site.movable.item.size
    wanted = np.full(count, NEVER, dtype=np.int32)
    served = np.zeros(count, dtype=np.int64)
    rows = np.flatnonzero((pegs.supply >= first - count) & (pegs.supply < first))
    movable = pegs.supply[rows] - (first - count)
    np.minimum.at(wanted, movable, plan.requirements.day[pegs.requirement[rows]])
    np.add.at(served, movable, pegs.quantity[rows])
    return wanted, served
