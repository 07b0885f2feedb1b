"""Safety stock: a standing demand for an item at a site, counted once; the first to give way when stock is short."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from materials.domain.book import Book
from materials.domain.conclusion import cover, offer
from materials.domain.demand import Demand
from materials.domain.item import Parameters
from materials.domain.network import Make, Node, Transfer
from materials.domain.shrinking import lessen, prune

PRIORITY_LAST: Final = 1_000
DEPTH_COUNT_MAX: Final = 50


def safety_id_of(site_id: str, sku: str) -> str:
    """The key of the safety stock's demand."""
    return f"safety/{site_id}/{sku}"


def keep_safety(book: Book, told: Parameters) -> None:
    """Want as much safety stock as the parameters say, or the reorder point.

    It is wanted from today plus the cumulative lead time on, never before.
    """
    key = safety_id_of(told.site_id, told.sku)
    node = Node(told.site_id, told.sku, ())
    known = book.demands.get(key)
    if known is None and told.floor_micro:
        demand = Demand(
            key, "safety", told.site_id, told.sku, (), told.floor_micro, 0, 0,
            book.now + cumulative_lead(book, node), None, PRIORITY_LAST, book.now, held=False, part=False,
        )  # fmt: skip
        book.demands.put(demand)
        cover(book, [key])
    elif known is not None and told.floor_micro >= known.quantity_micro:
        book.demands.put(known._replace(quantity_micro=told.floor_micro))
        cover(book, [key])
    elif known is not None:
        freed: set[tuple[str, str]] = set()
        prune(book, lessen(book, known, told.floor_micro, freed), freed)
        for place in freed:
            offer(book, place)


def cumulative_lead(book: Book, node: Node) -> timedelta:
    """How long it takes to get an item when nothing of it is there: the longest chain down to what is bought."""
    start = book.now
    return _chain(book, node, start, 0) - start


def _chain(book: Book, node: Node, at: datetime, depth: int) -> datetime:
    source = book.network.source(node)
    if source is None or depth > DEPTH_COUNT_MAX:
        return at
    below: list[Node] = []
    if isinstance(source, Make):
        below = [Node(node.site_id, each.sku, each.window) for each in source.recipe.inputs]
    elif isinstance(source, Transfer):
        below = [Node(source.from_site_id, node.sku, node.window)]
    ready_at = max((_chain(book, each, at, depth + 1) for each in below), default=at)
    days, calendar_id = book.network.lead(node, source)
    return book.network.days_of(calendar_id).after(ready_at, days)
