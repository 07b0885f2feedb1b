"""Acts in bulk: up to 100 acknowledgements, shipments or receipts at once, an answer for each, one key for all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import APIRouter

from backbone.web import Asked, Response, acts
from backbone.web.bulk import ActView, BulkView, many, one_by_one
from vendors import commands, handlers
from vendors.api.deliveries import (
    ARRIVED,
    SENT,
    ArrivalBody,
    ReceiptBody,
    ShipmentBody,
    ShippedBody,
    receipt,
    shipment,
)
from vendors.api.orders import SHORT, AcknowledgementBody, LineAnswerBody, acknowledgement
from vendors.domain.delivery import Receipt, Shipment
from vendors.domain.purchase_order import PurchaseOrder

router = APIRouter()


@dataclass(frozen=True, slots=True)
class AcknowledgementAct:
    """An acknowledgement of one order."""

    purchase_order_id: str
    lines: tuple[LineAnswerBody, ...] = ()


@dataclass(frozen=True, slots=True)
class AcknowledgementsBody:
    """Acknowledgements of orders, each taken or refused by itself."""

    acts: tuple[AcknowledgementAct, ...]


@dataclass(frozen=True, slots=True)
class ShipmentAct:
    """A shipment for one order."""

    purchase_order_id: str
    lines: tuple[ShippedBody, ...]
    expected_at: datetime


@dataclass(frozen=True, slots=True)
class ShipmentsBody:
    """Shipments, each taken or refused by itself."""

    acts: tuple[ShipmentAct, ...]


@dataclass(frozen=True, slots=True)
class ReceiptAct:
    """A receipt for one order."""

    purchase_order_id: str
    lines: tuple[ArrivalBody, ...]
    extras_minor: int = 0


@dataclass(frozen=True, slots=True)
class ReceiptsBody:
    """Receipts, each taken or refused by itself."""

    acts: tuple[ReceiptAct, ...]


ASKED: Final = AcknowledgementsBody(
    (AcknowledgementAct("an order"), AcknowledgementAct("another", SHORT.lines))
)
ALL_SENT: Final = ShipmentsBody((ShipmentAct("an order", SENT.lines, SENT.expected_at),))
ALL_ARRIVED: Final = ReceiptsBody((ReceiptAct("an order", ARRIVED.lines),))


@router.post(
    "/v1/purchase-orders/acknowledgements/batch", **acts(BulkView, body=AcknowledgementsBody, example=ASKED)
)
async def acknowledge_orders(ask: Asked) -> Response:
    """Acknowledge up to 100 orders."""
    body = await ask.body(AcknowledgementsBody)
    given = tuple(
        acknowledgement(ask, act.purchase_order_id, AcknowledgementBody(act.lines), f"/acts/{number}")
        for number, act in enumerate(many(body.acts))
    )
    return await ask.act(
        handlers.acknowledge_orders, commands.AcknowledgeOrders(given), reply=one_by_one(_ordered)
    )


def _ordered(order: PurchaseOrder) -> ActView:
    return ActView(200, order.purchase_order_id)


@router.post("/v1/purchase-orders/shipments/batch", **acts(BulkView, body=ShipmentsBody, example=ALL_SENT))
async def notify_shipments(ask: Asked) -> Response:
    """Notify up to 100 shipments."""
    body = await ask.body(ShipmentsBody)
    given = tuple(
        shipment(ask, act.purchase_order_id, ShipmentBody(act.lines, act.expected_at), f"/acts/{number}")
        for number, act in enumerate(many(body.acts))
    )
    return await ask.act(handlers.notify_shipments, commands.NotifyShipments(given), reply=one_by_one(_sent))


def _sent(shipment: Shipment) -> ActView:
    return ActView(200, shipment.shipment_id)


@router.post("/v1/purchase-orders/receipts/batch", **acts(BulkView, body=ReceiptsBody, example=ALL_ARRIVED))
async def receive_deliveries(ask: Asked) -> Response:
    """Take up to 100 deliveries in."""
    body = await ask.body(ReceiptsBody)
    given = tuple(
        receipt(ask, act.purchase_order_id, ReceiptBody(act.lines, act.extras_minor), f"/acts/{number}")
        for number, act in enumerate(many(body.acts))
    )
    return await ask.act(
        handlers.receive_deliveries, commands.ReceiveDeliveries(given), reply=one_by_one(_received)
    )


def _received(receipt: Receipt) -> ActView:
    return ActView(200, receipt.receipt_id)
