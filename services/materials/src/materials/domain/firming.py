"""Firm orders: a planner says that a planned order stays as it is, or that the plan may change it again."""

from __future__ import annotations

from backbone.errors import NotFound, Refusal
from materials.domain.book import Book
from materials.domain.message import close_message
from materials.domain.network import Place
from materials.domain.shrinking import prune
from materials.domain.supply import PlannedOrder


class OrderIsNotPlanned(Refusal):
    """An order was asked for already, or is over: it is its owner's."""


class OrderIsHeld(Refusal):
    """An order is planned for holds alone; it goes when they do, and nobody can make it firm."""


def firm(book: Book, planned_order_id: str) -> None:
    """From now on only a person changes it; raises `NotFound`, `OrderIsNotPlanned`, `OrderIsHeld`."""
    order = _planned(book, planned_order_id)
    if order.held:
        raise OrderIsHeld("it is planned for holds alone")
    if not order.firm(book.now):
        book.orders.put(order._replace(firm_at=book.now))


def unfirm(book: Book, planned_order_id: str) -> set[Place]:
    """The plan may change it again, inside its fence, too, and does so at once; raises as `firm`."""
    order = _planned(book, planned_order_id)
    book.orders.put(order._replace(firm_at=None))
    close_message(
        book, planned_order_id, "not firm any more", "cancel", "decrease", "increase", "expedite", "defer"
    )
    freed: set[Place] = set()
    prune(book, [planned_order_id], freed)
    return freed


def _planned(book: Book, planned_order_id: str) -> PlannedOrder:
    order = book.orders.get(planned_order_id)
    if order is None:
        raise NotFound(f"no planned order {planned_order_id}")
    if order.state != "planned":
        raise OrderIsNotPlanned(f"it is {order.state}; only what is planned may be firm or not")
    return order
