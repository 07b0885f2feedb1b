"""Dates up the pegs: when a demand is covered, when a planned order can be there, whom that hurts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from materials.domain.book import Book
from materials.domain.capacity import placing
from materials.domain.demand import Demand, Peg
from materials.domain.supply import PlannedOrder, comes_at

# On hand: there since always.
ALWAYS: Final = datetime(1900, 1, 1, tzinfo=UTC)


def behind(at: datetime, promised_at: datetime) -> bool:
    """Whether a moment is later than what was promised: promises are kept by the day, not by the hour."""
    return at.date() > promised_at.date()


def available(book: Book, demand: Demand) -> datetime | None:
    """When the last of what covers a demand is there; None while a part of it is nowhere or nobody knows when."""
    if demand.uncovered_micro:
        return None
    latest = ALWAYS
    for peg in book.pegs_of(demand.demand_id):
        at = served_at(book, peg)
        if at is None:
            return None
        latest = max(latest, at)
    return latest


def served_at(book: Book, peg: Peg) -> datetime | None:
    """When what a peg stands for is there; None while nobody knows when."""
    if peg.planned_order_id is None:
        return ALWAYS
    return comes_at(book.orders[peg.planned_order_id], book.receipts[peg.supply_id])


def inputs_at(book: Book, order: PlannedOrder) -> datetime | None:
    """When all that an order takes is there; None while nobody knows."""
    latest = ALWAYS
    for demand in book.inputs_of(order.planned_order_id):
        if not demand.open_micro:
            continue
        if demand.available_at is None:
            return None
        latest = max(latest, demand.available_at)
    return latest


def expected(book: Book, order: PlannedOrder) -> datetime | None:
    """When an order can be there: at its due date when it starts in time, else as soon as its inputs allow.

    A planned start that is too early is never moved silently: it stays, and this date says what is possible.
    """
    return _expected(book, order, inputs_at(book, order))


def _expected(book: Book, order: PlannedOrder, ready_at: datetime | None) -> datetime | None:
    if ready_at is None or order.cause is not None:
        return None
    if order.confirmed_at is not None:
        # What its owner has scheduled moves with its inputs, by as much as they are too late.
        return max(order.confirmed_at, ready_at + (order.confirmed_at - order.starts_at))
    earliest = max(order.floor_at, ready_at)
    if order.starts_at >= earliest:
        return order.due_at
    start = book.network.site_days(order.site_id).opens(earliest)
    return max(order.due_at, book.network.days_of(order.calendar_id).after(start, order.lead_days))


def date_planned(book: Book, planned_order_ids: Iterable[str]) -> None:
    """Date new orders, the deepest first."""
    for planned_order_id in reversed(list(planned_order_ids)):
        for demand in book.inputs_of(planned_order_id):
            book.demands.put(demand._replace(available_at=available(book, demand)))
        planned = book.orders[planned_order_id]
        ready_at = inputs_at(book, planned)
        order = _put_forward(book, planned, ready_at)
        at = _expected(book, order, ready_at)
        if order is not planned or at != order.expected_at:
            book.orders.put(order._replace(expected_at=at))


def _put_forward(book: Book, order: PlannedOrder, ready_at: datetime | None) -> PlannedOrder:
    """An order whose inputs come too late for its room on work centres takes the next; it moves where that is later."""
    if ready_at is None or order.starts_at >= max(order.floor_at, ready_at):
        return order
    calendar = book.network.days_of(order.calendar_id)
    first = book.network.site_days(order.site_id).opens(max(order.floor_at, ready_at))
    span = placing.replan(book, order.planned_order_id, first, placing.Lead(order.lead_days, calendar))
    at = _expected(book, order, ready_at)
    return placing.moved(order, span) if span is not None and at is not None and span.due_at > at else order


def redate(book: Book, demand_ids: Iterable[str]) -> dict[str, None]:
    """Carry changed dates up the pegs, from these demands to the roots; the answer names the roots it reached."""
    work = list(dict.fromkeys(demand_ids))
    roots: dict[str, None] = {}
    while work:
        demand = book.demands.get(work.pop())
        if demand is None:
            continue
        at = available(book, demand)
        if demand.planned_order_id is None:
            roots[demand.demand_id] = None
        if at != demand.available_at:
            book.dated.setdefault(demand.demand_id, demand.available_at)
            book.demands.put(demand._replace(available_at=at))
        if demand.planned_order_id is not None:
            work += redated(book, demand.planned_order_id)
    return roots


def redated(book: Book, planned_order_id: str) -> list[str]:
    """Date an order anew from what confirmed it and from its inputs; the answer names the demands that feel it."""
    order = book.order(planned_order_id)
    if order is None or order.ended:
        return []
    at = expected(book, order)
    if at == order.expected_at:
        return []
    book.orders.put(order._replace(expected_at=at))
    return [peg.demand_id for peg in book.pegs.by("order", planned_order_id)]
