"""Goods of a purchase order on their way, at the gate and on their way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from backbone.errors import Invalid
from contracts.shapes import LotPart
from contracts.values import MONEY_MINOR_MAX, ZERO, Quantity, total
from contracts.vendors import (
    GoodsReceived,
    GoodsRejected,
    GoodsReturned,
    ReceivedLine,
    ShipmentNotified,
    ShippedLine,
)
from vendors.domain.calendar import reachable
from vendors.domain.line import Line
from vendors.domain.price import Rates
from vendors.domain.purchase_order import Fact, PurchaseOrder
from vendors.domain.receipt import Arrival, bought, extras_of, taken
from vendors.domain.states import WrongState
from vendors.domain.work import without_serials


class NothingArrived(Invalid):
    """A receipt names at least one line, and each line once."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """So much of a line is sent; a site of ours names its lots."""

    purchase_line_id: str
    quantity: Quantity
    lots: tuple[LotPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Shipment:
    """A shipment as it was notified."""

    shipment_id: str
    purchase_order_id: str
    parts: tuple[Shipped, ...]
    expected_at: datetime
    notified_at: datetime


@dataclass(frozen=True, slots=True)
class ReceivedPart:
    """What of a line was taken in and turned away in one receipt."""

    purchase_line_id: str
    lots: tuple[LotPart, ...]
    rejected: Quantity
    reason: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it was booked; extras are in our currency."""

    receipt_id: str
    purchase_order_id: str
    parts: tuple[ReceivedPart, ...]
    extras_minor: int
    received_at: datetime
    received_by: str


@dataclass(frozen=True, slots=True)
class ReceivedLot:
    """What one receipt brought of a lot, and how much of it went back."""

    receipt_id: str
    purchase_line_id: str
    part: LotPart
    returned: Quantity


@dataclass(frozen=True, slots=True)
class Returned:
    """Goods that go back to their vendor, as it was booked."""

    return_id: str
    purchase_order_id: str
    purchase_line_id: str
    lots: tuple[LotPart, ...]
    replacement: bool
    reason: str
    returned_at: datetime
    returned_by: str


def ship(order: PurchaseOrder, shipment: Shipment) -> tuple[PurchaseOrder, list[Fact]]:
    """The vendor sends goods; raises `NotFound`, `MoreThanOrdered`, `WrongState`."""
    _once([part.purchase_line_id for part in shipment.parts])
    reachable(shipment.expected_at, shipment.notified_at)
    told = []
    for part in shipment.parts:
        line = order.line(part.purchase_line_id).sent(part.quantity, part.lots, order.tolerances)
        order = order.put(line)
        told.append(
            ShippedLine(line.purchase_line_id, line.planned_order_id, line.sku, part.quantity, part.lots)
        )
    return order, [
        ShipmentNotified(
            order.purchase_order_id,
            order.vendor_id,
            order.vendor_kind,
            shipment.shipment_id,
            order.supplying_site_id,
            tuple(told),
            shipment.expected_at,
            order.run_id,
        )
    ]


def receive(
    order: PurchaseOrder,
    arrivals: Sequence[Arrival],
    *,
    receipt_id: str,
    extras_minor: int,
    rates: Rates,
    by: str,
    at: datetime,
) -> tuple[PurchaseOrder, Receipt, list[Fact]]:
    """Goods are taken in, with what they cost, or turned away.

    Raises `NotFound`, `NothingArrived`, `MoreThanOrdered`, `LotIsNotOnItsWay`, `CurrencyHasNoRate`, `WrongState`,
    `WorkHasNoSerials`.
    """
    _sound(order, arrivals)
    if order.awaits_approval:
        raise WrongState(f"purchase order {order.purchase_order_id} was not issued yet")
    was_closed = order.closed
    shares = _extras(order, arrivals, extras_minor, rates)
    parts, told, turned = [], [], []
    for arrival in arrivals:
        line = order.line(arrival.purchase_line_id)
        if order.vendor_kind == "internal":
            line, taken_in, back = _unpacked(line, arrival)
        else:
            taken_in, back = _bought(line, arrival, [shares.pop(0) for _ in arrival.lots], rates), ()
        rejected = total(each.quantity for each in arrival.rejected)
        line = line.arrived(total(lot.quantity for lot in taken_in), rejected, order.tolerances, at)
        order = order.put(line)
        reason = "; ".join(dict.fromkeys(each.reason for each in arrival.rejected)) or None
        parts.append(ReceivedPart(line.purchase_line_id, taken_in, rejected, reason))
        if taken_in:
            told.append(_received(line, taken_in))
        if reason is not None:
            turned.append(_rejected(order, line, rejected, reason, back))
    receipt = Receipt(receipt_id, order.purchase_order_id, tuple(parts), extras_minor, at, by)
    facts: list[Fact] = [_taken_in(order, receipt_id, told)] if told else []
    end = [order.end_told()] if order.closed and not was_closed else []
    return order, receipt, [*facts, *turned, *end]


def _once(line_ids: Sequence[str]) -> None:
    if not line_ids or len(set(line_ids)) < len(line_ids):
        raise NothingArrived("at least one line is named, and each only once")


