"""How every decision ends: dates go up the pegs, orders are released, what lies ready or is late is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from contracts.materials import InternalSupplyPromised, SupplyLate, SupplyRecovered
from contracts.shapes import LineDate
from contracts.values import Quantity
from materials.domain.advice import advise
from materials.domain.book import NEVER, Book
from materials.domain.dates import behind, date_planned, redate
from materials.domain.delaying import tell_delays
from materials.domain.demand import Demand
from materials.domain.lot import UNDECIDED
from materials.domain.netting import Netting
from materials.domain.network import Place
from materials.domain.readiness import ready, ready_inside, stage
from materials.domain.release import await_release
from materials.domain.shrinking import rehold


def conclude(book: Book, freed: Iterable[Place] = ()) -> None:
    """Settle what a decision has touched. `freed` are places where something became free: open demands come first."""
    for place in freed:
        offer(book, place)
    roots: dict[str, None] = {}
    seen: dict[str, None] = {}
    while book.touched:
        touched, book.touched = list(book.touched), {}
        seen.update(dict.fromkeys(touched))
        roots.update(redate(book, touched))
        _release(book, touched)
        _settle(book, [demand for key in touched if (demand := book.demands.get(key)) is not None])
    advise(book, {**seen, **roots})
    _tell_dates(book, [demand for key in roots if (demand := book.demands.get(key)) is not None])
    tell_delays(book)


def offer(book: Book, place: Place) -> None:
    """What is free at a place goes to the demands that are covered too little, those who are served first in front."""
    for demand in book.uncovered(place):
        Netting(book, new=False, expedite=True).run([demand.demand_id])


def cover(book: Book, demand_ids: Iterable[str], *, new: bool = True, by_day: bool = False) -> None:
    """Cover demands anew, in the order in which they are served; what is planned for them is dated at once.

    `by_day` plans what one day is short of together.
    Without that it would count as in time until its owner answers: nothing below a purchase has another date.
    """
    ranked = sorted((book.demands[key] for key in demand_ids), key=lambda each: each.rank)
    netting = Netting(book, new=new, expedite=True, by_day=by_day)
    netting.run([demand.demand_id for demand in ranked])
    date_planned(book, netting.created)


def plan_open(book: Book, place: Place) -> None:
    """Plan what nothing covers at a place, but for what lots may still cover that somebody has to decide on."""
    undecided = sum(
        stock.free_micro
        for stock in book.stocks.by("free", place)
        if (lot := book.lots.get(stock.lot_id)) is not None
        and (lot.status in UNDECIDED or stock.awaits_inspection)
    )
    waiting: list[str] = []
    for demand in book.uncovered(place):
        if demand.held:
            continue
        undecided -= demand.uncovered_micro
        if undecided < 0:
            waiting.append(demand.demand_id)
    cover(book, waiting)


def _release(book: Book, touched: Iterable[str]) -> None:
    orders = dict.fromkeys(
        peg.planned_order_id
        for key in touched
        for peg in book.pegs_of(key)
        if peg.planned_order_id is not None
    )
    for key in list(orders):
        orders.update(dict.fromkeys(rehold(book, key)))
    await_release(book, orders)


def _settle(book: Book, demands: Iterable[Demand]) -> None:
    for demand in demands:
        if demand.planned_order_id is not None:
            stage(book, demand.planned_order_id)
        elif demand.kind == "order":
            ready(book, book.demands[demand.demand_id])
        elif demand.kind == "internal":
            ready_inside(book, demand)


def _tell_dates(book: Book, roots: Iterable[Demand]) -> None:
    """Tell lines that are late, and lines that are not any more: a line is there with the last of what it waits for."""
    lines: dict[tuple[str, str], set[str]] = {}
    for demand in roots:
        if demand.kind == "internal":
            promise_inside(book, demand)
        elif demand.kind == "order" and demand.order_id is not None and demand.line_id is not None:
            lines.setdefault((demand.order_id, demand.line_id), set()).add(demand.demand_id)
    late: dict[str, list[LineDate]] = {}
    back: dict[str, list[LineDate]] = {}
    for (order_id, line_id), changed in lines.items():
        every = [each for each in book.demands.by("order", order_id) if each.line_id == line_id]
        before = _last(every)
        after = _last([_dated(book, each) if each.demand_id in changed else each for each in every])
        if after is not None and (before is None or before.told_at != after.told_at):
            was_at = before.told_at if before is not None else _promised(after)
            late.setdefault(order_id, []).append(LineDate(line_id, was_at, after.told_at))
        elif before is not None and after is None:
            back.setdefault(order_id, []).append(LineDate(line_id, before.told_at, _promised(before)))
    cause, kind, supply_id = book.cause
    for key, dates in late.items():
        book.tell(SupplyLate(key, cause, kind, supply_id, tuple(dates)))
    for key, dates in back.items():
        book.tell(SupplyRecovered(key, supply_id, tuple(dates), book.how))


def _dated(book: Book, demand: Demand) -> Demand:
    """A demand of an order as its customer hears of it from now on."""
    at = demand.available_at
    late = at is None or behind(at, _promised(demand))
    if late != demand.late or (late and demand.told_at != at):
        demand = demand._replace(late=late, told_at=at if late else None)
        book.demands.put(demand)
    return demand


def _last(demands: Iterable[Demand]) -> Demand | None:
    """Of those that are late the one that is there last; what nobody knows a moment for is later than all others."""
    return max(
        (each for each in demands if each.late),
        key=lambda each: (each.told_at or NEVER, each.demand_id),
        default=None,
    )


def _promised(demand: Demand) -> datetime:
    return demand.promised_at or demand.needed_at


def promise_inside(book: Book, demand: Demand) -> None:
    """Name the date at which another site of ours gets its goods, whenever it is another one."""
    internal = book.internals.get(demand.purchase_line_id or "")
    if internal is None or internal.state != "promised" or demand.available_at is None:
        return
    at = max(demand.needed_at, demand.available_at) + transit(book, demand)
    if at != internal.promised_at:
        book.internals.put(internal._replace(promised_at=at))
        quantity = Quantity.of_micro(internal.quantity_micro)
        book.tell(
            InternalSupplyPromised(
                internal.purchase_order_id, internal.purchase_line_id, internal.sku, quantity, at
            )
        )


def transit(book: Book, demand: Demand) -> timedelta:
    """How long goods are on their way from a demand's site."""
    site = book.network.sites.get(demand.site_id)
    return timedelta(days=site.transit_days if site is not None else 0)


def latest(moments: Iterable[datetime | None]) -> datetime | None:
    """The last of some moments; None when one of them is unknown or there are none."""
    last: datetime | None = None
    for moment in moments:
        if moment is None:
            return None
        last = moment if last is None else max(last, moment)
    return last
