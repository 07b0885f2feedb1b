"""What runs have made and nobody has asked for: free to be sold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from contracts.values import CostVector, PropertyValue, Quantity
from materials.queries.keys import RowKey
from materials.queries.masters import Page

PAGE_SURPLUS: Final = text(
    """
    SELECT lot_id, stocks.sku, items.title, items.unit, stocks.site_id, on_hand_micro,
           on_hand_micro - reserved_micro AS free_micro, CAST(lots.properties AS text) AS properties, run_id,
           received_at, expires_at, bought_in_minor, labour_minor, capital_minor, overhead_minor, currency
    FROM stocks JOIN lots USING (lot_id) JOIN items ON items.sku = stocks.sku
    WHERE store = 'main' AND on_hand_micro > reserved_micro AND run_id IS NOT NULL AND status = 'released'
      AND NOT stocks.awaits_inspection AND NOT awaits_serials AND (expires_at IS NULL OR expires_at > :now)
      AND (CAST(:sku AS text) IS NULL OR stocks.sku = :sku)
      AND (CAST(:site_id AS text) IS NULL OR stocks.site_id = :site_id)
      AND (stocks.sku, lot_id, stocks.site_id) > (:after_sku, :after_lot, :after_site)
    ORDER BY stocks.sku, lot_id, stocks.site_id LIMIT :limit
    """
)
_properties: Reads[tuple[PropertyValue, ...]] = reader(tuple[PropertyValue, ...])


@dataclass(frozen=True, slots=True)
class SurplusView:
    """A lot that a run has made, and how much of what lies there nobody has; `cost` is of all that lies there."""

    sku: str
    title: str
    lot_id: str
    site_id: str
    free: Quantity
    on_hand: Quantity
    unit: str
    properties: tuple[PropertyValue, ...]
    cost: CostVector
    run_id: str
    made_at: datetime
    expires_at: datetime | None


async def page_surplus(
    sql: AsyncConnection, *, sku: str | None, site_id: str | None, now: datetime, after: str, limit: int
) -> Page:
    """What runs have made and nobody has, by item, lot and site, each with its key; what may be used alone."""
    keys: list[str] = RowKey.parts(after, (str, str, str), ["", "", ""])
    named = dict(zip(("after_sku", "after_lot", "after_site"), keys, strict=True))
    rows = await sql.execute(
        PAGE_SURPLUS, {"sku": sku, "site_id": site_id, "now": now, "limit": limit, **named}
    )
    return [(RowKey.of(row.sku, row.lot_id, row.site_id), _surplus(row)) for row in rows]


def _surplus(row: Any) -> SurplusView:
    cost = CostVector(
        row.bought_in_minor, row.labour_minor, row.capital_minor, row.overhead_minor, row.currency
    )
    return SurplusView(
        row.sku, row.title, row.lot_id, row.site_id, Quantity.of_micro(row.free_micro),
        Quantity.of_micro(row.on_hand_micro), row.unit, _properties(row.properties), cost, row.run_id,
        row.received_at, row.expires_at,
    )  # fmt: skip
