"""What is not there yet: components that are planned, asked for or ordered, with the orders that wait for them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Quantity
from control_tower.domain.missing import Missing, is_late
from control_tower.queries.origins import needed_at, orders_of

SUPPLIES_COUNT_MAX: Final = 500
SETTLED: Final = ("done", "received", "aborted", "merged", "")

OPEN: Final = text(
    f"""
    WITH RECURSIVE served(planned_order_id) AS (
        SELECT to_id FROM ties WHERE from_kind = 'order' AND from_id = :order_id AND to_kind = 'planned_order'
        UNION
        SELECT to_id FROM served JOIN ties
          ON from_kind = 'planned_order' AND from_id = served.planned_order_id AND to_kind = 'planned_order'
    )
    SELECT planned.subject_id AS planned_order_id, planned.state, planned.picture ->> 'sku' AS sku,
           planned.picture ->> 'quantity' AS quantity, planned.picture ->> 'source' AS source,
           coalesce(CAST(planned.picture ->> 'needed_at' AS timestamptz),
                    ({needed_at("planned.subject_id")})) AS needed_at,
           coalesce(titles.label, '') AS title,
           coalesce(titles.picture ->> 'unit', '') AS unit,
           supply.kind AS supply_kind, supply.subject_id AS supply_id, coalesce(vendor.label, '') AS vendor,
           CAST(supply.picture -> 'span' ->> 'planned_to' AS timestamptz) AS expected_at,
           ARRAY({orders_of("planned.subject_id")}) AS order_ids
    FROM subjects AS planned
    LEFT JOIN subjects AS titles ON titles.kind = 'item' AND titles.subject_id = planned.picture ->> 'sku'
    LEFT JOIN LATERAL (
        SELECT subjects.kind, subjects.subject_id, subjects.picture FROM ties
        JOIN subjects ON subjects.kind = ties.to_kind AND subjects.subject_id = ties.to_id
        WHERE ties.from_kind = 'planned_order' AND ties.from_id = planned.subject_id
          AND ties.to_kind IN ('run', 'purchase_order')
        ORDER BY subjects.since_at DESC NULLS LAST, subjects.subject_id LIMIT 1
    ) AS supply ON true
    LEFT JOIN subjects AS vendor
      ON vendor.kind = 'vendor' AND vendor.subject_id = supply.picture ->> 'vendor_id'
    WHERE planned.kind = 'planned_order' AND planned.picture IS NOT NULL
      AND planned.state <> ALL(CAST(:settled AS text[]))
      AND (CAST(:order_id AS text) IS NULL OR planned.subject_id IN (SELECT planned_order_id FROM served))
    ORDER BY needed_at NULLS LAST, planned.subject_id LIMIT :limit
    """  # noqa: S608
)


async def list_missing(sql: AsyncConnection, now: datetime, order_id: str | None = None) -> list[Missing]:
    """Open supplies (of an order, or all) at `now` (business time), what is needed first first; at most 500."""
    columns = {"settled": list(SETTLED), "order_id": order_id, "limit": SUPPLIES_COUNT_MAX}
    return [
        Missing(
            row.supply_kind or "planned_order",
            row.supply_id or row.planned_order_id,
            row.sku,
            row.title or row.sku,
            Quantity.parse(row.quantity),
            row.source,
            row.state,
            row.vendor,
            row.needed_at,
            row.expected_at,
            tuple(row.order_ids),
            is_late(row.needed_at, row.expected_at, now),
            row.unit,
        )
        for row in await sql.execute(OPEN, columns)
    ]
