"""Action messages: what the plan asks a planner to do about a supply; opened, changed and closed, never doubled."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from contracts.materials import ActionMessageChanged, ActionMessageClosed, ActionMessageOpened
from contracts.shapes import ActionKind
from contracts.values import Quantity
from materials.domain.book import Book
from materials.domain.shares import serves
from materials.domain.supply import Message, PlannedOrder


def open_message(
    book: Book, order: PlannedOrder, kind: ActionKind, reason: str, wanted_at: datetime | None = None
) -> None:
    """Ask for an act; the same ask again is silent, another one changes the open message."""
    known = book.messages.get((order.planned_order_id, kind))
    message = Message(
        order.planned_order_id, kind, "open", order.sku, order.quantity_micro, order.expected_at, wanted_at,
        reason, book.now,
    )  # fmt: skip
    quantity = Quantity.of_micro(order.quantity_micro)
    if known is not None and known.state == "open":
        same = (known.quantity_micro, known.wanted_at, known.reason)
        if same == (message.quantity_micro, wanted_at, reason):
            return
        book.messages.put(replace(message, opened_at=known.opened_at))
        book.tell(ActionMessageChanged(order.planned_order_id, kind, quantity, wanted_at, reason))
        return
    book.messages.put(message)
    hurts = serves(book, order.planned_order_id)
    book.tell(
        ActionMessageOpened(
            order.planned_order_id, kind, order.sku, quantity, order.expected_at, wanted_at, reason, hurts
        )
    )


def close_message(book: Book, planned_order_id: str, how: str, *kinds: ActionKind) -> None:
    """The reason is gone: close the open messages of an order, of these kinds or of all."""
    for message in book.messages:
        if message.planned_order_id != planned_order_id or message.state == "closed":
            continue
        if kinds and message.kind not in kinds:
            continue
        book.messages.put(replace(message, state="closed"))
        book.tell(ActionMessageClosed(planned_order_id, message.kind, how))  # type: ignore[arg-type]
