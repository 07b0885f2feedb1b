"""Visits wait for their clients: what is kept for them becomes free, and is wanted again when they go on."""

from __future__ import annotations

from contracts.service_desk import VisitResumed, VisitSuspended
from materials.domain.book import Book
from materials.domain.conclusion import cover, offer
from materials.domain.demand import Demand
from materials.domain.shrinking import release_pegs


def suspended(book: Book, fact: VisitSuspended) -> None:
    """What lies ready, or comes, for a visit that waits is free for others; nothing is planned for it meanwhile."""
    demands = [each for each in _of(book, fact) if not each.suspended]
    freed = release_pegs(book, [each.demand_id for each in demands])
    for demand in demands:
        now = book.demands[demand.demand_id]
        book.demands.put(now._replace(suspended=True, ready=False, late=False, told_at=None))
    for place in sorted(freed):
        offer(book, place)


def resumed(book: Book, fact: VisitResumed) -> None:
    """What a visit needs is wanted again: from stock, from what comes, or planned anew."""
    demands = [each for each in _of(book, fact) if each.suspended]
    for demand in demands:
        book.demands.put(demand._replace(suspended=False))
    keys = [demand.demand_id for demand in demands]
    cover(book, keys)
    book.touch(keys)


def _of(book: Book, fact: VisitSuspended | VisitResumed) -> list[Demand]:
    deliveries = {(each.line_id, each.schedule_no) for each in fact.schedule_lines}
    return [
        demand
        for demand in book.demands.by("order", fact.order_id)
        if (demand.part and demand.line_id in fact.line_ids and fact.kind == "visit")
        or (not demand.part and (demand.line_id, demand.schedule_no) in deliveries)
    ]
