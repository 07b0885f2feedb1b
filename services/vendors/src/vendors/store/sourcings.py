"""What is wanted bought, and the RFQs for it, in their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import Reads, reader
from backbone.rows import Rows
from backbone.service import Tx
from contracts.shapes import ItemPart, Share
from contracts.topics import RFQ, SOURCING
from contracts.values import Quantity, Window
from vendors import tables
from vendors.domain.rfq import Proposal, Quotation, Rfq
from vendors.domain.sourcing import Sourcing

SOURCINGS: Final = Rows(
    tables.sourcings,
    changing=("sku", "quantity_micro", "unit", "site_id", "needed_at", "property_window", "serves", "state",
              "tried", "run_id", "provided", "told"),
)  # fmt: skip
RFQS: Final = Rows(
    tables.rfqs,
    changing=("state", "quotations", "proposal", "awarded_quotation_id", "withdrawn_because", "told"),
)
LOCK_OPEN_RFQS: Final = RFQS.where(
    "planned_order_id = ANY(:keys) AND state NOT IN ('awarded', 'withdrawn') ORDER BY rfq_id FOR UPDATE"
)
LOAD_PLANNED_OF_RFQS: Final = text("SELECT rfq_id, planned_order_id FROM rfqs WHERE rfq_id = ANY(:keys)")

_window: Reads[Window] = reader(Window)
_serves: Reads[tuple[Share, ...]] = reader(tuple[Share, ...])
_provided: Reads[tuple[ItemPart, ...]] = reader(tuple[ItemPart, ...])
_quotations: Reads[tuple[Quotation, ...]] = reader(tuple[Quotation, ...])
_proposal: Reads[Proposal] = reader(Proposal)


async def lock_sourcings(tx: Tx, planned_order_ids: Iterable[str]) -> dict[str, Sourcing]:
    """The sourcings of these planned orders that are here, locked in key order."""
    rows = (await tx.sql.execute(SOURCINGS.lock, {"keys": sorted(set(planned_order_ids))})).all()
    tx.locked(SOURCING, {row.planned_order_id: row.told for row in rows})
    return {row.planned_order_id: _sourcing_of(row) for row in rows}


async def add_sourcings(tx: Tx, sourcings: Sequence[Sourcing]) -> None:
    """Insert sourcings, one statement for all."""
    tx.added(SOURCING, (each.planned_order_id for each in sourcings))
    await tx.sql.execute(SOURCINGS.add, SOURCINGS.added([_sourcing_row(tx, each) for each in sourcings]))


async def save_sourcings(tx: Tx, sourcings: Sequence[Sourcing]) -> None:
    """Write locked sourcings back."""
    await tx.sql.execute(SOURCINGS.save, SOURCINGS.saved([_sourcing_row(tx, each) for each in sourcings]))


def _sourcing_row(tx: Tx, sourcing: Sourcing) -> dict[str, Any]:
    return {
        "planned_order_id": sourcing.planned_order_id,
        "sku": sourcing.sku,
        "quantity_micro": sourcing.quantity.micro,
        "unit": sourcing.unit,
        "site_id": sourcing.site_id,
        "needed_at": sourcing.needed_at,
        "property_window": sourcing.window,
        "serves": sourcing.serves,
        "state": sourcing.state,
        "tried": sorted(sourcing.tried),
        "correlation_id": sourcing.correlation_id,
        "run_id": sourcing.run_id,
        "provided": sourcing.provided,
        "version": 1,
        "told": tx.tells(SOURCING, sourcing.planned_order_id),
    }


def _sourcing_of(row: Any) -> Sourcing:
    return Sourcing(
        row.planned_order_id,
        row.sku,
        Quantity.of_micro(row.quantity_micro),
        row.unit,
        row.site_id,
        row.needed_at,
        _window(row.property_window),
        _serves(row.serves),
        row.state,
        frozenset(row.tried),
        row.correlation_id,
        row.version,
        row.run_id,
        _provided(row.provided),
    )


async def add_rfqs(tx: Tx, rfqs: Sequence[Rfq]) -> None:
    """Insert RFQs, one statement for all."""
    tx.added(RFQ, (rfq.rfq_id for rfq in rfqs))
    await tx.sql.execute(RFQS.add, RFQS.added([_rfq_row(tx, rfq) for rfq in rfqs]))


async def load_planned_of_rfqs(tx: Tx, rfq_ids: Iterable[str]) -> dict[str, str]:
    """The planned order that each RFQ is for, unlocked (it never changes)."""
    rows = await tx.sql.execute(LOAD_PLANNED_OF_RFQS, {"keys": sorted(set(rfq_ids))})
    return {row.rfq_id: row.planned_order_id for row in rows}


async def lock_rfqs(tx: Tx, rfq_ids: Iterable[str]) -> dict[str, Rfq]:
    """The RFQs of these ids that are here, locked in key order."""
    rows = (await tx.sql.execute(RFQS.lock, {"keys": sorted(set(rfq_ids))})).all()
    tx.locked(RFQ, {row.rfq_id: row.told for row in rows})
    return {row.rfq_id: _rfq_of(row) for row in rows}


async def lock_open_rfqs(tx: Tx, planned_order_ids: Iterable[str]) -> list[Rfq]:
    """The RFQs for these planned orders that somebody might still win, locked in key order."""
    rows = (await tx.sql.execute(LOCK_OPEN_RFQS, {"keys": sorted(set(planned_order_ids))})).all()
    tx.locked(RFQ, {row.rfq_id: row.told for row in rows})
    return [_rfq_of(row) for row in rows]


async def save_rfqs(tx: Tx, rfqs: Sequence[Rfq]) -> None:
    """Write locked RFQs back."""
    await tx.sql.execute(RFQS.save, RFQS.saved([_rfq_row(tx, rfq) for rfq in rfqs]))


def _rfq_row(tx: Tx, rfq: Rfq) -> dict[str, Any]:
    return {
        "rfq_id": rfq.rfq_id,
        "planned_order_id": rfq.planned_order_id,
        "sku": rfq.sku,
        "quantity_micro": rfq.quantity.micro,
        "unit": rfq.unit,
        "site_id": rfq.site_id,
        "needed_at": rfq.needed_at,
        "property_window": rfq.window,
        "vendor_ids": rfq.vendor_ids,
        "issued_at": rfq.issued_at,
        "answer_by_at": rfq.answer_by,
        "state": rfq.state,
        "quotations": rfq.quotations,
        "proposal": rfq.proposal,
        "awarded_quotation_id": rfq.awarded,
        "withdrawn_because": rfq.withdrawn_because,
        "correlation_id": rfq.correlation_id,
        "version": 1,
        "told": tx.tells(RFQ, rfq.rfq_id),
    }


def _rfq_of(row: Any) -> Rfq:
    return Rfq(
        row.rfq_id,
        row.planned_order_id,
        row.sku,
        Quantity.of_micro(row.quantity_micro),
        row.unit,
        row.site_id,
        row.needed_at,
        _window(row.property_window),
        tuple(row.vendor_ids),
        row.issued_at,
        row.answer_by_at,
        row.state,
        _quotations(row.quotations),
        _proposal(row.proposal) if row.proposal is not None else None,
        row.awarded_quotation_id,
        row.correlation_id,
        row.version,
        row.withdrawn_because,
    )
