"""Counts, serial numbers and past stock as callers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.errors import NotFound
from contracts.values import CostVector, Quantity
from materials.queries.masters import Page
from materials.queries.stock import StockView

_COUNT: Final = """
    SELECT count_id, site_id, lot_id, sku, counted_micro, booked_micro, state, counted_by, counted_at, decided_by,
           decided_at FROM cycle_counts
"""
FIND_COUNT: Final = text(f"{_COUNT} WHERE count_id = :count_id")
PAGE_COUNTS: Final = text(
    f"""
    {_COUNT} WHERE count_id > :after AND (CAST(:state AS text) IS NULL OR state = :state)
      AND (CAST(:site_id AS text) IS NULL OR site_id = :site_id)
    ORDER BY count_id LIMIT :limit
    """
)
FIND_SERIAL: Final = text(
    """
    SELECT sku, serial, lot_id, status FROM serials JOIN lots USING (sku, lot_id)
    WHERE sku = :sku AND serial = :serial
    """
)
# The ledger is never changed: what lay there is the sum of the moves up to that moment.
PAGE_STOCK_AT: Final = text(
    """
    SELECT lot_id, sku, site_id, store, CAST(sum(quantity_micro) AS bigint) AS on_hand_micro,
           CAST(sum(bought_in_minor) AS bigint) AS bought_in_minor, CAST(sum(labour_minor) AS bigint) AS labour_minor,
           CAST(sum(capital_minor) AS bigint) AS capital_minor,
           CAST(sum(overhead_minor) AS bigint) AS overhead_minor, min(currency) AS currency,
           CASE WHEN store = 'vendor' THEN planned_order_id END AS sent_for
    FROM moves
    WHERE lot_id >= :lot_id AND moved_at <= :at
      AND (CAST(:sku AS text) IS NULL OR lot_id IN (SELECT lot_id FROM lots WHERE sku = :sku))
      AND (CAST(:site_of AS text) IS NULL OR site_id = :site_of)
      AND (CAST(:lies_in AS text) IS NULL OR store = :lies_in)
    GROUP BY lot_id, sku, site_id, store, sent_for
    HAVING sum(quantity_micro) > 0
       AND (lot_id, site_id, store, coalesce(CASE WHEN store = 'vendor' THEN planned_order_id END, ''))
         > (:lot_id, :site_id, :store, :sent_for)
    ORDER BY lot_id, site_id, store, sent_for LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class CountView:
    """What was counted of a lot, what the books said then, and what somebody else decided about the difference."""

    count_id: str
    site_id: str
    lot_id: str
    sku: str
    counted: Quantity
    booked: Quantity
    difference: Quantity
    state: str
    counted_by: str
    counted_at: datetime
    decided_by: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class SerialView:
    """The lot that a piece belongs to, and the status of that."""

    sku: str
    serial: str
    lot_id: str
    status: str


def _count(row: Any) -> CountView:
    counted, booked = row.counted_micro, row.booked_micro
    return CountView(
        row.count_id, row.site_id, row.lot_id, row.sku, Quantity.of_micro(counted), Quantity.of_micro(booked),
        Quantity.of_micro(counted - booked), row.state, row.counted_by, row.counted_at, row.decided_by, row.decided_at,
    )  # fmt: skip


async def page_counts(
    sql: AsyncConnection, *, state: str | None, site_id: str | None, after: str, limit: int
) -> Page:
    """Counts, the oldest first, each with its key."""
    values = {"state": state, "site_id": site_id, "after": after, "limit": limit}
    return [(row.count_id, _count(row)) for row in await sql.execute(PAGE_COUNTS, values)]


async def find_count(sql: AsyncConnection, count_id: str) -> CountView:
    """A count; raises `NotFound`."""
    row = (await sql.execute(FIND_COUNT, {"count_id": count_id})).one_or_none()
    if row is None:
        raise NotFound(f"no count {count_id}")
    return _count(row)


async def find_serial(sql: AsyncConnection, sku: str, serial: str) -> SerialView:
    """Where a piece belongs; raises `NotFound`."""
    row = (await sql.execute(FIND_SERIAL, {"sku": sku, "serial": serial})).one_or_none()
    if row is None:
        raise NotFound(f"no {sku} of number {serial}")
    return SerialView(row.sku, row.serial, row.lot_id, row.status)


async def page_stock_at(
    sql: AsyncConnection,
    at: datetime,
    *,
    sku: str | None,
    site_id: str | None,
    store: str | None,
    after: str,
    limit: int,
) -> Page:
    """What lay where at a moment, by lot, each with its key; status and reservations of then are not kept."""
    lot_id, _, place = after.partition("@")
    last_site, _, last = place.partition("@")
    last_store, _, sent_for = last.partition("@")
    seen = {"lot_id": lot_id, "site_id": last_site, "store": last_store, "sent_for": sent_for}
    wanted = {"sku": sku, "site_of": site_id, "lies_in": store, "at": at}
    rows = await sql.execute(PAGE_STOCK_AT, {**seen, **wanted, "limit": limit})
    return [
        (
            f"{row.lot_id}@{row.site_id}@{row.store}@{row.sent_for or ''}",
            StockView(
                row.lot_id, row.sku, row.site_id, row.store, None, Quantity.of_micro(row.on_hand_micro), None,
                CostVector(
                    row.bought_in_minor, row.labour_minor, row.capital_minor, row.overhead_minor, row.currency
                ),
                row.sent_for,
            ),
        )
        for row in rows
    ]  # fmt: skip
