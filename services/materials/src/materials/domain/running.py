"""What runs take from stock, and how they end for the plan."""

from __future__ import annotations

from backbone.errors import NotYet
from contracts.production import MaterialConsumed, RunAborted, RunClosed, RunStarted
from contracts.shapes import LotPart
from materials.domain.book import Book
from materials.domain.changing import decided
from materials.domain.demand import Demand
from materials.domain.ledger import (
    Purpose,
    end_lot,
    free_up,
    leave,
    set_status,
    settle_done,
    stock_of,
    tell_move,
)
from materials.domain.message import BEFORE_START, close_message
from materials.domain.quality import GONE
from materials.domain.receiving import close
from materials.domain.supply import PlannedOrder


def started(book: Book, fact: RunStarted) -> None:
    """A run has begun: from now on nothing but what it takes and makes changes it."""
    order = book.orders.get(fact.planned_order_id)
    if order is None:
        raise NotYet(fact.planned_order_id)
    _begin(book, order)


def _begin(book: Book, order: PlannedOrder) -> None:
    """What planners were asked to do about a run before it begins is in vain from then on."""
    if order.ended or order.begun:
        return
    book.orders.put(order._replace(state="running"))
    close_message(book, order.planned_order_id, "the run has begun", *BEFORE_START)


def consumed(book: Book, fact: MaterialConsumed) -> None:
    """A run took lots: what was reserved for it first, then free stock, then what was reserved least urgently."""
    order = book.orders.get(fact.planned_order_id)
    if order is not None:
        _begin(book, order)
    for part in fact.lots:
        _take(book, fact, part)


def _take(book: Book, fact: MaterialConsumed, part: LotPart) -> None:
    micro = part.quantity.micro
    stock = stock_of(book, part.lot_id, fact.site_id, micro)
    book.cause = (f"a run took lot {part.lot_id}", "run", fact.planned_order_id)
    own = _own(book, fact.planned_order_id, part)
    free_up(book, stock, micro, own, part.cost)
    purpose = Purpose(planned_order_id=fact.planned_order_id)
    here = (stock.lot_id, stock.site_id, stock.store)
    move_id, cost = leave(book, book.stocks[here], micro, "consumed", purpose, part.cost)
    lot = book.lots[part.lot_id]
    tell_move(book, move_id, lot, fact.site_id, micro, cost, "consumed", purpose)
    if own:
        settle_done(book, own, micro)
    end_lot(book, part.lot_id, "consumed", "taken by a run")


def _own(book: Book, planned_order_id: str, part: LotPart) -> list[Demand]:
    """The inputs that a lot may be for: those with a reservation in it first."""
    found = [demand for demand in book.inputs_of(planned_order_id) if demand.sku == part.sku]
    return sorted(found, key=lambda each: (each.demand_id, part.lot_id) not in book.pegs)


def closed(book: Book, fact: RunClosed) -> None:
    """A run is reconciled: nothing more comes of it, and what it kept is free."""
    order = book.orders.get(fact.planned_order_id)
    if order is None:
        raise NotYet(fact.planned_order_id)
    if not order.ended:
        close(book, order)


def aborted(book: Book, fact: RunAborted) -> None:
    """A run was given up: what it did not make is planned anew."""
    decided(book, fact.change_id)
    order = book.orders.get(fact.planned_order_id)
    if order is not None and not order.ended:
        close(book, order)
    lot = book.lots.get(order.rework_lot_id or "") if order is not None else None
    if lot is not None and lot.status not in GONE:
        set_status(book, lot.lot_id, "blocked", "its rework was given up")
