"""Transfers that are past their day: goods that were not sent, or have not arrived, and nobody has said a word."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from materials.domain.book import Book
from materials.domain.dates import inputs_at, redated
from materials.domain.supply import PlannedOrder

# So long after goods whose own moment nobody knows the transfer is looked at again.
LOOK_AGAIN: Final = timedelta(days=7)


def watch(book: Book, order: PlannedOrder) -> None:
    """Look at a transfer again when the day is over on which it should leave, or arrive."""
    by = _by(book, order)
    at = book.now + LOOK_AGAIN if by is None else _after(max(by, book.now))
    book.dues["transfer", order.planned_order_id] = at


def _by(book: Book, order: PlannedOrder) -> datetime | None:
    """When it should have left, once its goods are there, or have arrived; None while nobody knows."""
    if order.state == "confirmed":
        return order.confirmed_at
    ready_at = inputs_at(book, order)
    return None if ready_at is None else max(order.starts_at, ready_at)


def _after(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def missed(book: Book, planned_order_id: str) -> None:
    """A day is over: a transfer that should have left or arrived by then is there nobody knows when.

    Once it is sent, or received, that is put right.
    """
    order = book.orders.get(planned_order_id)
    if order is None or order.source != "transfer" or order.state not in {"released", "confirmed"}:
        return
    by = _by(book, order)
    if by is None or by.date() >= book.now.date():
        watch(book, order)
        return
    why = "the goods have not arrived" if order.state == "confirmed" else "the goods have not been sent"
    book.orders.put(order._replace(cause=why))
    book.cause = (why, order.kind, planned_order_id)
    book.touch(redated(book, planned_order_id))
