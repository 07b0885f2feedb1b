"""One site of ours supplies another: under a purchase order between companies, or as a transfer within one."""

from __future__ import annotations

from collections.abc import Container
from datetime import timedelta
from typing import Final

from backbone.errors import Refusal
from contracts.changes import PurchaseReduced
from contracts.materials import (
    InternalSupplyPromised,
    InternalSupplyRefused,
    TransferDispatched,
    TransferReceived,
)
from contracts.shapes import LotPart
from contracts.values import CostVector, Quantity
from contracts.vendors import (
    GoodsRejected,
    PurchaseLine,
    PurchaseOrderCancelled,
    PurchaseOrderIssued,
    ShipmentNotified,
)
from materials.domain.book import Book
from materials.domain.conclusion import cover, promise_inside, transit
from materials.domain.demand import Demand
from materials.domain.header import InternalSupply
from materials.domain.ledger import Purpose
from materials.domain.lot import Lot
from materials.domain.message import BEFORE_START, close_message
from materials.domain.network import Place
from materials.domain.promise import plan_in_time
from materials.domain.quality import look_at
from materials.domain.readiness import lots_of, secured
from materials.domain.receiving import Arrival, close, take_in
from materials.domain.shrinking import lessen, prune, release_demands
from materials.domain.supply import PlannedOrder
from materials.domain.transit import back, send, sent_inside, under_way, unload
from materials.domain.unsent import watch

PRIORITY_USUAL: Final = 2
_SENDING: Final = frozenset({"promised", "ready", "shipped"})


class TransferIsNotReady(Refusal):
    """The goods of a transfer do not lie ready at their site, or have left already."""


def ordered_inside(book: Book, fact: PurchaseOrderIssued, rings: Container[str] = ()) -> None:
    """Another site of ours orders from one of ours: plan it, and name the date; asked again, say it again.

    What the supplying site buys itself for the same need, over whichever sites, is refused: nothing comes of a ring.
    """
    site_id = fact.supplying_site_id
    if fact.vendor_kind != "internal" or site_id is None:
        return
    for line in fact.lines:
        known = book.internals.get(line.purchase_line_id)
        if known is None:
            _plan(book, fact.purchase_order_id, site_id, line, in_ring=line.purchase_line_id in rings)
        else:
            _tell_again(book, known)


def _plan(book: Book, purchase_order_id: str, site_id: str, line: PurchaseLine, *, in_ring: bool) -> None:
    key = line.purchase_line_id
    demand = Demand(
        key, "internal", site_id, line.sku, line.window, line.quantity.micro, 0, 0, book.now, None,
        PRIORITY_USUAL, book.now, held=False, part=False, purchase_line_id=key,
    )  # fmt: skip
    wanted_at = max(book.now, line.wanted_at - transit(book, demand))
    internal = InternalSupply(
        key, purchase_order_id, site_id, line.sku, line.quantity.micro, line.wanted_at, None, "promised",
        line.planned_order_id, line.serves,
    )  # fmt: skip
    book.internals.put(internal)
    mark = book.mark()
    book.demands.put(demand._replace(needed_at=wanted_at))
    reason = None
    if line.sku not in book.network.items or site_id not in book.network.sites:
        reason = f"{line.sku} is not known at {site_id}"
    elif in_ring:
        reason = f"{site_id} buys {line.sku} itself for the same need"
    elif plan_in_time(book, [key], book.now).missing:
        reason = f"nothing supplies {line.sku} at {site_id}"
    if reason is not None:
        book.back(mark)
        book.internals.put(internal._replace(state="refused"))
        book.tell(InternalSupplyRefused(purchase_order_id, key, reason))
        return
    book.touch([key])
    promise_inside(book, book.demands[key])


def _tell_again(book: Book, known: InternalSupply) -> None:
    if known.state == "promised" and known.promised_at is not None:
        quantity = Quantity.of_micro(known.quantity_micro)
        told = (known.purchase_order_id, known.purchase_line_id, known.sku, quantity, known.promised_at)
        book.tell(InternalSupplyPromised(*told))


def shipped_inside(book: Book, fact: ShipmentNotified) -> None:
    """Goods for another site of ours have left: out of stock here, into transit."""
    site_id = fact.supplying_site_id
    if fact.vendor_kind != "internal" or site_id is None:
        return
    for line in fact.lines:
        internal = book.internals.get(line.purchase_line_id)
        own = [demand] if (demand := book.demands.get(line.purchase_line_id)) is not None else []
        for part in line.lots:
            send(book, fact.shipment_id, site_id, part, own, Purpose())
        if internal is not None and internal.state in {"promised", "ready"}:
            done = not own or not book.demands[line.purchase_line_id].open_micro
            book.internals.put(internal._replace(state="shipped" if done else "promised"))


