"""Release: a planned order goes to its owner once, when its start minus the release fence has come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from contracts.materials import PurchaseRequested, RunRequested, TransferRequested
from contracts.shapes import ItemPart
from contracts.values import Quantity, Window
from materials.domain.book import Book
from materials.domain.delaying import tell_delay
from materials.domain.message import close_message, open_message
from materials.domain.shares import serves
from materials.domain.shrinking import rehold
from materials.domain.supply import MADE, PlannedOrder
from materials.domain.unsent import watch

# So long by the wall: production is one of us.
ANSWER_WITHIN: Final = timedelta(hours=1)


def free_from_hold(book: Book, demand_ids: Iterable[str]) -> list[str]:
    """Demands that are ordered now hold nothing back: their orders and all below may be released; these are named."""
    changed: list[str] = []
    for demand_id in demand_ids:
        demand = book.demands[demand_id]
        if demand.held:
            book.demands.put(demand._replace(held=False))
        for peg in book.pegs_of(demand_id):
            if peg.planned_order_id is not None:
                changed += rehold(book, peg.planned_order_id)
    return changed


def await_release(book: Book, planned_order_ids: Iterable[str]) -> None:
    """Release what has come into its fence, and set the moment for the rest; what is held waits for its order."""
    for planned_order_id in planned_order_ids:
        order = book.orders.get(planned_order_id)
        if order is None or order.state != "planned":
            continue
        if order.held:
            book.dues["release", planned_order_id] = None
        elif order.release_at <= book.now:
            release(book, planned_order_id)
        else:
            book.dues["release", planned_order_id] = order.release_at


def release(book: Book, planned_order_id: str, *, by_hand: bool = False) -> bool:
    """Ask the owner for it; what a planner releases becomes an action message. Whether it was asked for."""
    order = book.orders.get(planned_order_id)
    if order is None or order.state != "planned" or (order.held and not by_hand):
        return False
    if not by_hand and (order.planned_inside or not order.automatic):
        reason = "it was planned inside its planning fence"
        if not order.planned_inside:
            reason = "its release fence has come"
        open_message(book, order, "release", reason, order.due_at)
        return False
    close_message(book, planned_order_id, "released", "release")
    order = order._replace(state="released")
    book.orders.put(order)
    book.dues["release", planned_order_id] = None
    book.tell(_asked(book, order))
    if order.source in MADE:
        tell_delay(book, order)
        book.dues["run-answer", planned_order_id] = ANSWER_WITHIN
    elif order.source == "transfer":
        watch(book, order)
    if order.starts_at < book.now:
        reason = "its planned start has passed"
        open_message(book, order, "past-due", reason, order.due_at)
    book.touch(demand.demand_id for demand in book.inputs_of(planned_order_id))
    return True


def _asked(book: Book, order: PlannedOrder) -> object:
    key, shares = order.planned_order_id, serves(book, order.planned_order_id)
    quantity = Quantity.of_micro(order.quantity_micro)
    if order.source in MADE:
        return RunRequested(
            key, order.recipe_id or "", order.recipe_version or 0, order.site_id,
            Quantity.of_micro(order.runs_micro), inputs_of(book, key), outputs_of(book, key),
            order.starts_at, order.due_at, order.priority, shares, order.rework_lot_id,
        )  # fmt: skip
    if order.source == "transfer":
        return TransferRequested(
            key, order.sku, quantity, order.from_site_id or "", order.site_id, order.due_at, shares
        )
    item = book.network.items.get(order.sku)
    unit = item.unit if item is not None else "piece"
    return PurchaseRequested(
        key, order.sku, quantity, unit, order.site_id, order.due_at, order.window, shares
    )


def inputs_of(book: Book, planned_order_id: str) -> tuple[ItemPart, ...]:
    """What a run takes, each kind of it once."""
    wanted: dict[tuple[str, Window], int] = {}
    for demand in book.inputs_of(planned_order_id):
        kind = (demand.sku, demand.window)
        wanted[kind] = wanted.get(kind, 0) + demand.quantity_micro
    return tuple(ItemPart(sku, Quantity.of_micro(micro), window) for (sku, window), micro in wanted.items())


def outputs_of(book: Book, planned_order_id: str) -> tuple[ItemPart, ...]:
    """What a run gives, in the order of its recipe."""
    return tuple(
        ItemPart(receipt.sku, Quantity.of_micro(receipt.quantity_micro))
        for receipt in sorted(book.receipts_of(planned_order_id), key=lambda each: each.output_no)
    )
