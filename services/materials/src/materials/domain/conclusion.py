"""How every decision ends: dates go up the pegs, orders are released, what lies ready or is late is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from contracts.materials import InternalSupplyPromised, SupplyLate, SupplyRecovered
from contracts.shapes import LineDate
from contracts.values import Quantity
from materials.domain.advice import advise
from materials.domain.book import Book
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


def cover(book: Book, demand_ids: Iterable[str], *, new: bool = True) -> None:
    """Cover demands anew, in the order in which they are served; what is planned for them is dated at once.

    Without that it would count as in time until its owner answers: nothing below a purchase has another date.
    """
    ranked = sorted((book.demands[key] for key in demand_ids), key=lambda each: each.rank)
    netting = Netting(book, new=new, expedite=True)
    netting.run([demand.demand_id for demand in ranked])
    date_planned(book, netting.created)


def plan_open(book: Book, place: Place) -> None:
    """Plan what nothing covers at a place, but for what lots may still cover that somebody has to decide on."""
    undecided = sum(
        stock.free_micro
        for stock in book.stocks.by("free", place)
        if (lot := book.lots.get(stock.lot_id)) is not None and lot.status in UNDECIDED
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
    late: dict[str, dict[str, LineDate]] = {}
    back: dict[str, dict[str, LineDate]] = {}
    for demand in roots:
        if demand.kind == "internal":
            promise_inside(book, demand)
        elif demand.kind == "order" and demand.order_id is not None and demand.line_id is not None:
            at, promised = demand.available_at, demand.promised_at or demand.needed_at
            is_late = at is None or behind(at, promised)
            if is_late and (not demand.late or demand.told_at != at):
                was = demand.told_at if demand.late else promised
                late.setdefault(demand.order_id, {})[demand.line_id] = LineDate(demand.line_id, was, at)
                book.demands.put(demand._replace(late=True, told_at=at))
            elif demand.late and not is_late:
                told = LineDate(demand.line_id, demand.told_at, promised)
                back.setdefault(demand.order_id, {})[demand.line_id] = told
                book.demands.put(demand._replace(late=False, told_at=None))
    cause, kind, supply_id = book.cause
    for order_id, lines in late.items():
        book.tell(SupplyLate(order_id, cause, kind, supply_id, tuple(lines.values())))
    for order_id, lines in back.items():
        book.tell(SupplyRecovered(order_id, supply_id, tuple(lines.values()), book.how))


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
