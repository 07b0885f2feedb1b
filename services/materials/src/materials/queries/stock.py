"""Lots, stock and moves as callers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.values import CostVector, PropertyValue, Quantity
from materials.queries.masters import Page

FIND_LOT: Final = text(
    """
    SELECT lot_id, sku, site_id, status, CAST(properties AS text) AS properties, vendor_lot, planned_order_id, run_id,
           received_at, currency, expires_at,
           CAST(serials AS text) AS serials, awaits_serials FROM lots WHERE lot_id = :lot_id
    """
)
# Of a lot that may be used, what lies in one place may wait until somebody has looked at it.
_STATUS: Final = (
    "CASE WHEN status = 'released' AND stocks.awaits_inspection THEN 'in-quality-check' ELSE status END"
)
# What lies at vendors is shown by the runs that it is for; only the ledger knows them.
STOCK: Final = f"""
    SELECT stocks.lot_id, stocks.sku, stocks.site_id, store, {_STATUS} AS status,
           coalesce(sent.on_hand_micro, stocks.on_hand_micro) AS on_hand_micro, reserved_micro,
           coalesce(sent.bought_in_minor, stocks.bought_in_minor) AS bought_in_minor,
           coalesce(sent.labour_minor, stocks.labour_minor) AS labour_minor,
           coalesce(sent.capital_minor, stocks.capital_minor) AS capital_minor,
           coalesce(sent.overhead_minor, stocks.overhead_minor) AS overhead_minor, currency, sent.planned_order_id,
           stocks.lot_id || '@' || stocks.site_id || '@' || store || coalesce('@' || sent.planned_order_id, '') AS key
    FROM stocks JOIN lots USING (lot_id) LEFT JOIN LATERAL (
        SELECT planned_order_id, CAST(sum(quantity_micro) AS bigint) AS on_hand_micro,
               CAST(sum(bought_in_minor) AS bigint) AS bought_in_minor,
               CAST(sum(labour_minor) AS bigint) AS labour_minor,
               CAST(sum(capital_minor) AS bigint) AS capital_minor,
               CAST(sum(overhead_minor) AS bigint) AS overhead_minor
        FROM moves
        WHERE stocks.store = 'vendor' AND store = 'vendor' AND lot_id = stocks.lot_id AND site_id = stocks.site_id
        GROUP BY planned_order_id HAVING sum(quantity_micro) > 0
    ) AS sent ON true