def _sound(order: PurchaseOrder, arrivals: Sequence[Arrival]) -> None:
    without_serials(order, arrivals)
    _once([arrival.purchase_line_id for arrival in arrivals])
    lots = [lot.vendor_lot for arrival in arrivals for lot in arrival.lots]
    if len(set(lots)) < len(lots):
        raise NothingArrived("each lot is named once in a receipt")
    counts = [lot.quantity for arrival in arrivals for lot in arrival.lots]
    counts += [turned.quantity for arrival in arrivals for turned in arrival.rejected]
    if any(count <= ZERO for count in counts):
        raise NothingArrived("a count is above 0")


def _extras(order: PurchaseOrder, arrivals: Sequence[Arrival], extras_minor: int, rates: Rates) -> list[int]:
    if not 0 <= extras_minor <= MONEY_MINOR_MAX:
        raise NothingArrived(
            "extras are out of range", [("/extras_minor", "is not below 0, nor without end")]
        )
    lots = [
        (order.line(arrival.purchase_line_id).agreed_price, lot.quantity)
        for arrival in arrivals
        for lot in arrival.lots
    ]
    if extras_minor and (order.vendor_kind == "internal" or not lots):
        raise NothingArrived(
            "extras need accepted goods of another company", [("/extras_minor", "falls on nothing")]
        )
    return [] if order.vendor_kind == "internal" else extras_of(extras_minor, lots, rates)


def _bought(line: Line, arrival: Arrival, extras: Sequence[int], rates: Rates) -> tuple[LotPart, ...]:
    return bought(
        arrival.lots,
        sku=line.sku,
        unit_price=line.agreed_price,
        promised=line.properties,
        extras=extras,
        rates=rates,
    )


def _unpacked(line: Line, arrival: Arrival) -> tuple[Line, tuple[LotPart, ...], tuple[LotPart, ...]]:
    """The lots of a site of ours as they were sent, with their own cost; accepted ones and those turned away."""
    left, lots, back = line.on_the_way, [], []
    for arrived in arrival.lots:
        part, left = taken(left, arrived.vendor_lot, arrived.quantity)
        lots.append(
            replace(
                part,
                properties=arrived.properties or part.properties,
                serials=arrived.serials or part.serials,
            )
        )
    for turned in arrival.rejected:
        part, left = taken(left, turned.vendor_lot or "", turned.quantity)
        back.append(part)
    return replace(line, on_the_way=left), tuple(lots), tuple(back)


def _received(line: Line, lots: tuple[LotPart, ...]) -> ReceivedLine:
    return ReceivedLine(
        line.purchase_line_id,
        line.planned_order_id,
        line.site_id,
        lots,
        line.state == "received",
        line.inspect,
    )


def _taken_in(order: PurchaseOrder, receipt_id: str, lines: Sequence[ReceivedLine]) -> GoodsReceived:
    return GoodsReceived(
        order.purchase_order_id, order.vendor_id, order.vendor_kind, receipt_id, tuple(lines), order.run_id
    )


def _rejected(
    order: PurchaseOrder, line: Line, quantity: Quantity, reason: str, lots: tuple[LotPart, ...]
) -> GoodsRejected:
    return GoodsRejected(
        order.purchase_order_id,
        line.purchase_line_id,
        line.planned_order_id,
        order.vendor_id,
        quantity,
        reason,
        lots,
        order.supplying_site_id,
        order.run_id,
    )


def picked(
    lots: Sequence[ReceivedLot], wanted: Sequence[tuple[str, Quantity]]
) -> tuple[list[ReceivedLot], tuple[LotPart, ...]]:
    """So much of each wanted lot, newest receipt first, with its cost; raises `NothingArrived` when less is there."""
    left, parts = list(lots), []
    for lot_id, quantity in wanted:
        owed = quantity
        for place in reversed(range(len(left))):
            lot = left[place]
            take = min(owed, lot.part.quantity - lot.returned)
            if lot.part.lot_id == lot_id and take > ZERO:
                part, _ = taken([lot.part], lot_id, take)
                parts.append(replace(part, vendor_lot=lot.part.vendor_lot))
                left[place] = replace(lot, returned=lot.returned + take)
                owed = owed - take
        if owed or not quantity:
            raise NothingArrived(f"of lot {lot_id} no {quantity} came in that did not go back already")
    return left, tuple(parts)


def send_back(order: PurchaseOrder, returned: Returned) -> tuple[PurchaseOrder, list[Fact]]:
    """Accepted goods go back to the vendor; raises `NotFound`, `MoreThanOrdered`, `NothingThere`."""
    line = order.line(returned.purchase_line_id).sent_back(
        returned.lots, replacement=returned.replacement, tolerances=order.tolerances
    )
    told = GoodsReturned(
        order.purchase_order_id,
        line.purchase_line_id,
        line.planned_order_id,
        order.vendor_id,
        line.site_id,
        returned.return_id,
        returned.lots,
        returned.replacement,
        returned.reason,
        order.supplying_site_id,
    )
    return order.put(line), [told]
