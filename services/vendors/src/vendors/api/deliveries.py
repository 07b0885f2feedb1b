"""Shipments, receipts and returns over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter

from backbone.service import Reply
from backbone.web import Ask, Asked, Response, created, creates
from contracts.values import LINES_COUNT_MAX, PropertyValue, Quantity, total
from vendors import commands, handlers
from vendors.api.forms import Taken
from vendors.domain.delivery import Receipt, Shipped
from vendors.domain.form import (
    LOTS_COUNT_MAX,
    PROPERTIES_COUNT_MAX,
    SERIALS_COUNT_MAX,
    counted,
    mark,
    moment,
    said,
)
from vendors.domain.receipt import Arrival, ArrivedLot, TurnedAway

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ShippedBody:
    """So much of a line is sent, in a unit of its item (absent: its own)."""

    purchase_line_id: str
    quantity: Quantity
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class ShipmentBody:
    """What was sent, and when it is expected."""

    lines: tuple[ShippedBody, ...]
    expected_at: datetime


@dataclass(frozen=True, slots=True)
class LotBody:
    """So much of a vendor's lot, as counted and measured; from a site of ours `vendor_lot` is the lot's id.

    Of work it is so much done, under the vendor's certificate or load; it has no serial numbers.
    """

    vendor_lot: str
    quantity: Quantity
    properties: tuple[PropertyValue, ...] = ()
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RejectedBody:
    """So much is not accepted, and why; from a site of ours the lot is named."""

    quantity: Quantity
    reason: str
    vendor_lot: str | None = None


@dataclass(frozen=True, slots=True)
class ArrivalBody:
    """What arrived of a line, all of it counted in a unit of its item (absent: its own)."""

    purchase_line_id: str
    lots: tuple[LotBody, ...] = ()
    rejected: tuple[RejectedBody, ...] = ()
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiptBody:
    """What is at the gate; extras (freight, duty) in minor units of our currency."""

    lines: tuple[ArrivalBody, ...]
    extras_minor: int = 0


@dataclass(frozen=True, slots=True)
class ReturnedLotBody:
    """So much of a lot that we had accepted."""

    lot_id: str
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class ReturnBody:
    """What goes back, in a unit of the item (absent: its own), why, and whether it is to be replaced, else credited."""

    purchase_line_id: str
    lots: tuple[ReturnedLotBody, ...]
    reason: str
    replacement: bool
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class ReceivedLotView:
    """A lot as it was taken in, under our name for it."""

    lot_id: str
    vendor_lot: str | None
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class ReceivedView:
    """A receipt: the lots taken in, and how much was turned away."""

    receipt_id: str
    lots: tuple[ReceivedLotView, ...]
    rejected: Quantity

    @classmethod
    def of(cls, receipt: Receipt) -> ReceivedView:
        """The view of a receipt."""
        lots = tuple(
            ReceivedLotView(lot.lot_id, lot.vendor_lot, lot.quantity)
            for part in receipt.parts
            for lot in part.lots
        )
        return cls(receipt.receipt_id, lots, total(part.rejected for part in receipt.parts))


SENT: Final = ShipmentBody((ShippedBody("a line", Quantity(20)),), datetime(2026, 3, 5, 12, tzinfo=UTC))
ARRIVED: Final = ReceiptBody(
    (
        ArrivalBody(
            "a line",
            (LotBody("heat-7", Quantity(18), (PropertyValue("hardness", Quantity(180), "HB"),)),),
            (RejectedBody(Quantity(2), "bent"),),
        ),
    ),
    extras_minor=500,
)
BACK: Final = ReturnBody("a line", (ReturnedLotBody("a lot", Quantity(3)),), "porous", True)


@router.post(
    "/v1/purchase-orders/{purchase_order_id}/shipments", **creates(Taken, body=ShipmentBody, example=SENT)
)
async def notify_shipment(ask: Asked, purchase_order_id: str) -> Response:
    """Say that goods were sent."""
    command = shipment(ask, purchase_order_id, await ask.body(ShipmentBody), "")
    return await ask.act(
        handlers.notify_shipment,
        command,
        reply=lambda sent: created(
            f"/v1/purchase-orders/{purchase_order_id}", Taken(sent.shipment_id, "shipped")
        ),
    )


def shipment(ask: Ask, purchase_order_id: str, body: ShipmentBody, place: str) -> commands.NotifyShipment:
    """The command of a shipment whose body lies at `place`."""
    counted(body.lines, f"{place}/lines", LINES_COUNT_MAX)
    parts = tuple(Shipped(line.purchase_line_id, line.quantity) for line in body.lines)
    expected_at = moment(body.expected_at, f"{place}/expected_at")
    units = tuple(line.unit for line in body.lines)
    return commands.NotifyShipment(purchase_order_id, ask.new_id(), parts, expected_at, ask.party, units)


@router.post(
    "/v1/purchase-orders/{purchase_order_id}/receipts",
    **creates(ReceivedView, body=ReceiptBody, example=ARRIVED),
)
async def receive_goods(ask: Asked, purchase_order_id: str) -> Response:
    """Take goods, or work of a run, in, or turn them away; the answer names the lots."""
    command = receipt(ask, purchase_order_id, await ask.body(ReceiptBody), "")

    def received(taken: Receipt) -> Reply:
        return created(f"/v1/purchase-orders/{purchase_order_id}", ReceivedView.of(taken))

    return await ask.act(handlers.receive_goods, command, reply=received)


def receipt(ask: Ask, purchase_order_id: str, body: ReceiptBody, place: str) -> commands.ReceiveGoods:
    """The command of a receipt whose body lies at `place`."""
    lots = [lot for line in body.lines for lot in line.lots]
    counted(lots, f"{place}/lines", LOTS_COUNT_MAX, least=0)
    counted([serial for lot in lots for serial in lot.serials], f"{place}/lines", SERIALS_COUNT_MAX, least=0)
    counted(
        [value for lot in lots for value in lot.properties], f"{place}/lines", PROPERTIES_COUNT_MAX, least=0
    )
    counted(
        [part for line in body.lines for part in line.rejected], f"{place}/lines", LOTS_COUNT_MAX, least=0
    )
    arrivals = tuple(_arrival(ask, line, f"{place}/lines/{number}") for number, line in enumerate(body.lines))
    units = tuple(line.unit for line in body.lines)
    return commands.ReceiveGoods(
        purchase_order_id, ask.new_id(), arrivals, body.extras_minor, ask.principal.subject, units
    )


def _arrival(ask: Ask, line: ArrivalBody, place: str) -> Arrival:
    lots = tuple(
        ArrivedLot(
            ask.new_id(),
            mark(lot.vendor_lot, f"{place}/lots/{number}/vendor_lot"),
            lot.quantity,
            lot.properties,
            tuple(mark(serial, f"{place}/lots/{number}/serials") for serial in lot.serials),
        )
        for number, lot in enumerate(line.lots)
    )
    rejected = tuple(
        TurnedAway(each.quantity, said(each.reason, f"{place}/rejected/{number}/reason"), each.vendor_lot)
        for number, each in enumerate(line.rejected)
    )
    return Arrival(line.purchase_line_id, lots, rejected)


@router.post(
    "/v1/purchase-orders/{purchase_order_id}/returns", **creates(Taken, body=ReturnBody, example=BACK)
)
async def return_goods(ask: Asked, purchase_order_id: str) -> Response:
    """Send accepted goods back to their vendor; work of a run that was accepted stays."""
    body = await ask.body(ReturnBody)
    counted(body.lots, "/lots", LINES_COUNT_MAX)
    command = commands.ReturnGoods(
        purchase_order_id,
        body.purchase_line_id,
        ask.new_id(),
        tuple((lot.lot_id, lot.quantity) for lot in body.lots),
        body.replacement,
        said(body.reason, "/reason"),
        ask.principal.subject,
        body.unit,
    )
    return await ask.act(
        handlers.return_goods,
        command,
        reply=lambda order: created(
            f"/v1/purchase-orders/{purchase_order_id}", Taken(command.return_id, order.lines[0].state)
        ),
    )
