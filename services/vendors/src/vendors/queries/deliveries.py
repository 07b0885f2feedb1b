"""What was sent of a purchase order, and what arrived of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from contracts.shapes import LotPart
from contracts.values import Quantity

SHIPMENTS_OF: Final = text(
    """
    SELECT shipment_id, purchase_line_id, quantity_micro, expected_at, notified_at
    FROM shipments WHERE purchase_order_id = :key ORDER BY notified_at, shipment_id
    """
)
RECEIPTS_OF: Final = text(
    """
    SELECT receipt_id, purchase_line_id, accepted_micro, rejected_micro, reason, extras_minor, received_at,
           received_by,
           (SELECT CAST(jsonb_agg(part ORDER BY lot_id) AS text) FROM received_lots AS lots
            WHERE lots.receipt_id = receipts.receipt_id AND lots.purchase_line_id = receipts.purchase_line_id) AS lots
    FROM receipts WHERE purchase_order_id = :key ORDER BY received_at, receipt_id
    """
)

_lots: Reads[tuple[LotPart, ...]] = reader(tuple[LotPart, ...])


@dataclass(frozen=True, slots=True)
class ShipmentView:
    """So much of a line was sent."""

    shipment_id: str
    purchase_line_id: str
    quantity: Quantity
    expected_at: datetime
    notified_at: datetime


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What arrived of a line; lots with their cost, extras and who took it in are for staff alone."""

    receipt_id: str
    purchase_line_id: str
    accepted: Quantity
    rejected: Quantity
    reason: str | None
    received_at: datetime
    extras_minor: int | None
    received_by: str | None
    lots: tuple[LotPart, ...]


async def list_shipments(sql: AsyncConnection, purchase_order_id: str) -> tuple[ShipmentView, ...]:
    """What was sent of an order, the first first."""
    return tuple(_shipment(row) for row in await sql.execute(SHIPMENTS_OF, {"key": purchase_order_id}))


async def list_receipts(
    sql: AsyncConnection, purchase_order_id: str, *, party: str | None
) -> tuple[ReceiptView, ...]:
    """What arrived of an order, the first first."""
    return tuple(_receipt(row, party) for row in await sql.execute(RECEIPTS_OF, {"key": purchase_order_id}))


def _shipment(row: Any) -> ShipmentView:
    return ShipmentView(
        row.shipment_id,
        row.purchase_line_id,
        Quantity.of_micro(row.quantity_micro),
        row.expected_at,
        row.notified_at,
    )


def _receipt(row: Any, party: str | None) -> ReceiptView:
    staff = party is None
    return ReceiptView(
        row.receipt_id,
        row.purchase_line_id,
        Quantity.of_micro(row.accepted_micro),
        Quantity.of_micro(row.rejected_micro),
        row.reason,
        row.received_at,
        row.extras_minor if staff else None,
        row.received_by if staff else None,
        _lots(row.lots) if staff and row.lots is not None else (),
    )
