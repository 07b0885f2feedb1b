"""What the owners of supplies answer: scheduled, acknowledged, refused, silent; dates follow from it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from contracts.changes import PurchaseIncreased, PurchaseReduced, RunReduced, RunResized
from contracts.overdue import DeliveryOverdue
from contracts.production import RunRefused, RunScheduled
from contracts.shapes import SupplyKind
from contracts.values import Window
from contracts.vendors import (
    AcknowledgementOverdue,
    GoodsRejected,
    OrderAcknowledged,
    PurchaseOrderCancelled,
    PurchaseOrderIssued,
    PurchaseOrderRefused,
    PurchaseRefused,
    ShipmentNotified,
)
from materials.domain.book import Book
from materials.domain.capacity import placing
from materials.domain.changing import decided
from materials.domain.conclusion import cover, offer
from materials.domain.dates import redated
from materials.domain.increasing import take_over
from materials.domain.message import close_message, reopen
from materials.domain.receiving import close
from materials.domain.releading import comes_from_elsewhere
from materials.domain.replanning import plan_otherwise
from materials.domain.schedule import (
    Part,
    lay_out,
    parts_to_come,
    promised,
    put_off,
    sent_of,
    sized,
    turned_away,
)
from materials.domain.shrinking import prune, resize_run
from materials.domain.supply import OrderState, PlannedOrder


def _known(book: Book, planned_order_id: str) -> PlannedOrder | None:
    order = book.orders.get(planned_order_id)
    return None if order is None or order.ended or order.state == "planned" else order


def _now(book: Book, order: PlannedOrder, why: str) -> None:
    """An order is as it is now said to be; who depends on it feels it."""
    book.orders.put(order)
    kind: SupplyKind = order.kind
    book.cause = (why, kind, order.planned_order_id)
    book.touch(redated(book, order.planned_order_id))


def scheduled(book: Book, fact: RunScheduled) -> None:
    """A run has its place in the schedule; its output comes at its end. A late answer is taken like any other."""
    book.dues["run-answer", fact.planned_order_id] = None
    order = _known(book, fact.planned_order_id)
    if order is None:
        return
    close_message(book, order.planned_order_id, "scheduled", "past-due")
    state: OrderState = "running" if order.state == "running" else "confirmed"
    order = order._replace(
        state=state,
        run_id=fact.run_id,
        starts_at=fact.starts_at,
        confirmed_at=fact.ends_at,
        cause=None,
    )
    placing.scheduled(book, fact.planned_order_id, fact.operations)
    _now(book, order, "run is scheduled later")
    book.touch(demand.demand_id for demand in book.inputs_of(order.planned_order_id))


def run_refused(book: Book, fact: RunRefused) -> None:
    """A run cannot be scheduled: nobody knows when its output comes."""
    book.dues["run-answer", fact.planned_order_id] = None
    order = _known(book, fact.planned_order_id)
    if order is not None:
        _now(book, order._replace(run_id=fact.run_id, cause=fact.reason), f"unscheduled: {fact.reason}")


def issued(book: Book, fact: PurchaseOrderIssued) -> None:
    """A vendor has been asked; until its answer the date that was asked for counts."""
    for line in fact.lines:
        order = _known(book, line.planned_order_id)
        if order is not None:
            coming = sum(part.micro for part in parts_to_come(book, order.planned_order_id))
            lay_out(book, order.planned_order_id, [Part(coming, None)])
            order = order._replace(purchase_order_id=fact.purchase_order_id, purchase_line_id=line.purchase_line_id,
                confirmed_at=None, cause=None,
            )  # fmt: skip
            _now(book, order, "another vendor is asked")


def acknowledged(book: Book, fact: OrderAcknowledged) -> None:
    """A vendor names date and quantity; what it leaves short is planned again, what it adds later is free supply."""
    promises: dict[str, list[tuple[int, datetime]]] = {}
    for line in fact.lines:
        parts = [(part.quantity.micro, part.at) for part in line.schedule]
        promises.setdefault(line.planned_order_id, []).extend(parts or [(line.quantity.micro, line.at)])
    for planned_order_id, promise in promises.items():
        order = _known(book, planned_order_id)
        if order is None:
            continue
        short = lay_out(book, planned_order_id, promised(book, planned_order_id, promise))
        at = max(moment for _, moment in promise)
        order = order._replace(state="confirmed", confirmed_at=at, cause=None)
        _now(book, order, "the vendor delivers later")
        cover(book, short)
        _use_more(book, planned_order_id)


def _resize(book: Book, planned_order_id: str, micro: int) -> list[str]:
    """So much comes of a purchase in all; the answer names the demands that lose something by it."""
    came = sum(each.received_micro for each in book.receipts_of(planned_order_id))
    return lay_out(book, planned_order_id, sized(parts_to_come(book, planned_order_id), max(0, micro - came)))


def purchase_reduced(book: Book, fact: PurchaseReduced) -> None:
    """We buy less of a line: whom it served beyond that is covered anew."""
    decided(book, fact.change_id)
    order = _known(book, fact.planned_order_id)
    if order is not None:
        book.orders.put(order._replace(quantity_micro=fact.quantity.micro))
        book.cause = ("less is bought", order.kind, order.planned_order_id)
        cover(book, _resize(book, fact.planned_order_id, fact.quantity.micro))


def purchase_increased(book: Book, fact: PurchaseIncreased) -> None:
    """We buy more of a line; what its vendor has promised stays promised until the vendor answers anew."""
    order = _known(book, fact.planned_order_id)
    if order is None:
        return
    micro = fact.quantity.micro
    book.orders.put(order._replace(quantity_micro=micro, runs_micro=micro))
    if order.confirmed_at is None:
        _resize(book, fact.planned_order_id, micro)
        _use_more(book, fact.planned_order_id)


def _use_more(book: Book, planned_order_id: str) -> None:
    """What comes of a supply beyond what it served goes to those whom a planner wanted to be served by it."""
    message = book.messages.get((planned_order_id, "increase"))
    if message is not None and message.state == "accepted":
        for place in take_over(book, planned_order_id, message.instead_of):
            offer(book, place)


def run_reduced(book: Book, fact: RunReduced) -> None:
    """A run was made less: its inputs are staged anew, and whom it served beyond that is covered anew."""
    decided(book, fact.change_id)
    order = _known(book, fact.planned_order_id)
    if order is None:
        return
    losers: list[str] = []
    if fact.runs.micro < order.runs_micro:
        losers = resize_run(book, order, fact.runs.micro)
    book.orders.put(book.orders[fact.planned_order_id]._replace(staged=False))
    book.touch(demand.demand_id for demand in book.inputs_of(fact.planned_order_id))
    book.cause = ("less is made", order.kind, order.planned_order_id)
    cover(book, losers)


def run_resized(book: Book, fact: RunResized) -> None:
    """A run is another size, as a planner wanted: it is staged anew, and what more of it takes is planned.

    More serves those for whom others were planned; whom less does not serve is covered anew.
    """
    order = _known(book, fact.planned_order_id)
    if order is None:
        return
    key, size = fact.planned_order_id, fact.quantity.micro
    if fact.runs.micro < order.runs_micro:
        wanting = resize_run(book, order, fact.runs.micro)
    else:
        wanting = _enlarge_run(book, fact)
    book.orders.put(book.orders[key]._replace(quantity_micro=size, runs_micro=fact.runs.micro, staged=False))
    book.touch(demand.demand_id for demand in book.inputs_of(key))
    book.cause = ("another size is made", order.kind, key)
    cover(book, wanting)
    _use_more(book, key)
    # What has become free of it meanwhile may be too much.
    prune(book, [key], set())


def _enlarge_run(book: Book, fact: RunResized) -> list[str]:
    """A run gives and takes what production says; the answer names the inputs that want more."""
    receipts = sorted(book.receipts_of(fact.planned_order_id), key=lambda each: each.output_no)
    for receipt, output in zip(receipts, fact.outputs, strict=True):
        book.receipts.put(receipt._replace(quantity_micro=output.quantity.micro))
    more: dict[tuple[str, Window], int] = {}
    for part in fact.inputs:
        more[part.sku, part.window] = more.get((part.sku, part.window), 0) + part.quantity.micro
    inputs = book.inputs_of(fact.planned_order_id)
    for demand in inputs:
        more[demand.sku, demand.window] = more.get((demand.sku, demand.window), 0) - demand.quantity_micro
    for demand in inputs:
        micro = more.pop((demand.sku, demand.window), 0)
        book.demands.put(demand._replace(quantity_micro=demand.quantity_micro + max(0, micro)))
    return [demand.demand_id for demand in inputs]


def _doubtful(book: Book, planned_order_ids: Iterable[str], why: str) -> None:
    for planned_order_id in planned_order_ids:
        order = _known(book, planned_order_id)
        if order is not None:
            _now(book, order._replace(confirmed_at=None, cause=why), why)


def run_unanswered(book: Book, planned_order_id: str) -> None:
    """Production has not said whether it makes this. A late answer puts it right."""
    order = book.orders.get(planned_order_id)
    if order is not None and order.state == "released" and order.run_id is None:
        _doubtful(book, [planned_order_id], "unscheduled: production has not answered")


def silent(book: Book, fact: AcknowledgementOverdue) -> None:
    """A vendor has not answered: nobody knows when the goods come. A late answer puts it right."""
    waiting = [
        key
        for key in fact.planned_order_ids
        if (order := book.orders.get(key)) is not None and order.confirmed_at is None
    ]
    _doubtful(book, waiting, "the vendor has not answered")


def undelivered(book: Book, fact: DeliveryOverdue) -> None:
    """A vendor has let a promised day pass: what was to come then comes with the next part, or nobody knows when."""
    why = "the vendor has not sent what it promised"
    for line in fact.lines:
        order = _known(book, line.planned_order_id)
        if order is None or order.expected_at is None:
            continue
        parts = put_off(parts_to_come(book, line.planned_order_id), book.now)
        if parts is None:
            _doubtful(book, [line.planned_order_id], why)
        else:
            book.cause = (why, order.kind, line.planned_order_id)
            lay_out(book, line.planned_order_id, parts)


def vendor_refused(book: Book, fact: PurchaseOrderRefused) -> None:
    """A vendor will not supply; until the next one is asked nobody knows when the goods come."""
    _doubtful(book, fact.planned_order_ids, f"the vendor refused: {fact.reason}")


def purchase_refused(book: Book, fact: PurchaseRefused) -> None:
    """No vendor can be asked; what a planner has cancelled is over, what is not to be bought by now comes otherwise."""
    message = book.messages.get((fact.planned_order_id, "cancel"))
    order = _known(book, fact.planned_order_id)
    if order is not None and message is not None and message.state == "accepted":
        close(book, order)
        return
    why = f"nobody supplies it: {fact.reason}"
    _doubtful(book, [fact.planned_order_id], why)
    # Vendors were asked once more, since a planner wanted it sooner than never.
    reopen(book, fact.planned_order_id, "expedite", why)
    if comes_from_elsewhere(book, fact.planned_order_id):
        for place in plan_otherwise(book, [fact.planned_order_id], why):
            offer(book, place)


def purchase_cancelled(book: Book, fact: PurchaseOrderCancelled) -> None:
    """What was open of a purchase order is not wanted from that vendor any more."""
    decided(book, fact.change_id)
    _doubtful(book, fact.planned_order_ids, f"the purchase was cancelled: {fact.reason}")


def rejected(book: Book, fact: GoodsRejected) -> None:
    """Part of a receipt was turned away: its replacement has no date yet."""
    if _known(book, fact.planned_order_id) is not None:
        parts = parts_to_come(book, fact.planned_order_id)
        lay_out(book, fact.planned_order_id, turned_away(parts, fact.quantity.micro))
    _doubtful(book, [fact.planned_order_id], f"part of the receipt was rejected: {fact.reason}")


def shipped_by_vendor(book: Book, fact: ShipmentNotified) -> None:
    """Goods are on their way: they come when the notice says, and what was not sent when it was promised."""
    for line in fact.lines:
        order = _known(book, line.planned_order_id)
        if order is not None:
            parts = parts_to_come(book, line.planned_order_id)
            parts = sent_of(parts, line.quantity.micro, fact.expected_at, book.now)
            lay_out(book, line.planned_order_id, parts)
            at = max((part.at for part in parts if part.at is not None), default=fact.expected_at)
            _now(
                book,
                order._replace(state="confirmed", confirmed_at=at, cause=None),
                "the shipment comes later",
            )
