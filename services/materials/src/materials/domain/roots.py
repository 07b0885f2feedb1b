"""The root ask of a fact: the need for which something happens, when it is known."""

from __future__ import annotations

from typing import Any

from contracts.shapes import Share
from materials.domain.book import Book
from materials.domain.shares import serves


def root_of(book: Book, fact: Any) -> str | None:
    """The need that a fact goes back to; of a supply for several orders, the first of them."""
    need_id: str | None = getattr(fact, "need_id", None)
    if need_id is not None:
        return need_id
    order = book.served.get(getattr(fact, "order_id", None) or "")
    if order is not None:
        return order.need_id
    planned_order_id = getattr(fact, "planned_order_id", None)
    shares: tuple[Share, ...] = getattr(fact, "serves", ())
    if not shares and planned_order_id is not None:
        shares = serves(book, planned_order_id)
    internal = book.internals.get(getattr(fact, "purchase_line_id", None) or "")
    if not shares and internal is not None:
        shares = internal.serves
    return next((share.correlation_id for share in shares if share.correlation_id is not None), None)
