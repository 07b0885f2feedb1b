"""What arrives: lots of vendors, lots of runs, lots of other sites; whom they serve, and what is left for others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.materials import SurplusOffered
from contracts.production import MaterialProduced
from contracts.shapes import LotPart, LotStatus, MoveReason
from contracts.values import Quantity, admits
from contracts.vendors import GoodsReceived, ReceivedLine
from materials.domain.book import Book
from materials.domain.conclusion import cover, offer, plan_open
from materials.domain.demand import Demand
from materials.domain.ledger import Purpose, enter, set_status, tell_move, throw_away
from materials.domain.lot import MAIN, UNDECIDED, USABLE, Link, Lot, Serial
from materials.domain.message import close_message
from materials.domain.network import Place
from materials.domain.readiness import told_anew
from materials.domain.schedule import filled
from materials.domain.serials import numbered
from materials.domain.shrinking import lessen, prune
from materials.domain.supply import PlannedOrder, Receipt
from materials.domain.transit import arrive


@dataclass(frozen=True, slots=True)
class Arrival:
    """How lots come: where to, for which planned order, as what, from whom, how long they may be used, what for."""

    site_id: str
    planned_order_id: str | None
    reason: MoveReason
    status: LotStatus = "released"
    run_id: str | None = None
    expires_at: datetime | None = None
    purpose: Purpose | None = None


def goods_received(book: Book, fact: GoodsReceived) -> None:
    """Goods of a vendor arrived: lots of a vendor are new here, lots of our own sites come out of transit."""
    for line in fact.lines:
        if fact.vendor_kind == "internal":
            arrive(book, line.purchase_line_id, line.lots)
        status: LotStatus = "in-quality-check" if line.inspect else "released"
        arrival = Arrival(line.site_id, line.planned_order_id, "received", status)
        for part in line.lots:
            take_in(book, part, arrival)
        if line.complete:
            _complete(book, line)


def _complete(book: Book, line: ReceivedLine) -> None:
    order = book.orders.get(line.planned_order_id)
    if order is not None and not order.ended:
        close(book, order)


def produced(book: Book, fact: MaterialProduced) -> None:
    """A run made lots; what it made beyond what was wanted is offered."""
    for lot in fact.lots:
        status: LotStatus = "blocked" if lot.blocked else "released"
        arrival = Arrival(fact.site_id, fact.planned_order_id, "produced", status, fact.run_id)
        take_in(book, lot.part, arrival, lot.parents)
        stock = book.stocks[lot.part.lot_id, fact.site_id, MAIN]
        if status == "released" and stock.free_micro:
            offer(book, (fact.site_id, lot.part.sku))
            free = book.stocks[lot.part.lot_id, fact.site_id, MAIN].free_micro
            if free:
                quantity = Quantity.of_micro(free)
                book.tell(SurplusOffered(lot.part.lot_id, lot.part.sku, fact.site_id, quantity))


def take_in(book: Book, part: LotPart, arrival: Arrival, parents: Iterable[str] = ()) -> None:
    """Book a lot in, link it to what it was made of, and let it serve those its supply was pegged to."""
    known = book.lots.get(part.lot_id)
    apart = known is not None and _apart(book, known, arrival)
    if known is None:
        lot = _new_lot(book, part, arrival)
        book.lots.put(lot)
        book.serials += [Serial(part.sku, serial, part.lot_id) for serial in part.serials]
        if lot.expires_at is not None:
            book.dues["lot-expiry", lot.lot_id] = lot.expires_at
    else:
        lot = _more_of(book, known, part, arrival, apart=apart)
    purpose = arrival.purpose or Purpose(planned_order_id=arrival.planned_order_id)
    micro, made_of = part.quantity.micro, tuple(parents)
    move_id = enter(book, lot, (arrival.site_id, MAIN), micro, part.cost, arrival.reason, purpose)
    tell_move(book, move_id, lot, arrival.site_id, micro, part.cost, arrival.reason, purpose, made_of)
    book.links.extend(Link(part.lot_id, parent) for parent in made_of)
    if apart:
        _look_at(book, lot, arrival.site_id)
    receipt = _receipt_of(book, arrival.planned_order_id, lot)
    if receipt is not None:
        for each, came in filled(book, receipt, micro):
            _serve(book, each, lot, came)
    place = (arrival.site_id, lot.sku)
    if lot.status == "scrapped":
        throw_away(book, book.stocks[lot.lot_id, arrival.site_id, MAIN])
    if lot.status in {"expired", "scrapped"}:
        plan_open(book, place)
    elif lot.status == USABLE and book.stocks[lot.lot_id, arrival.site_id, MAIN].free_micro:
        offer(book, place)


def _apart(book: Book, known: Lot, arrival: Arrival) -> bool:
    """Whether what arrives has to be looked at while the rest of its lot, which lies elsewhere, may be used."""
    here = (known.lot_id, arrival.site_id, MAIN)
    return (
        arrival.status == "in-quality-check"
        and known.status == USABLE
        and any(
            stock.on_hand_micro and (stock.lot_id, stock.site_id, stock.store) != here
            for stock in book.stocks.by("lot", known.lot_id)
        )
    )


def _look_at(book: Book, lot: Lot, site_id: str) -> None:
    """Somebody has to look at what lies of a lot at a site: who has it reserved keeps it, and waits."""
    book.stocks.put(book.stocks[lot.lot_id, site_id, MAIN]._replace(awaits_inspection=True))
    for peg in book.pegs_on(lot.lot_id):
        demand = book.demands[peg.demand_id]
        if demand.site_id == site_id:
            told_anew(book, demand)
            book.touch([demand.demand_id])


def _more_of(book: Book, known: Lot, part: LotPart, arrival: Arrival, *, apart: bool) -> Lot:
    """More of a lot, or what was sent of it from elsewhere: pieces that are new in it have their numbers from now on.

    What was called back or scrapped on its way, is over or has to be looked at is not free because more of it has
    arrived; what is looked at `apart` leaves the rest as it is.
    """
    fresh = tuple(each for each in part.serials if each not in known.serials)
    book.serials += [Serial(part.sku, serial, part.lot_id) for serial in fresh]
    awaited = known.awaits_inspection or (arrival.status == "in-quality-check" and not apart)
    book.lots.put(
        known._replace(site_id=arrival.site_id, serials=known.serials + fresh, awaits_inspection=awaited)
    )
    # What somebody has found of a lot that is gone is none of what was on its way when it was scrapped.
    gone = known.status == "scrapped" and arrival.reason != "adjusted"
    stays = apart or gone or known.status in UNDECIDED or known.status == "expired"
    return set_status(book, part.lot_id, known.status if stays else arrival.status, "arrived")


def _new_lot(book: Book, part: LotPart, arrival: Arrival) -> Lot:
    """A lot that was not there before: it keeps as long as its item does, and may not be used without its numbers."""
    item = book.network.items.get(part.sku)
    expires_at = arrival.expires_at
    if expires_at is None and item is not None and item.shelf_life_days:
        expires_at = book.now + timedelta(days=item.shelf_life_days)
    nameless = item is not None and item.serialised and not numbered(part)
    status: LotStatus = "in-quality-check" if nameless and arrival.status == "released" else arrival.status
    return Lot(
        part.lot_id, part.sku, arrival.site_id, status, part.properties, part.vendor_lot, part.serials,
        arrival.planned_order_id, arrival.run_id, book.now, part.cost.currency, expires_at, nameless,
        arrival.status == "in-quality-check",
    )  # fmt: skip


def _receipt_of(book: Book, planned_order_id: str | None, lot: Lot) -> Receipt | None:
    """The output that a lot belongs to: of its item, the one whose expected properties are most like its own."""
    found = [each for each in book.receipts_of(planned_order_id or "") if each.sku == lot.sku]
    values = set(lot.properties)
    return max(found, key=lambda each: (len(values & set(each.properties)), -each.output_no), default=None)


def _serve(book: Book, receipt: Receipt, lot: Lot, micro: int) -> None:
    """What has come is not to come any more: its pegs go over to the lot, those who are served first in front."""
    book.receipts.put(receipt._replace(received_micro=receipt.received_micro + micro))
    now = book.receipts[receipt.receipt_id]
    moving = now.pegged_micro - now.open_micro
    order = book.orders[receipt.planned_order_id]
    for peg in book.pegs_on(receipt.receipt_id):
        if moving <= 0:
            break
        part = book.unpeg(peg.demand_id, receipt.receipt_id, moving)
        moving -= part
        demand = book.demands[peg.demand_id]
        if lot.status in {"blocked", "expired", "scrapped"} or not admits(demand.window, lot.properties):
            book.cause = (f"lot {lot.lot_id} does not fit", order.kind, order.planned_order_id)
            book.blamed = "quality"
            continue
        free = book.stocks[lot.lot_id, demand.site_id, MAIN].free_micro
        if free:
            book.peg(peg.demand_id, lot.lot_id, min(part, free))


def close(book: Book, order: PlannedOrder) -> None:
    """Nothing more comes of an order: who waited for the rest is covered anew, what it kept of inputs is free."""
    losers: list[str] = []
    key = order.planned_order_id
    for receipt in book.receipts_of(key):
        for peg in book.pegs_on(receipt.receipt_id):
            book.unpeg(peg.demand_id, receipt.receipt_id)
            losers.append(peg.demand_id)
        book.receipts.put(book.receipts[receipt.receipt_id]._replace(quantity_micro=receipt.received_micro))
    book.orders.put(order._replace(state="closed"))
    book.unload(key)
    book.dues["release", key] = None
    if order.source == "transfer":
        book.dues["transfer", key] = None
    close_message(book, key, "closed")
    shaken: dict[str, None] = {}
    for demand in book.inputs_of(key):
        shaken.update(_give_up(book, demand))
    book.cause = ("less came than was planned", order.kind, key)
    cover(book, losers)
    # What it would have taken and nobody takes instead is not made or bought.
    freed: set[Place] = set()
    prune(book, shaken, freed)
    for place in freed:
        offer(book, place)


def _give_up(book: Book, demand: Demand) -> dict[str, None]:
    """Want no more than was taken, and offer the rest to others; the answer names the orders that feel it."""
    freed: set[Place] = set()
    shaken = lessen(book, demand, demand.done_micro, freed)
    for place in freed:
        offer(book, place)
    return shaken
