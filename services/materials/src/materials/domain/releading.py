"""Planned orders that come from elsewhere, or take another time, than when they were planned: they move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from materials.domain.acting import need_inputs_by
from materials.domain.book import Book
from materials.domain.capacity import placing
from materials.domain.dates import redated
from materials.domain.network import Buy, Make, Network, Node, Place, Source, Transfer
from materials.domain.release import await_release
from materials.domain.replanning import plan_otherwise
from materials.domain.shares import recipes_above
from materials.domain.supply import PlannedOrder

BY_VENDOR = "its vendor takes another time to deliver"


def comes_from_elsewhere(book: Book, planned_order_id: str) -> bool:
    """Whether parameters say, and masters allow, that what it brings is made, bought or transferred, and it is not."""
    order, network = book.orders.get(planned_order_id), book.network
    told = network.parameters.get((order.site_id, order.sku)) if order is not None else None
    if order is None or told is None or not order.uncommitted or order.firm(book.now):
        return False
    node = Node(order.site_id, order.sku, order.window)
    found = network.source(node, order.due_at)
    if isinstance(found, Make) and order.source != "make":
        found = network.source(node, order.due_at, recipes_above(book, planned_order_id))
    if isinstance(found, Transfer):
        return (order.source, order.from_site_id) != ("transfer", found.from_site_id)
    return found is not None and order.source != ("make" if isinstance(found, Make) else "buy")


def relead(book: Book, planned_order_ids: Iterable[str], why: str) -> set[Place]:
    """Begin orders that nobody was asked for so long before they are due as they take by now.

    What cannot be there by then any more is late from now on. What is firm stays where it is, and so does a run that
    its work centres have room for all the same. What an item's parameters have come from elsewhere by now is planned
    anew from there. The answer names the places where something became free.
    """
    keys = list(planned_order_ids)
    freed = plan_otherwise(book, [key for key in keys if comes_from_elsewhere(book, key)], why)
    for key in keys:
        order = book.orders.get(key)
        if order is None or order.state != "planned":
            continue
        book.cause = (BY_VENDOR if order.source == "buy" else why, order.kind, key)
        moved = order if order.firm(book.now) else _fenced(book, _with_lead(book, order))
        if moved != order:
            book.orders.put(moved)
        if moved.starts_at != order.starts_at:
            freed |= need_inputs_by(book, moved)
        book.touch(redated(book, key))
        if moved != order:
            await_release(book, [key])
    return freed


def _source(network: Network, order: PlannedOrder) -> Source | None:
    """What it is planned to come from, if it still would be today."""
    if order.source == "make":
        recipe = network.recipe(order.recipe_id, order.recipe_version)
        return Make(recipe, 0) if recipe is not None else None
    found = network.source(Node(order.site_id, order.sku, order.window), order.due_at)
    kind = Buy if order.source == "buy" else Transfer
    return found if isinstance(found, kind) else None


def _with_lead(book: Book, order: PlannedOrder) -> PlannedOrder:
    """The order as it would be planned today for its due date."""
    network = book.network
    source = _source(network, order)
    if source is None:
        return order
    days, calendar_id = network.lead(Node(order.site_id, order.sku, order.window), source)
    if book.loads.by("order", order.planned_order_id):
        least = order._replace(lead_days=max(days, order.lead_days), calendar_id=calendar_id)
        return order if least == order and placing.stands(book, order) else _in_room(book, least, days)
    starts_at = network.days_of(calendar_id).before(order.due_at, days)
    return order._replace(lead_days=days, calendar_id=calendar_id, starts_at=starts_at)


def _in_room(book: Book, order: PlannedOrder, days: int) -> PlannedOrder:
    """A run in the last place in time for whom it serves, else in the first that its work centres have."""
    served = [book.demands[peg.demand_id].needed_at for peg in book.pegs.by("order", order.planned_order_id)]
    wanted = order._replace(lead_days=days, due_at=min(served, default=order.due_at))
    found = placing.rearranged(book, wanted)
    return order if found is wanted else found


def _fenced(book: Book, order: PlannedOrder) -> PlannedOrder:
    """It is asked for, and firm, so long before it begins as its item's parameters say by now.

    What nothing has frozen yet, or a person has let go, is not frozen by being inside the fence already. What a change
    of a customer's order holds back is held back still.
    """
    network = book.network
    told = network.parameters.get((order.site_id, order.sku))
    fence_days = told.fence_days if told is not None else 0
    firm_at = network.firm_from(order.site_id, order.sku, order.starts_at)
    if order.firm_at is None and firm_at is not None and firm_at <= book.now:
        firm_at = None
    fenced = order._replace(
        release_at=network.site_days(order.site_id).before(order.starts_at, fence_days),
        firm_at=firm_at,
        automatic=told is None or told.automatic,
    )
    for change in book.changes:
        if change.state not in {"asking", "held"}:
            continue
        for each in change.put_off:
            if each.planned_order_id == order.planned_order_id:
                put_off = tuple(
                    replace(one, release_at=fenced.release_at) if one is each else one
                    for one in change.put_off
                )
                book.changes.put(change._replace(put_off=put_off))
                return fenced._replace(release_at=order.release_at)
    return fenced
