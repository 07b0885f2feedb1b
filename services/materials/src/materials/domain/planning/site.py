"""What a site's plan starts from: its items, what is there and to come, and who wants how much when."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from materials.domain.planning.days import Workdays
from materials.domain.planning.network import Ints, Network


@dataclass(frozen=True, slots=True)
class Items:
    """Each item's rules, shape (items,): quantities in quanta of the item, times in working days.

    `maximum` 0 is none, `multiple` 1 is any, `minimum` 0 is lot-for-lot. `numerator` / `denominator` is the yield: so
    many good ones come of so many begun. An order serves what is short in `period` days from its due day on, and in
    the same window of `batch` days of the calendar; 0 is its day alone. Safety stock is a floor from day `safety_from`
    on. `calendar` is the place of the item's calendar among those of the site.
    """

    lead: Ints
    minimum: Ints
    multiple: Ints
    maximum: Ints
    numerator: Ints
    denominator: Ints
    on_hand: Ints
    safety: Ints
    safety_from: Ints
    calendar: Ints
    period: Ints
    batch: Ints

    @classmethod
    def plain(cls, count: int, **given: Ints) -> Items:
        """Items made or bought as needed at once, except for what is given."""
        usual = {name: np.zeros(count, dtype=np.int64) for name in cls.__slots__}
        usual |= {name: np.ones(count, dtype=np.int64) for name in ("multiple", "numerator", "denominator")}
        return cls(**{**usual, **given})


@dataclass(frozen=True, slots=True)
class Rows:
    """Quantities of items on days, shape (rows,): demands, or receipts that are on their way."""

    item: Ints
    day: Ints
    quantity: Ints

    @classmethod
    def none(cls) -> Rows:
        """No rows."""
        empty = np.zeros(0, dtype=np.int64)
        return cls(empty, empty, empty)


@dataclass(frozen=True, slots=True)
class Separation:
    """What one recipe gives together, driven by the needs of all `members`, shape (members,), themselves first.

    A run gives `numerator` / `denominator` quanta of each. Its orders are those of `driver`, one of the members, whose
    lot sizes and inputs count runs.
    """

    driver: int
    members: Ints
    numerator: Ints
    denominator: Ints


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that a regenerative plan of a site depends on; the same site gives the same plan, byte for byte.

    `receipts` come when they come. What is `movable` has been ordered and can be asked to come at another time: nothing
    new is ordered for what it can serve, however late it is. `gives` are the edges from what is made to what else
    comes of it when it is done: so much of the child for so much of the parent begun.
    """

    network: Network
    items: Items
    demands: Rows
    receipts: Rows
    movable: Rows = field(default_factory=Rows.none)
    calendars: tuple[Workdays, ...] = (Workdays(),)
    gives: Network | None = None
    separations: tuple[Separation, ...] = ()


def cumulative_leads(network: Network, codes: Ints, lead: Ints) -> Ints:
    """The longest chain of lead times from each item down to what is bought, in days, shape (items,)."""
    whole = lead.copy()
    deepest_first = np.argsort(-codes[network.parent], kind="stable")
    levels = codes[network.parent][deepest_first]
    for edges in np.split(deepest_first, np.flatnonzero(np.diff(levels)) + 1):
        parents = network.parent[edges]
        below: NDArray[np.int64] = np.zeros_like(whole)
        np.maximum.at(below, parents, whole[network.child[edges]])
        touched = np.unique(parents)
        whole[touched] = lead[touched] + below[touched]
    return whole