def turned_away(book: Book, fact: GoodsRejected) -> None:
    """What another site of ours has turned away is back to be looked at; what it is still owed is sent again."""
    key, buying = fact.purchase_line_id, book.orders.get(fact.planned_order_id)
    for part in fact.lots:
        for dispatch, micro in sent_inside(book, key, part):
            back(book, dispatch, micro, Purpose())
        look_at(book, part.lot_id, fact.reason)
    if buying is not None and not buying.ended:
        send_again(book, key, sum(part.quantity.micro for part in fact.lots))


def send_again(book: Book, purchase_line_id: str, micro: int) -> None:
    """So much of what was sent to another site of ours is owed to it once more."""
    internal, demand = book.internals.get(purchase_line_id), book.demands.get(purchase_line_id)
    if internal is None or demand is None or internal.state not in _SENDING:
        return
    book.internals.put(internal._replace(state="promised"))
    book.demands.put(demand._replace(done_micro=max(0, demand.done_micro - micro)))
    book.touch([purchase_line_id])
    cover(book, [purchase_line_id])


def reduced_inside(book: Book, fact: PurchaseReduced) -> set[Place]:
    """Another site of ours wants less of what has not left yet."""
    freed: set[Place] = set()
    internal = book.internals.get(fact.purchase_line_id)
    demand = book.demands.get(fact.purchase_line_id)
    if internal is not None and demand is not None and internal.state in {"promised", "ready"}:
        book.internals.put(internal._replace(quantity_micro=fact.quantity.micro, state="promised"))
        prune(book, lessen(book, demand, max(demand.done_micro, fact.quantity.micro), freed), freed)
        book.touch([demand.demand_id])
    return freed


def cancelled_inside(book: Book, fact: PurchaseOrderCancelled) -> set[Place]:
    """Another site of ours does not want any more what has not left yet."""
    freed: set[Place] = set()
    for internal in book.internals.by("purchase", fact.purchase_order_id):
        if internal.state in {"promised", "ready"}:
            freed |= release_demands(book, [internal.purchase_line_id])
            book.internals.put(internal._replace(state="ended"))
    return freed


def dispatch_transfer(book: Book, order: PlannedOrder) -> None:
    """The goods of a transfer leave their site; raises `TransferIsNotReady`."""
    key = order.planned_order_id
    inputs = [demand for demand in book.inputs_of(key) if demand.open_micro]
    ready = order.source == "transfer" and order.state == "released" and inputs
    if not ready or not all(secured(book, demand) for demand in inputs):
        raise TransferIsNotReady(f"transfer {key} is {order.state}; its goods must lie ready to leave")
    lots = lots_of(book, inputs)
    for part in lots:
        own = [demand for demand in book.inputs_of(key) if (demand.demand_id, part.lot_id) in book.pegs]
        send(book, key, order.from_site_id or "", part, own, Purpose(planned_order_id=key))
    days = book.network.sites[order.from_site_id or ""].transit_days
    expected_at = book.now + timedelta(days=days)
    sent = order._replace(state="confirmed", confirmed_at=expected_at, cause=None)
    book.orders.put(sent)
    watch(book, sent)
    close_message(book, key, "the goods have left", *BEFORE_START)
    book.tell(TransferDispatched(key, lots, expected_at))


def receive_transfer(book: Book, order: PlannedOrder) -> None:
    """The goods of a transfer have arrived at their new site; raises `TransferIsNotReady`."""
    key = order.planned_order_id
    dispatches = book.dispatches.by("shipment", key)
    if order.source != "transfer" or not dispatches:
        raise TransferIsNotReady(f"transfer {key} is {order.state}; nothing of it is on its way")
    parts = []
    for dispatch in dispatches:
        lot = book.lots[dispatch.lot_id]
        for each, micro in under_way(book, key, dispatch.lot_id, dispatch.quantity_micro):
            _, cost = unload(book, each, micro, "transferred", Purpose(planned_order_id=key))
            parts.append(_part(lot, micro, cost))
    for part in parts:
        take_in(book, part, Arrival(order.site_id, key, "transferred"))
    book.tell(TransferReceived(key, tuple(parts)))
    close(book, book.orders[key])


def _part(lot: Lot, micro: int, cost: CostVector) -> LotPart:
    quantity = Quantity.of_micro(micro)
    return LotPart(lot.lot_id, lot.sku, quantity, cost, lot.properties, lot.vendor_lot, lot.serials)