"""  # noqa: S608
STOCK_OF_LOT: Final = text(STOCK + "WHERE lot_id = :lot_id ORDER BY stocks.site_id, store, planned_order_id")
PAGE_STOCK: Final = text(
    f"""
    SELECT * FROM ({STOCK}
        WHERE stocks.on_hand_micro > 0
          AND (CAST(:sku AS text) IS NULL OR stocks.sku = :sku)
          AND (CAST(:site_id AS text) IS NULL OR stocks.site_id = :site_id)
          AND (CAST(:store AS text) IS NULL OR store = :store)
    ) AS found WHERE key > :after ORDER BY key LIMIT :limit
    """  # noqa: S608
)
PAGE_LOTS: Final = text(
    f"""
    SELECT lot_id, stocks.sku, stocks.site_id, {_STATUS} AS status, on_hand_micro, bought_in_minor,
           labour_minor, capital_minor, overhead_minor, currency, CAST(properties AS text) AS properties, vendor_lot,
           CAST(serials AS text) AS serials, expires_at
    FROM stocks JOIN lots USING (lot_id)
    WHERE store = 'main' AND on_hand_micro > 0 AND (lot_id, stocks.site_id) > (:lot_id, :after_site)
      AND (CAST(:sku AS text) IS NULL OR stocks.sku = :sku)
      AND (CAST(:site_id AS text) IS NULL OR stocks.site_id = :site_id)
      AND (CAST(:status AS text) IS NULL OR {_STATUS} = :status)
    ORDER BY lot_id, stocks.site_id LIMIT :limit
    """  # noqa: S608
)
PAGE_MOVES: Final = text(
    """
    SELECT move_id, site_id, store, quantity_micro, reason, moved_at, order_id, line_id, planned_order_id,
           bought_in_minor, labour_minor, capital_minor, overhead_minor, currency, reverses_id
    FROM moves WHERE lot_id = :lot_id AND move_id > :after ORDER BY move_id LIMIT :limit
    """
)
_serials: Reads[tuple[str, ...]] = reader(tuple[str, ...])
_properties: Reads[tuple[PropertyValue, ...]] = reader(tuple[PropertyValue, ...])


@dataclass(frozen=True, slots=True)
class StockView:
    """So much of a lot in a store of a site, what of it is reserved, and what it has cost.

    What lies at a vendor (`store` is "vendor") is there for the run of the planned order. Of a moment that has passed
    status and reservations are absent.
    """

    lot_id: str
    sku: str
    site_id: str
    store: str
    status: str | None
    on_hand: Quantity
    reserved: Quantity | None
    cost: CostVector
    planned_order_id: str | None = None


@dataclass(frozen=True, slots=True)
class LotRow:
    """What lies in the main store of a site of a lot, as it could be booked in anew, and its status there."""

    lot_id: str
    sku: str
    site_id: str
    quantity: Quantity
    cost: CostVector
    properties: tuple[PropertyValue, ...]
    vendor_lot: str | None
    serials: tuple[str, ...]
    expires_at: datetime | None
    status: str


@dataclass(frozen=True, slots=True)
class LotView:
    """A lot and where it lies."""

    lot_id: str
    sku: str
    site_id: str
    status: str
    properties: tuple[PropertyValue, ...]
    vendor_lot: str | None
    planned_order_id: str | None
    run_id: str | None
    received_at: datetime
    expires_at: datetime | None
    serials: tuple[str, ...]
    awaits_serials: bool
    stock: tuple[StockView, ...]


@dataclass(frozen=True, slots=True)
class MoveView:
    """A line of the ledger; the quantity is negative when stock left. A correction names the move that it reverses."""

    move_id: str
    site_id: str
    store: str
    quantity: Quantity
    reason: str
    moved_at: datetime
    order_id: str | None
    line_id: str | None
    planned_order_id: str | None
    cost: CostVector
    reverses_id: str | None


def _stock(row: Any) -> StockView:
    return StockView(
        row.lot_id,
        row.sku,
        row.site_id,
        row.store,
        row.status,
        Quantity.of_micro(row.on_hand_micro),
        Quantity.of_micro(row.reserved_micro),
        _cost(row),
        row.planned_order_id,
    )


def _cost(row: Any) -> CostVector:
    return CostVector(
        row.bought_in_minor, row.labour_minor, row.capital_minor, row.overhead_minor, row.currency
    )


async def find_lot(sql: AsyncConnection, lot_id: str) -> LotView:
    """A lot with its stock; raises `NotFound`."""
    row = (await sql.execute(FIND_LOT, {"lot_id": lot_id})).one_or_none()
    if row is None:
        raise NotFound(f"no lot {lot_id}")
    stock = tuple(_stock(each) for each in await sql.execute(STOCK_OF_LOT, {"lot_id": lot_id}))
    return LotView(
        row.lot_id,
        row.sku,
        row.site_id,
        row.status,
        _properties(row.properties),
        row.vendor_lot,
        row.planned_order_id,
        row.run_id,
        row.received_at,
        row.expires_at,
        _serials(row.serials),
        row.awaits_serials,
        stock,
    )


async def page_lots(
    sql: AsyncConnection,
    *,
    sku: str | None,
    site_id: str | None,
    status: str | None,
    after: str,
    limit: int,
) -> Page:
    """What lies in main stores, by lot and site, each with its key."""
    lot_id, _, last_site = after.partition("@")
    values = {"sku": sku, "site_id": site_id, "status": status, "limit": limit}
    rows = await sql.execute(PAGE_LOTS, {**values, "lot_id": lot_id, "after_site": last_site})
    return [
        (
            f"{row.lot_id}@{row.site_id}",
            LotRow(
                row.lot_id, row.sku, row.site_id, Quantity.of_micro(row.on_hand_micro), _cost(row),
                _properties(row.properties), row.vendor_lot, _serials(row.serials), row.expires_at, row.status,
            ),
        )
        for row in rows
    ]  # fmt: skip


async def page_stock(
    sql: AsyncConnection, *, sku: str | None, site_id: str | None, store: str | None, after: str, limit: int
) -> Page:
    """What lies where, by lot, each with its key."""
    values = {"sku": sku, "site_id": site_id, "store": store, "after": after, "limit": limit}
    rows = await sql.execute(PAGE_STOCK, values)
    return [(row.key, _stock(row)) for row in rows]


async def page_moves(sql: AsyncConnection, lot_id: str, *, after: str, limit: int) -> Page:
    """Moves of a lot, the oldest first, each with its key."""
    rows = await sql.execute(PAGE_MOVES, {"lot_id": lot_id, "after": after, "limit": limit})
    return [
        (
            row.move_id,
            MoveView(
                row.move_id,
                row.site_id,
                row.store,
                Quantity.of_micro(row.quantity_micro),
                row.reason,
                row.moved_at,
                row.order_id,
                row.line_id,
                row.planned_order_id,
                _cost(row),
                row.reverses_id,
            ),
        )
        for row in rows
    ]
