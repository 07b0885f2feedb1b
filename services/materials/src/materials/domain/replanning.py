"""Planned orders that nobody can carry out any more: what they were planned for is planned otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from materials.domain.book import Book
from materials.domain.conclusion import cover
from materials.domain.network import Place
from materials.domain.shrinking import drop_order, prune


def plan_otherwise(book: Book, planned_order_ids: Iterable[str], why: str) -> set[Place]:
    """Drop orders that nobody was asked for, with all that only they need, and cover anew whom they served.

    What nothing supplies now is late, and says why. The answer names the places where something became free.
    """
    freed: set[Place] = set()
    shaken: dict[str, None] = {}
    served: dict[str, None] = {}
    for key in planned_order_ids:
        order = book.orders.get(key)
        if order is None or order.state != "planned":
            continue
        for peg in book.pegs.by("order", key):
            served[peg.demand_id] = None
            book.unpeg(peg.demand_id, peg.supply_id)
        shaken.update(drop_order(book, order, freed))
    book.cause = (why, "planned", next(iter(shaken), ""))
    cover(book, [key for key in served if key in book.demands])
    prune(book, shaken, freed)
    return freed
