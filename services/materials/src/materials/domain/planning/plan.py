"""The pass: level by level from the demands down, what is short becomes orders, and their inputs are required below."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np

from materials.domain.planning.days import Starts
from materials.domain.planning.lots import Ordering, good_of, pieces_of
from materials.domain.planning.network import (
    ROWS_MAX,
    Ints,
    Network,
    Numbers,
    PlanTooLarge,
    edges_of,
)
from materials.domain.planning.separation import codes_of, runs_needed
from materials.domain.planning.site import Items, Rows, Separation, Site, cumulative_leads

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
class Given:
    """What else comes of planned orders when they are done, shape (given,): of the order in row `order`."""

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
    given: Given


def plan(site: Site) -> Plan:
    """Plan a whole site; the same site gives the same plan, byte for byte. Raises `RecipeCycle`, `PlanTooLarge`."""
    codes = codes_of(site)
    table = _Table(site, codes)
    required = [_of_demands(site.demands)]
    placed: list[Orders] = []
    given: list[Given] = []
    known = 0
    for level in range(int(codes.max(initial=0)) + 1):
        orders = table.orders_of(np.flatnonzero(codes == level))
        placed.append(orders)
        for part in range(0, orders.item.size, ORDERS_TOGETHER):
            required.append(table.inputs_of(orders, slice(part, part + ORDERS_TOGETHER), known))
        given.append(table.given_by(orders, known))
        known += orders.item.size
        if max(known, sum(each.item.size for each in required)) > ROWS_MAX:
            raise PlanTooLarge(
                f"the plan has more than {ROWS_MAX:,} rows of a kind: plan fewer demands or larger lots"
            )
    del table
    return Plan(codes, _joined(Orders, placed), _joined(Requirements, required), _joined(Given, given))


class _Table:
    """What every item needs on every day as far as the plan has come: gross requirements less receipts, in quanta."""

    def __init__(self, site: Site, codes: Ints) -> None:
        items = site.items
        self._site, self._codes = site, codes
        self._first = site.network.first_edges()
        self._gives = None if site.gives is None else site.gives.first_edges()
        self._on_hand = items.on_hand.copy()
        np.add.at(self._on_hand, site.movable.item, site.movable.quantity)
        # Outputs that are driven together have nothing on hand as runs, in which their driver is counted.
        netted = self._on_hand.copy()
        for one in site.separations:
            netted[one.members] = 0
        self._items = replace(items, on_hand=netted)
        self._first_day, days = _days(site, codes)
        self._starts = starts_of(site, codes)
        self._needs = np.zeros((site.network.items, days), dtype=np.int64)
        self._cells = self._needs.reshape(-1)
        self._need(site.demands.item, site.demands.day, site.demands.quantity)
        self._need(site.receipts.item, site.receipts.day, -site.receipts.quantity)

    def _need(self, item: Ints | Numbers, day: Ints | Numbers, quantity: Ints) -> None:
        days = np.int64(self._needs.shape[1])
        np.add.at(self._cells, item * days + (day - self._first_day), quantity)

    def orders_of(self, chosen: Ints) -> Orders:
        """What is ordered of the chosen items, all of one level, for what they need by now."""
        driven = [one for one in self._site.separations if self._codes[one.driver] == self._codes[chosen[0]]]
        for one in driven:
            runs = runs_needed(one, self._needs[one.members], self._on_hand[one.members])
            self._needs[one.members] = 0
            self._needs[one.driver] = runs
        orders = self._ordered(chosen)
        for one in driven:
            rows = np.flatnonzero(orders.item == one.driver)
            orders.good[rows] = _of_runs(one, 0, orders.quantity[rows])
        return orders

    def _ordered(self, chosen: Ints) -> Orders:
        items = self._items
        item, day, lot = _lots_of(items, chosen, self._needs, self._first_day)
        if items.maximum[chosen].any():
            of, quantity = pieces_of(items.minimum[item], items.maximum[item], lot)
            item, day = item[of], day[of]
            # What comes of the first pieces of a lot together: so they give what the lot does, whatever each is cut to.
            so_far = np.cumsum(quantity) - (np.cumsum(lot) - lot)[of]
            good = good_of(items, item, so_far) - good_of(items, item, so_far - quantity)
        else:
            quantity, good = lot, good_of(items, item, lot)
        due = day + np.int32(self._first_day)
        return Orders(item, self._starts.before(item, due).astype(np.int32), due, quantity, good)

    def inputs_of(self, orders: Orders, part: slice, known: int) -> Requirements:
        """What a part of some orders takes, when they begin; `known` is how many orders there are before them all."""
        of, edges = _edges(self._first, orders.item[part])
        quantity = _taken(self._site.network, edges, orders.quantity[part][of])
        rows = (of + (known + part.start)).astype(np.int32)
        child = self._site.network.child[edges].astype(np.int32)
        inputs = Requirements(child, orders.start[part][of], quantity, rows)
        self._need(inputs.item, inputs.day, inputs.quantity)
        return inputs

    def given_by(self, orders: Orders, known: int) -> Given:
        """What else comes of some orders; what is planned below takes it as a receipt."""
        parts: list[Given] = []
        if self._site.gives is not None and self._gives is not None:
            gives = self._site.gives
            of, edges = _edges(self._gives, orders.item)
            quantity = orders.quantity[of] * gives.numerator[edges] // gives.denominator[edges]
            child = gives.child[edges].astype(np.int32)
            parts.append(Given(child, orders.due[of], quantity, (of + known).astype(np.int32)))
            self._need(parts[0].item, parts[0].day, -quantity)
        for one in self._site.separations:
            rows = np.flatnonzero(orders.item == one.driver)
            for place in range(1, one.members.size):
                quantity = _of_runs(one, place, orders.quantity[rows])
                item = np.full(rows.size, one.members[place], dtype=np.int32)
                parts.append(Given(item, orders.due[rows], quantity, (rows + known).astype(np.int32)))
        return _joined(Given, parts) if parts else _nothing_given()


def starts_of(site: Site, codes: Ints) -> Starts:
    """When orders of a site begin and end, for every day that its plan may come to."""
    first, days = _days(site, codes)
    items = site.items
    return Starts(site.calendars, items.calendar, items.lead, first, first + 2 * days)


def _of_runs(one: Separation, place: int, runs: Ints) -> Ints:
    good: Ints = runs * one.numerator[place] // one.denominator[place]
    return good


def _edges(first: Ints, item: Numbers) -> tuple[Ints, Ints]:
    """Of which order each edge is, and the edges of all orders, in their order."""
    return np.repeat(np.arange(item.size), first[item + 1] - first[item]), edges_of(first, item)


def _taken(network: Network, edges: Ints, begun: Ints) -> Ints:
    quantity = begun * network.numerator[edges]
    cut = np.flatnonzero(network.denominator[edges] > 1)
    quantity[cut] = -(-quantity[cut] // network.denominator[edges[cut]])
    return quantity


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
    leads = cumulative_leads(site.network, codes, _longest(site))
    first = int(every.min()) - int(leads.max(initial=0))
    return first, int(every.max()) - first + 1


def _longest(site: Site) -> Ints:
    longest = site.items.lead.copy()
    for number, one in enumerate(site.calendars):
        rows = np.flatnonzero(site.items.calendar == number)
        longest[rows] = one.longest(longest[rows])
    return longest


def _lots_of(items: Items, chosen: Ints, needs: Ints, first_day: int) -> tuple[Numbers, Numbers, Ints]:
    """Item, place of the day and size of each lot, by item and day."""
    rules = Ordering(items, chosen, needs, first_day)
    found: list[tuple[Numbers, Numbers, Ints]] = []
    for place in range(0, chosen.size, ITEMS_TOGETHER):
        begun = rules.begun(slice(place, place + ITEMS_TOGETHER))
        rows, days = np.nonzero(begun)
        found.append((chosen[place + rows].astype(np.int32), days.astype(np.int32), begun[rows, days]))
    if not found:
        return _nothing()
    item, day, lot = (np.concatenate(column) for column in zip(*found, strict=True))
    return item, day, lot


def _nothing_given() -> Given:
    item, day, quantity = _nothing()
    return Given(item, day, quantity, item)


def _nothing() -> tuple[Numbers, Numbers, Ints]:
    none = np.zeros(0, dtype=np.int32)
    return none, none, np.zeros(0, dtype=np.int64)


def _joined(kind: type[T], parts: list[T]) -> T:
    names = [each.name for each in fields(kind)]  # type: ignore[arg-type]  # both are rows of arrays
    columns = [[getattr(part, name) for part in parts] for name in names]
    parts.clear()
    # The last first: what has been joined is let go before the next is.
    joined = [np.concatenate(columns.pop()) for _ in names]
    return kind(*reversed(joined))
