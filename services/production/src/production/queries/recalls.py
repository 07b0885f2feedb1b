"""Recalls as callers see them: how far each is, its lots with their outcomes, its runs and its customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.recalls import RecalledDelivery
from contracts.values import Quantity
from production.domain.recall import UNDECIDED, RecallState
from production.queries.ends import End, page_from_either_end
from production.queries.masters import Page

_RECALLS: Final = """
    SELECT recall_id, reason, lot_ids, vendor_lot, sku, cause_run_id, opened_by, opened_at, state, unknown, closed_by,
           closed_at, summary, version,
           (SELECT count(*) FROM recall_lots WHERE recall_lots.recall_id = recalls.recall_id) AS lots,
           (SELECT count(*) FROM recall_lots JOIN lots USING (lot_id)
            WHERE recall_lots.recall_id = recalls.recall_id AND lots.state = ANY(:undecided)) AS open_lots,
           (SELECT count(*) FROM recall_runs WHERE recall_runs.recall_id = recalls.recall_id) AS runs,
           (SELECT count(*) FROM recall_tickets WHERE recall_tickets.recall_id = recalls.recall_id) AS tickets,
           (SELECT count(*) FROM recall_tickets
            WHERE recall_tickets.recall_id = recalls.recall_id AND how IS NULL) AS open_tickets
    FROM recalls
"""
FIND_RECALL: Final = text(_RECALLS + "WHERE recall_id = :recall_id")
PAGE_RECALLS: Final = page_from_either_end(
    _RECALLS, "recall_id", "(CAST(:state AS text) IS NULL OR state = :state)"
)
PAGE_LOTS: Final = text(
    """
    SELECT lot_id, recall_lots.sku, recall_lots.site_id, vendor_lot, status, on_hand_micro, in_transit_micro,
           sent_micro, lots.state, lots.reason
    FROM recall_lots LEFT JOIN lots USING (lot_id)
    WHERE recall_id = :recall_id AND lot_id > :after
      AND (CAST(:open AS boolean) IS NULL OR coalesce(lots.state = ANY(:undecided), false) = :open)
    ORDER BY lot_id LIMIT :limit
    """
)
PAGE_RUNS: Final = text(
    """
    SELECT run_id, recipe_id, site_id, state, stopped_at FROM recall_runs JOIN runs USING (run_id)
    WHERE recall_id = :recall_id AND run_id > :after ORDER BY run_id LIMIT :limit
    """
)
PAGE_TICKETS: Final = text(
    """
    SELECT ticket_id, customer_id, order_id, CAST(deliveries AS text) AS deliveries, how FROM recall_tickets
    WHERE recall_id = :recall_id AND ticket_id > :after ORDER BY ticket_id LIMIT :limit
    """
)

_deliveries: Reads[tuple[RecalledDelivery, ...]] = reader(tuple[RecalledDelivery, ...])


@dataclass(frozen=True, slots=True)
class RecallView:
    """A recall: what it began with, and how much of what it reaches still waits."""

    recall_id: str
    reason: str
    lot_ids: tuple[str, ...]
    vendor_lot: str | None
    sku: str | None
    run_id: str | None
    opened_by: str
    opened_at: datetime
    state: RecallState
    unknown: tuple[str, ...]
    lots: int
    open_lots: int
    runs: int
    tickets: int
    open_tickets: int
    closed_by: str | None
    closed_at: datetime | None
    summary: str | None
    version: int


@dataclass(frozen=True, slots=True)
class RecalledLotView:
    """A lot that a recall reaches: where it was when it was traced, and what became of it (None while it waits)."""

    lot_id: str
    sku: str
    site_id: str
    vendor_lot: str | None
    status: str
    on_hand: Quantity
    in_transit: Quantity
    sent: Quantity
    outcome: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class RecalledRunView:
    """A run that a recall has stopped, and how it is now."""

    run_id: str
    recipe_id: str
    site_id: str
    state: str
    stopped_at: datetime


@dataclass(frozen=True, slots=True)
class RecallTicketView:
    """A customer who was sent recalled lots, and what was agreed (None while it is open)."""

    ticket_id: str
    customer_id: str
    order_id: str
    deliveries: tuple[RecalledDelivery, ...]
    how: str | None


def _recall(row: Any) -> RecallView:
    return RecallView(
        row.recall_id, row.reason, tuple(row.lot_ids), row.vendor_lot, row.sku, row.cause_run_id, row.opened_by,
        row.opened_at, row.state, tuple(row.unknown), row.lots, row.open_lots, row.runs, row.tickets,
        row.open_tickets, row.closed_by, row.closed_at, row.summary, row.version,
    )  # fmt: skip


async def find_recall(sql: AsyncConnection, recall_id: str) -> RecallView:
    """A recall; raises `NotFound`."""
    asked = {"recall_id": recall_id, "undecided": list(UNDECIDED)}
    row = (await sql.execute(FIND_RECALL, asked)).one_or_none()
    if row is None:
        raise NotFound(f"no recall {recall_id}")
    return _recall(row)


async def page_recalls(sql: AsyncConnection, *, state: str | None, end: End, after: str, limit: int) -> Page:
    """Recalls from one end of time, each with its key."""
    asked = {"state": state, "after": after, "limit": limit, "undecided": list(UNDECIDED)}
    return [(row.recall_id, _recall(row)) for row in await sql.execute(PAGE_RECALLS[end], asked)]


async def page_recalled_lots(
    sql: AsyncConnection, recall_id: str, *, waits: bool | None, after: str, limit: int
) -> Page:
    """The lots of a recall by id, those that wait or those that do not, each with its key; raises `NotFound`."""
    await find_recall(sql, recall_id)
    asked = {
        "recall_id": recall_id,
        "open": waits,
        "after": after,
        "limit": limit,
        "undecided": list(UNDECIDED),
    }
    return [(row.lot_id, _lot(row)) for row in await sql.execute(PAGE_LOTS, asked)]


def _lot(row: Any) -> RecalledLotView:
    outcome = row.state or "nothing left"
    if row.state == "good" and row.on_hand_micro + row.in_transit_micro == 0:
        outcome = "nothing left"
    return RecalledLotView(
        row.lot_id, row.sku, row.site_id, row.vendor_lot, row.status, Quantity.of_micro(row.on_hand_micro),
        Quantity.of_micro(row.in_transit_micro), Quantity.of_micro(row.sent_micro),
        None if row.state in UNDECIDED else outcome, row.reason,
    )  # fmt: skip


async def page_recalled_runs(sql: AsyncConnection, recall_id: str, *, after: str, limit: int) -> Page:
    """The runs that a recall has stopped, each with its key; raises `NotFound`."""
    await find_recall(sql, recall_id)
    asked = {"recall_id": recall_id, "after": after, "limit": limit}
    return [
        (row.run_id, RecalledRunView(row.run_id, row.recipe_id, row.site_id, row.state, row.stopped_at))
        for row in await sql.execute(PAGE_RUNS, asked)
    ]


async def page_recall_tickets(sql: AsyncConnection, recall_id: str, *, after: str, limit: int) -> Page:
    """The customers of a recall, each with its key; raises `NotFound`."""
    await find_recall(sql, recall_id)
    asked = {"recall_id": recall_id, "after": after, "limit": limit}
    return [
        (
            row.ticket_id,
            RecallTicketView(
                row.ticket_id, row.customer_id, row.order_id, _deliveries(row.deliveries), row.how
            ),
        )
        for row in await sql.execute(PAGE_TICKETS, asked)
    ]
