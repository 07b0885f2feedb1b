"""Acts in bulk: up to 100 acknowledgements, shipments or receipts at once, an answer for each, one key for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from fastapi import APIRouter

from backbone.service import Reply
from backbone.web import Asked, Response, acts, done
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
from vendors.domain.form import Refused, counted
from vendors.domain.purchase_order import PurchaseOrder

router = APIRouter()

T = TypeVar("T")

ACTS_COUNT_MAX: Final = 100


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


@dataclass(frozen=True, slots=True)
class ActView:
    """The answer to one act: the id of what came of it, or the refusal's code and words."""

    status: int
    id: str | None = None
    type: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class BulkView:
    """The answers, in the order of the acts."""

    answers: tuple[ActView, ...]


ASKED: Final = AcknowledgementsBody(
    (AcknowledgementAct("an order"), AcknowledgementAct("another", SHORT.lines))
)
ALL_SENT: Final = ShipmentsBody((ShipmentAct("an order", SENT.lines, SENT.expected_at),))
ALL_ARRIVED: Final = ReceiptsBody((ReceiptAct("an order", ARRIVED.lines),))


def _answers(name: Callable[[T], str]) -> Callable[[Sequence[T | Refused]], Reply]:
    def reply(answers: Sequence[T | Refused]) -> Reply:
        return done(BulkView(tuple(_answer(each, name) for each in answers)))

    return reply


def _answer(each: T | Refused, name: Callable[[T], str]) -> ActView:
    if isinstance(each, Refused):
        return ActView(each.status, type=f"/problems/{each.code}", detail=each.detail)
    return ActView(200, name(each))


@router.post(
    "/v1/purchase-orders/acknowledgements/batch", **acts(BulkView, body=AcknowledgementsBody, example=ASKED)
)
async def acknowledge_orders(ask: Asked) -> Response:
    """Acknowledge up to 100 orders."""
    body = await ask.body(AcknowledgementsBody)
    counted(body.acts, "/acts", ACTS_COUNT_MAX)
    given = tuple(
        acknowledgement(ask, act.purchase_order_id, AcknowledgementBody(act.lines), f"/acts/{number}")
        for number, act in enumerate(body.acts)
    )
    return await ask.act(
        handlers.acknowledge_orders, commands.AcknowledgeOrders(given), reply=_answers(_order_id)
    )


def _order_id(order: PurchaseOrder) -> str:
    return order.purchase_order_id


@router.post("/v1/purchase-orders/shipments/batch", **acts(BulkView, body=ShipmentsBody, example=ALL_SENT))
async def notify_shipments(ask: Asked) -> Response:
    """Notify up to 100 shipments."""
    body = await ask.body(ShipmentsBody)
    counted(body.acts, "/acts", ACTS_COUNT_MAX)
    given = tuple(
        shipment(ask, act.purchase_order_id, ShipmentBody(act.lines, act.expected_at), f"/acts/{number}")
        for number, act in enumerate(body.acts)
    )
    return await ask.act(
        handlers.notify_shipments, commands.NotifyShipments(given), reply=_answers(_shipment_id)
    )


def _shipment_id(sent: Shipment) -> str:
    return sent.shipment_id


@router.post("/v1/purchase-orders/receipts/batch", **acts(BulkView, body=ReceiptsBody, example=ALL_ARRIVED))
async def receive_deliveries(ask: Asked) -> Response:
    """Take up to 100 deliveries in."""
    body = await ask.body(ReceiptsBody)
    counted(body.acts, "/acts", ACTS_COUNT_MAX)
    given = tuple(
        receipt(ask, act.purchase_order_id, ReceiptBody(act.lines, act.extras_minor), f"/acts/{number}")
        for number, act in enumerate(body.acts)
    )
    return await ask.act(
        handlers.receive_deliveries, commands.ReceiveDeliveries(given), reply=_answers(_receipt_id)
    )


def _receipt_id(taken: Receipt) -> str:
    return taken.receipt_id
