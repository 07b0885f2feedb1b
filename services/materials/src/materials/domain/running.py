"""What runs take from stock, and how they end for the plan."""

from __future__ import annotations

from dataclasses import replace

from backbone.errors import NotYet
from contracts.production import MaterialConsumed, RunAborted, RunClosed, RunStarted
from contracts.shapes import LotPart
from contracts.values import CostVector, Quantity
from materials.domain.book import Book
from materials.domain.changing import decided
from materials.domain.conclusion import offer
from materials.domain.ledger import (
    Purpose,
    end_lot,
    free_up,
    inputs_for,
    leave,
    set_status,
    settle_done,
    stock_of,
    tell_move,
)
from materials.domain.message import BEFORE_START, close_message
from materials.domain.outside import bring_back, give_back, held_micro, send
from materials.domain.quality import GONE
from materials.domain.receiving import close
from materials.domain.supply import PlannedOrder


def started(book: Book, fact: RunStarted) -> None:
    """A run has begun: from now on nothing but what it takes and makes changes it; what is sent lies at its vendor."""
    order = book.orders.get(fact.planned_order_id)
    if order is None:
        raise NotYet(fact.planned_order_id)
    _begin(book, order)
    for part in fact.sent:
        send(book, order, part)
    if fact.sent and not any(each.open_micro for each in book.inputs_of(fact.planned_order_id)):
        # All that it takes is there: whatever became of what lay staged here, nothing is staged instead.
        book.orders.put(book.orders[fact.planned_order_id]._replace(staged=True))


def _begin(book: Book, order: PlannedOrder) -> None:
    """What planners were asked to do about a run before it begins is in vain from then on."""
    if order.ended or order.begun:
        return
    book.orders.put(order._replace(state="running"))
    close_message(book, order.planned_order_id, "the run has begun", *BEFORE_START)


def consumed(book: Book, fact: MaterialConsumed) -> None:
    """A run took lots: what its vendor has, then what was reserved for it, then what is free or the least urgent."""
    order = book.orders.get(fact.planned_order_id)
    if order is not None:
        _begin(book, order)
    for part in fact.lots:
        book.cause = (f"a run took lot {part.lot_id}", "run", fact.planned_order_id)
        at_vendor = min(part.quantity.micro, held_micro(book, fact.planned_order_id, part.lot_id))
        cost = _take_there(book, fact, part, at_vendor) if at_vendor else None
        if at_vendor < part.quantity.micro:
            rest = Quantity.of_micro(part.quantity.micro - at_vendor)
            _take(
                book, fact, replace(part, quantity=rest, cost=part.cost if cost is None else part.cost - cost)
            )
        end_lot(book, part.lot_id, "consumed", "taken by a run")


def _take_there(book: Book, fact: MaterialConsumed, part: LotPart, micro: int) -> CostVector:
    """What lay at the vendor was wanted by nobody else any more."""
    purpose = Purpose(planned_order_id=fact.planned_order_id)
    place = (fact.planned_order_id, fact.site_id)
    move_id, cost = give_back(book, place, part, micro, "consumed")
    tell_move(book, move_id, book.lots[part.lot_id], fact.site_id, micro, cost, "consumed", purpose)
    return cost


def _take(book: Book, fact: MaterialConsumed, part: LotPart) -> None:
    micro = part.quantity.micro
    stock = stock_of(book, part.lot_id, fact.site_id, micro)
    own = inputs_for(book, fact.planned_order_id, part)
    free_up(book, stock, micro, own, part.cost)
    purpose = Purpose(planned_order_id=fact.planned_order_id)
    here = (stock.lot_id, stock.site_id, stock.store)
    move_id, cost = leave(book, book.stocks[here], micro, "consumed", purpose, part.cost)
    lot = book.lots[part.lot_id]
    tell_move(book, move_id, lot, fact.site_id, micro, cost, "consumed", purpose)
    if own:
        settle_done(book, own, micro)


def closed(book: Book, fact: RunClosed) -> None:
    """A run is reconciled: nothing more comes of it, what it kept is free, and what its vendor did not use is back."""
    order = book.orders.get(fact.planned_order_id)
    if order is None:
        raise NotYet(fact.planned_order_id)
    places = bring_back(book, order, fact.back)
    if not order.ended:
        close(book, order)
    for place in places:
        offer(book, place)


def aborted(book: Book, fact: RunAborted) -> None:
    """A run was given up: what it did not make is planned anew, and what its vendor did not use is back."""
    decided(book, fact.change_id)
    order = book.orders.get(fact.planned_order_id)
    places = bring_back(book, order, fact.back) if order is not None else []
    if order is not None and not order.ended:
        close(book, order)
    lot = book.lots.get(order.rework_lot_id or "") if order is not None else None
    if lot is not None and lot.status not in GONE:
        set_status(book, lot.lot_id, "blocked", "its rework was given up")
    for place in places:
        offer(book, place)
