"""Shipments, receipts, received lots and returns as they were booked; nothing of them is ever rewritten but counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import text

from backbone.documents import Reads, reader
from backbone.rows import Rows
from backbone.service import Tx
from contracts.shapes import LotPart
from contracts.values import Quantity, total
from vendors import tables
from vendors.domain.answer import Schedule
from vendors.domain.delivery import Receipt, ReceivedLot, Returned, Shipment
from vendors.domain.score import Arrived, Supplied
from vendors.tables.readings import ARRIVED, SUPPLIED

SHIPMENTS: Final = Rows(tables.shipments)
RECEIPTS: Final = Rows(tables.receipts)
LOTS: Final = Rows(tables.received_lots, changing=("returned_micro",))
RETURNS: Final = Rows(tables.returns)
LOCK_LOTS: Final = LOTS.where(
    "purchase_line_id = :purchase_line_id AND lot_id = ANY(:lot_ids) ORDER BY lot_id, receipt_id FOR UPDATE"
)
SAVE_INSPECTIONS: Final = text(
    """
    UPDATE received_lots SET failed = NOT inspected.passed
    FROM unnest(CAST(:lot_id AS text[]), CAST(:passed AS boolean[])) AS inspected(lot_id, passed)
    WHERE received_lots.lot_id = inspected.lot_id
    """
)
_part: Reads[LotPart] = reader(LotPart)
_schedule: Reads[Schedule] = reader(Schedule)


async def add_shipments(tx: Tx, shipments: Sequence[Shipment]) -> None:
    """Keep shipments as they were notified."""
    rows = [
        {
            "shipment_id": shipment.shipment_id,
            "purchase_line_id": part.purchase_line_id,
            "purchase_order_id": shipment.purchase_order_id,
            "quantity_micro": part.quantity.micro,
            "lots": part.lots,
            "expected_at": shipment.expected_at,
            "notified_at": shipment.notified_at,
        }
        for shipment in shipments
        for part in shipment.parts
    ]
    await tx.sql.execute(SHIPMENTS.add, SHIPMENTS.added(rows))


async def add_receipts(tx: Tx, receipts: Sequence[Receipt]) -> None:
    """Keep receipts, and under which names their lots came in."""
    parts = [(receipt, part) for receipt in receipts for part in receipt.parts]
    rows = [
        {
            "receipt_id": receipt.receipt_id,
            "purchase_line_id": part.purchase_line_id,
            "purchase_order_id": receipt.purchase_order_id,
            "accepted_micro": total(lot.quantity for lot in part.lots).micro,
            "rejected_micro": part.rejected.micro,
            "reason": part.reason,
            "extras_minor": receipt.extras_minor,
            "received_at": receipt.received_at,
            "received_by": receipt.received_by,
        }
        for receipt, part in parts
    ]
    await tx.sql.execute(RECEIPTS.add, RECEIPTS.added(rows))
    lots = [
        {
            "lot_id": lot.lot_id,
            "receipt_id": receipt.receipt_id,
            "purchase_line_id": part.purchase_line_id,
            "part": lot,
            "quantity_micro": lot.quantity.micro,
            "returned_micro": 0,
            "failed": False,
        }
        for receipt, part in parts
        for lot in part.lots
    ]
    await tx.sql.execute(LOTS.add, LOTS.added(lots))


async def lock_lots(tx: Tx, purchase_line_id: str, lot_ids: Iterable[str]) -> list[ReceivedLot]:
    """What of these lots came in for a line, receipt by receipt; the order's row is locked before."""
    wanted = {"purchase_line_id": purchase_line_id, "lot_ids": sorted(set(lot_ids))}
    return [
        ReceivedLot(
            row.receipt_id, row.purchase_line_id, _part(row.part), Quantity.of_micro(row.returned_micro)
        )
        for row in await tx.sql.execute(LOCK_LOTS, wanted)
    ]


async def save_lots(tx: Tx, lots: Sequence[ReceivedLot]) -> None:
    """Write back how much of locked lots went back."""
    rows = [
        {"lot_id": lot.part.lot_id, "receipt_id": lot.receipt_id, "returned_micro": lot.returned.micro}
        for lot in lots
    ]
    await tx.sql.execute(LOTS.save, LOTS.saved(rows))


async def add_return(tx: Tx, returned: Returned) -> None:
    """Keep a return to a vendor."""
    row = {
        "return_id": returned.return_id,
        "purchase_order_id": returned.purchase_order_id,
        "purchase_line_id": returned.purchase_line_id,
        "lots": returned.lots,
        "replacement": returned.replacement,
        "reason": returned.reason,
        "returned_at": returned.returned_at,
        "returned_by": returned.returned_by,
    }
    await tx.sql.execute(RETURNS.add, RETURNS.added([row]))


async def save_inspections(tx: Tx, passed: Mapping[str, bool]) -> None:
    """Note which received lots passed inspection; lots that were never received are no business of vendors."""
    lots = sorted(passed)
    await tx.sql.execute(SAVE_INSPECTIONS, {"lot_id": lots, "passed": [passed[lot] for lot in lots]})


async def load_supplied(tx: Tx, vendor_ids: Iterable[str], since: datetime) -> dict[str, list[Supplied]]:
    """By vendor, the lines that may count in a score that looks back to `since`, with what arrived of them."""
    wanted = {"vendor_ids": sorted(set(vendor_ids)), "since": since}
    rows = (await tx.sql.execute(SUPPLIED, wanted)).all()
    arrived: dict[str, list[Arrived]] = {}
    for part in await tx.sql.execute(ARRIVED, {"purchase_line_ids": [row.purchase_line_id for row in rows]}):
        arrived.setdefault(part.purchase_line_id, []).append(Arrived.of_row(part))
    supplied: dict[str, list[Supplied]] = {}
    for row in rows:
        line = Supplied.of_row(
            row, tuple(arrived.get(row.purchase_line_id, ())), _schedule(row.first_schedule)
        )
        supplied.setdefault(row.vendor_id, []).append(line)
    return supplied
