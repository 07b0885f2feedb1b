"""Material that comes later than a run that was asked for needs it: production hears when it will be there."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from contracts.instead import MaterialsDelayed
from materials.domain.book import Book
from materials.domain.dates import inputs_at
from materials.domain.supply import MADE, PlannedOrder

_WAITING: Final = frozenset({"released", "confirmed"})


def tell_delay(book: Book, order: PlannedOrder) -> None:
    """A run is asked for though its material comes later than it is to begin."""
    at = inputs_at(book, order)
    if at is not None and at > order.starts_at:
        _tell(book, order, at, "its material comes later than it is planned to begin")


def tell_delays(book: Book) -> None:
    """Runs that wait for material which got another date hear it, if that is or was too late for them.

    A date that nobody knows is not told: the run keeps its place until one is known.
    """
    dated, book.dated = book.dated, {}
    parents: dict[str, None] = {}
    for demand_id in dated:
        demand = book.demands.get(demand_id)
        if demand is not None and demand.planned_order_id is not None:
            parents[demand.planned_order_id] = None
    for planned_order_id in parents:
        order = book.orders.get(planned_order_id)
        if order is not None and order.source in MADE and order.state in _WAITING and not order.staged:
            _tell_changed(book, order, dated)


def _tell_changed(book: Book, order: PlannedOrder, dated: dict[str, datetime | None]) -> None:
    at = inputs_at(book, order)
    inputs = [each for each in book.inputs_of(order.planned_order_id) if each.open_micro]
    if at is None or not inputs:
        return
    before = [dated.get(each.demand_id, each.available_at) for each in inputs]
    was = max((each for each in before if each is not None), default=at) if None not in before else None
    needed_at = min(each.needed_at for each in inputs)
    if at != was and max(at, was or at) > needed_at:
        _tell(book, order, at, book.cause[0])


def _tell(book: Book, order: PlannedOrder, at: datetime, reason: str) -> None:
    book.tell(MaterialsDelayed(order.planned_order_id, max(at, book.now), book.blamed, reason))
