"""A plan within capacity: demand by demand, backwards as late as possible; what does not fit moves its demand."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from materials.domain.capacity.buckets import NOWHERE, Buckets
from materials.domain.capacity.supplies import Supplies
from materials.domain.lot_rule import LotRule
from materials.domain.planning.network import Ints, low_level_codes
from materials.domain.planning.plan import Orders
from materials.domain.planning.site import Site

NO_RESOURCE: Final = -1
TRIES_COUNT_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Plant:
    """What runs are made on: of each item, shape (items,), its resource (or -1) and what a run takes of it each day.

    `room` is what there is of each resource on each working day from day 0 on, shape (resources, days): 0 when it is
    closed. A run takes all days of its lead, of an item without lead the one day. `early_days` is how long before it
    is needed a run may end; a run of the same item that ends within `batch_days` before a need is made larger for it,
    as far as its lot rule allows, before another is begun.
    """

    resource: Ints
    load: Ints
    room: Ints
    early_days: int
    batch_days: int = 0


@dataclass(frozen=True, slots=True)
class FinitePlan:
    """Orders, and when each demand is served, shape (demands,): at its due day, later, or not at all (-1)."""

    orders: Orders
    served: Ints


@dataclass(frozen=True, slots=True)
class Binding:
    """What keeps a requirement from its day: an item, the resource it waits for (-1: its lead time), how many days."""

    item: int
    resource: int
    days: int


class _Undo(IntEnum):
    """What a step did, to be taken back: supply put or taken, an order added or made larger."""

    SUPPLY = 0
    ORDER = 1
    LARGER = 2


class Finite:
    """The planner of a site within its capacity; `promise` may be asked at any time between two demands.

    Days are working days; safety stock, movable receipts and what else a recipe gives are not looked at.
    Raises `RecipeCycle` for items that go into themselves.
    """

    def __init__(self, site: Site, plant: Plant) -> None:
        low_level_codes(site.network)
        items = site.items
        self._site, self._plant = site, plant
        self._buckets = Buckets(plant.room.tolist())
        self._supplies = Supplies(site.network.items)
        self._lead, self._resource = items.lead.tolist(), plant.resource.tolist()
        self._load = plant.load.tolist()
        self._rules = [
            LotRule(*sizes)
            for sizes in zip(
                items.minimum.tolist(), items.multiple.tolist(), items.maximum.tolist(), strict=True
            )
        ]
        self._yield = list(zip(items.numerator.tolist(), items.denominator.tolist(), strict=True))
        self._inputs = _inputs(site)
        # Of each order item, start, due, what is begun and what is good of it; of each item the runs (due, order).
        self._orders: list[tuple[int, int, int, int, int]] = []
        self._by_due: list[list[tuple[int, int]]] = [[] for _ in range(site.network.items)]
        self._log: list[tuple[_Undo, int, int, int]] = []
        for item in np.flatnonzero(items.on_hand).tolist():
            self._supplies.put(item, 0, int(items.on_hand[item]))
        receipts = site.receipts
        for item, day, quantity in zip(
            *(c.tolist() for c in (receipts.item, receipts.day, receipts.quantity)), strict=True
        ):
            self._supplies.put(item, max(day, 0), quantity)

    def promise(self, item: int, quantity: int, due: int) -> tuple[int, list[Binding]]:
        """The first day from `due` on at which a demand can be served, kept for it, and what bound; -1 is never."""
        bound: list[Binding] = []
        day = due
        for _ in range(TRIES_COUNT_MAX):
            mark = len(self._log)
            binding = self._cover(item, quantity, day)
            if binding is None:
                return day, bound
            self.back(mark)
            bound.append(binding)
            day += binding.days
            if day >= self._buckets.days:
                break
        return NOWHERE, bound

    def back(self, mark: int) -> None:
        """Take back all that was planned since the log was `mark` long."""
        while len(self._log) > mark:
            kind, one, two, three = self._log.pop()
            if kind is _Undo.SUPPLY:
                self._supplies.put(one, two, -three)
            elif kind is _Undo.LARGER:
                item, start, due, begun, good = self._orders[one]
                self._orders[one] = item, start, due, begun - two, good - three
            else:
                item, start, due, _, _ = self._orders.pop()
                if self._resource[item] != NO_RESOURCE:
                    found = self._by_due[item]
                    del found[bisect_left(found, (due, len(self._orders)))]
                    self._occupy(item, start, -self._load[item])

    def orders(self) -> Orders:
        """All orders, by item and day."""
        rows = np.array(sorted(self._orders), dtype=np.int64).reshape(-1, 5).T
        item, start, due = rows[:3].astype(np.int32)
        return Orders(item, start, due, rows[3], rows[4])

    def _cover(self, item: int, wanted: int, day: int) -> Binding | None:
        """Cover a requirement by its day; where it cannot be, what keeps it (and what was begun has to go back)."""
        for since, taken in self._supplies.take(item, day, wanted):
            self._log.append((_Undo.SUPPLY, item, since, -taken))
            wanted -= taken
        if wanted and self._plant.batch_days and self._resource[item] != NO_RESOURCE:
            wanted = self._larger(item, wanted, day)
        good, of = self._yield[item]
        while wanted > 0:
            # Order by order: pieces are cut to whole quanta each, so what several give is less than their sum would.
            size = self._rules[item].sizes(-(-wanted * of // good))[0]
            start = self._place(item, day) if size * good >= of else self._never(item)
            if isinstance(start, Binding):
                return start
            binding = self._begin(item, start, size, wanted)
            if binding is not None:
                return binding
            wanted -= size * good // of
        return None

    def _never(self, item: int) -> Binding:
        """No day will do: even the largest order gives less than one piece."""
        return Binding(item, NO_RESOURCE, self._buckets.days)

    def _place(self, item: int, day: int) -> int | Binding:
        """The start of a run that is there by a day."""
        resource, lead = self._resource[item], self._lead[item]
        if resource == NO_RESOURCE:
            return day - lead if day >= lead else Binding(item, NO_RESOURCE, lead - day)
        days, last = max(lead, 1), day - lead
        if last < 0:
            return Binding(item, NO_RESOURCE, -last)
        load, floor = self._load[item], max(0, last - self._plant.early_days)
        start = self._buckets.latest(resource, load, days, last + days, floor)
        if start != NOWHERE:
            return start
        later = self._buckets.earliest(resource, load, days, last + 1)
        return Binding(item, resource, self._buckets.days if later == NOWHERE else later - last)

    def _begin(self, item: int, start: int, begun: int, wanted: int) -> Binding | None:
        """An order of a size, all it takes, and what is left of it when so much of it was wanted."""
        number, due = len(self._orders), start + self._lead[item]
        good, of = self._yield[item]
        self._orders.append((item, start, due, begun, begun * good // of))
        if self._resource[item] != NO_RESOURCE:
            insort(self._by_due[item], (due, number))
            self._occupy(item, start, self._load[item])
        self._log.append((_Undo.ORDER, 0, 0, 0))
        self._leave(item, due, begun * good // of - wanted)
        return self._feed(item, start, 0, begun)

    def _feed(self, item: int, start: int, before: int, begun: int) -> Binding | None:
        """What an order takes at its start when it grows from `before` to `begun`."""
        for child, over, under in self._inputs[item]:
            taken = -(-begun * over // under) + (-before * over // under)
            binding = self._cover(child, taken, start) if taken else None
            if binding is not None:
                return binding
        return None

    def _larger(self, item: int, wanted: int, day: int) -> int:
        """Make the runs larger that end shortly before a requirement, the last one first; what is wanted still."""
        found, rule = self._by_due[item], self._rules[item]
        good, of = self._yield[item]
        place = bisect_right(found, (day, len(self._orders))) - 1
        while wanted and place >= 0 and found[place][0] >= day - self._plant.batch_days:
            number = found[place][1]
            place -= 1
            _, start, due, begun, gives = self._orders[number]
            step = rule.multiple_micro or 1
            begin = -(-wanted * of // good)
            more = -(-begin // step) * step
            if rule.maximum_micro:
                more = min(more, (rule.maximum_micro - begun) // step * step)
            if more <= 0:
                continue
            mark, gain = len(self._log), (begun + more) * good // of - gives
            self._orders[number] = item, start, due, begun + more, gives + gain
            self._log.append((_Undo.LARGER, number, more, gain))
            self._leave(item, due, gain - wanted)
            if self._feed(item, start, begun, begun + more) is None:
                wanted -= min(wanted, gain)
            else:
                self.back(mark)
        return wanted

    def _leave(self, item: int, day: int, more: int) -> None:
        if more > 0:
            self._supplies.put(item, day, more)
            self._log.append((_Undo.SUPPLY, item, day, more))

    def _occupy(self, item: int, start: int, load: int) -> None:
        self._buckets.take(self._resource[item], load, start, max(self._lead[item], 1))


def _inputs(site: Site) -> list[list[tuple[int, int, int]]]:
    network = site.network
    inputs: list[list[tuple[int, int, int]]] = [[] for _ in range(network.items)]
    columns = (network.parent, network.child, network.numerator, network.denominator)
    for parent, child, over, under in zip(*(column.tolist() for column in columns), strict=True):
        inputs[parent].append((child, over, under))
    return inputs


def plan_within(site: Site, plant: Plant, priority: Ints) -> FinitePlan:
    """Plan a site's demands within its capacity, those of the least `priority` first, and of these the first due."""
    finite, demands = Finite(site, plant), site.demands
    served = np.full(priority.size, NOWHERE, dtype=np.int64)
    for row in np.lexsort((demands.day, priority)).tolist():
        item, quantity, due = (int(column[row]) for column in (demands.item, demands.quantity, demands.day))
        served[row], _ = finite.promise(item, quantity, due)
    return FinitePlan(finite.orders(), served)
