"""A version of a plan as it is computed from what was loaded, and its lists as the database takes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

import numpy as np

from materials.domain.planning.copying import Listed
from materials.domain.planning.network import Ints, Numbers
from materials.domain.planning.nodes import PlanNode
from materials.domain.planning.outlook import Outlook, outlook_of
from materials.domain.planning.pegs import Pegs, pegs_of, supplies_of
from materials.domain.planning.plan import NOBODY, Plan, plan
from materials.domain.planning.site import Rows, Site

# Odd numbers near 2^64 / phi: sums of what they multiply differ where orders do.
_MIX: Final = (0x1E3779B97F4A7C15, 0x3F58476D1CE4E5B9, 0x14D049BB133111EB)


@dataclass(frozen=True, slots=True)
class Coming:
    """A receipt that counts as supply of a node: so many millionths on a day."""

    node_no: int
    receipt_id: str
    planned_order_id: str
    day: int
    micro: int


@dataclass(frozen=True, slots=True)
class Reserved:
    """So much of a demand is reserved: of what is on hand of its node, or of the supply to come that is numbered so."""

    demand_no: int
    node_no: int
    coming_no: int | None
    micro: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """The state of sites as a plan needs it, on the day `today`; `coming` are the site's movable supplies.

    What is reserved of stock and of these stays with whom it is for, in every version.
    """

    nodes: tuple[PlanNode, ...]
    site: Site
    coming: tuple[Coming, ...]
    today: int
    reserved: tuple[Reserved, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A plan with its pegs and its outlook; of each node orders, their quantity, and a sum that tells plans apart."""

    loaded: Loaded
    plan: Plan
    pegs: Pegs
    outlook: Outlook
    stocked: Ints
    counts: Ints
    micro: Ints
    sums: Ints
    digest: str

    @property
    def orders_count(self) -> int:
        """How many orders there are."""
        return self.plan.orders.item.size

    @property
    def firsts(self) -> Ints:
        """The number of the first order of each node: orders stand in the order of their nodes."""
        return np.cumsum(self.counts) - self.counts

    @property
    def beside(self) -> list[list[int]]:
        """The nodes from which the orders of each node take, and those to which they give, beside their own."""
        site = self.loaded.site
        found: list[list[int]] = [[] for _ in self.loaded.nodes]
        for edges in (site.network, site.gives):
            if edges is not None:
                for parent, child in zip(edges.parent.tolist(), edges.child.tolist(), strict=True):
                    found[parent].append(child)
        for one in site.separations:
            found[one.driver] += one.members[1:].tolist()
        return found

    @property
    def missing_count(self) -> int:
        """How many of them are for what nothing can supply."""
        nowhere = np.array([each.source == "none" for each in self.loaded.nodes], dtype=bool)
        return int(self.counts[nowhere].sum())

    @property
    def late(self) -> Ints:
        """The numbers of the demands that are served after the day on which they need it."""
        return np.flatnonzero(self.outlook.available > self.loaded.site.demands.day)


