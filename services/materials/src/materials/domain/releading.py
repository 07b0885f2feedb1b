"""Planned purchases whose vendor takes another time than when they were planned: they begin earlier or later."""

from __future__ import annotations

from collections.abc import Iterable

from materials.domain.book import Book
from materials.domain.dates import redated
from materials.domain.network import Buy, Node
from materials.domain.release import await_release
from materials.domain.supply import PlannedOrder


def relead(book: Book, planned_order_ids: Iterable[str]) -> None:
    """Begin purchases that nobody was asked for so long before they are due as their vendor takes by now.

    What cannot be there by then any more is late from now on. What is firm stays where it is.
    """
    for key in planned_order_ids:
        order = book.orders.get(key)
        if order is None or order.source != "buy" or order.state != "planned" or order.firm(book.now):
            continue
        moved = _with_lead(book, order)
        if moved != order:
            book.orders.put(moved)
            book.cause = ("its vendor takes another time to deliver", moved.kind, key)
            book.touch(redated(book, key))
            await_release(book, [key])


def _with_lead(book: Book, order: PlannedOrder) -> PlannedOrder:
    """The order as it would be planned today for its due date."""
    network, node = book.network, Node(order.site_id, order.sku, order.window)
    source = network.source(node, order.due_at)
    if not isinstance(source, Buy):
        return order
    days, calendar_id = network.lead(node, source)
    if (days, calendar_id) == (order.lead_days, order.calendar_id):
        return order
    told = network.parameters.get((order.site_id, order.sku))
    starts_at = network.days_of(calendar_id).before(order.due_at, days)
    here = network.site_days(order.site_id)
    return order._replace(
        lead_days=days,
        calendar_id=calendar_id,
        starts_at=starts_at,
        release_at=here.before(starts_at, told.fence_days if told is not None else 0),
        firm_at=network.firm_from(order.site_id, order.sku, starts_at),
    )