def loaded_of(
    nodes: tuple[PlanNode, ...],
    site: Site,
    on_hand: Iterable[tuple[int, int]],
    demands: Rows,
    coming: tuple[Coming, ...],
    today: int,
    reserved: tuple[Reserved, ...] = (),
) -> Loaded:
    """The state of a site: `on_hand` are lots as (node, millionths), of each whole quanta alone."""
    quanta = [each.quantum_micro for each in nodes]
    stock = np.zeros(len(nodes), dtype=np.int64)
    for node_no, micro in on_hand:
        stock[node_no] += micro // quanta[node_no]
    rows = [(each.node_no, each.day, each.micro // quanta[each.node_no]) for each in coming]
    movable = Rows(*(np.array([row[place] for row in rows], dtype=np.int64) for place in range(3)))
    filled = replace(site, items=replace(site.items, on_hand=stock), demands=demands, movable=movable)
    return Loaded(nodes, filled, coming, today, reserved)


def made_of(loaded: Loaded) -> Made:
    """Plan what was loaded; the same state gives the same bytes. Raises `RecipeCycle`, `PlanTooLarge`."""
    site, hard = loaded.site, _hard(loaded)
    made = _with_reserved(plan(_unreserved(site, hard)), hard)
    supplies = supplies_of(site, made)
    pegs = pegs_of(made, supplies, hard)
    nowhere = np.array([each.source == "none" for each in loaded.nodes], dtype=bool)
    outlook = outlook_of(site, made, supplies, pegs, today=loaded.today, nowhere=nowhere)
    orders = made.orders
    counts = np.bincount(orders.item, minlength=site.network.items)
    columns = (orders.due.astype(np.int64), orders.start.astype(np.int64), orders.quantity)
    mixed = np.bitwise_xor.reduce([column * factor for column, factor in zip(columns, _MIX, strict=True)])
    sums, micro = np.zeros_like(counts), np.zeros_like(counts)
    np.add.at(sums, orders.item, mixed)
    np.add.at(micro, orders.item, orders.quantity)
    micro *= _units(loaded)
    whole = sha256()
    for column in (
        orders.item,
        orders.start,
        orders.due,
        orders.quantity,
        pegs.requirement,
        pegs.supply,
        pegs.quantity,
    ):
        whole.update(np.ascontiguousarray(column).data)
    stocked = np.flatnonzero(site.items.on_hand)
    return Made(loaded, made, pegs, outlook, stocked, counts, micro, sums, whole.hexdigest())


def _hard(loaded: Loaded) -> Pegs:
    """What is reserved, in quanta, as far as demands and supplies go; rows of supplies as in `supplies_of`."""
    site = loaded.site
    stocked = np.flatnonzero(site.items.on_hand)
    row_of = {int(node_no): row for row, node_no in enumerate(stocked)}
    first = stocked.size + site.receipts.item.size
    wanted = site.demands.quantity.copy()
    given = np.concatenate([site.items.on_hand[stocked], site.receipts.quantity, site.movable.quantity])
    rows: list[tuple[int, int, int]] = []
    for each in loaded.reserved:
        supply = row_of.get(each.node_no) if each.coming_no is None else first + each.coming_no
        if supply is None:
            continue
        quanta = each.micro // loaded.nodes[each.node_no].quantum_micro
        quanta = int(min(quanta, wanted[each.demand_no], given[supply]))
        if quanta > 0:
            wanted[each.demand_no] -= quanta
            given[supply] -= quanta
            rows.append((each.demand_no, supply, quanta))
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Pegs(columns[0].astype(np.int32), columns[1].astype(np.int32), columns[2])


def _unreserved(site: Site, hard: Pegs) -> Site:
    """The site without what is reserved, and without that much of those whom it is for: the rest is netted.

    Else somebody who needs it sooner would count on it, and find it taken when it is too late to order.
    """
    wanted, on_hand = site.demands.quantity.copy(), site.items.on_hand.copy()
    np.subtract.at(wanted, hard.requirement, hard.quantity)
    stocked, receipts = np.flatnonzero(on_hand), site.receipts.item.size
    taken = np.zeros(stocked.size + receipts + site.movable.item.size, dtype=np.int64)
    np.add.at(taken, hard.supply, hard.quantity)
    on_hand[stocked] -= taken[: stocked.size]
    return replace(
        site,
        items=replace(site.items, on_hand=on_hand),
        demands=replace(site.demands, quantity=wanted),
        movable=replace(site.movable, quantity=site.movable.quantity - taken[stocked.size + receipts :]),
    )


def _with_reserved(made: Plan, hard: Pegs) -> Plan:
    """The plan, whose demands, the first of its requirements, want again what they have reserved."""
    quantity = made.requirements.quantity.copy()
    np.add.at(quantity, hard.requirement, hard.quantity)
    return replace(made, requirements=replace(made.requirements, quantity=quantity))


def _units(loaded: Loaded) -> Ints:
    return np.array([each.unit_micro for each in loaded.nodes], dtype=np.int64)


def quanta_of(loaded: Loaded) -> Ints:
    """The quantum of each node's item in millionths, shape (nodes,)."""
    return np.array([each.quantum_micro for each in loaded.nodes], dtype=np.int64)


def order_lists(made: Made, part: slice) -> tuple[Numbers, list[Listed]]:
    """The node of some planned orders, and their columns: start, due, quantity and good ones in millionths."""
    orders = made.plan.orders
    item = orders.item[part]
    quantity = orders.quantity[part] * _units(made.loaded)[item]
    good = orders.good[part] * quanta_of(made.loaded)[item]
    days = [Listed(each[part], "date") for each in (orders.start, orders.due)]
    return item, [*days, *(Listed(each, "bigint") for each in (quantity, good))]


def peg_lists(made: Made, part: slice) -> tuple[Numbers, list[Listed]]:
    """The node of some pegs, and their columns: day, for what, from what, millionths."""
    required, pegs = made.plan.requirements, made.pegs
    wanting, supply = pegs.requirement[part], pegs.supply[part]
    item, order = required.item[wanting], required.order[wanting]
    for_no = np.where(order == NOBODY, -1 - wanting, order)
    known = made.stocked.size + made.loaded.site.movable.item.size
    placed = known + made.orders_count
    from_no = np.where(supply < known, -1 - supply, supply - known)
    beside = np.flatnonzero(supply >= placed)
    from_no[beside] = made.plan.given.order[supply[beside] - placed]
    quantity = pegs.quantity[part] * quanta_of(made.loaded)[item]
    numbers = (Listed(for_no, "integer"), Listed(from_no, "integer"))
    return item, [Listed(required.day[wanting], "date"), *numbers, Listed(quantity, "bigint")]
