"""What may be promised of an item, as callers see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.errors import NotFound
from contracts.values import Quantity
from materials.domain.capacity.atp import available_to_promise
from materials.tables.plan import COMES_AT

DAYS_COUNT_MAX: Final = 5_000
KNOWN: Final = text("SELECT unit FROM items WHERE sku = :sku")
# What is only planned is supply as far as it is pegged: whom it serves shall not wait for anybody else's. Safety stock
# is promised to nobody; what was planned for a forecast is, since who orders takes it over.
CHANGES: Final = text(
    f"""
    SELECT site_id, at, CAST(sum(supply) AS bigint) AS supply, CAST(sum(demand) AS bigint) AS demand FROM (
        SELECT stocks.site_id, CAST(:now AS timestamptz) AS at, on_hand_micro AS supply, 0 AS demand
        FROM stocks JOIN lots USING (lot_id, sku)
        WHERE sku = :sku AND store = 'main' AND status = 'released' AND NOT stocks.awaits_inspection
        UNION ALL
        SELECT receipts.site_id, greatest(date_trunc('day', {COMES_AT}, 'UTC'), :now),
               CASE WHEN planned_orders.state = 'planned' THEN receipts.pegged_micro
                    ELSE greatest(receipts.quantity_micro - receipts.received_micro, 0) END, 0
        FROM receipts JOIN planned_orders USING (planned_order_id)
        WHERE receipts.sku = :sku AND planned_orders.state NOT IN ('closed', 'cancelled')
          AND planned_orders.expected_at IS NOT NULL
        UNION ALL
        SELECT site_id, greatest(date_trunc('day', greatest(needed_at, available_at), 'UTC'), :now), 0,
               greatest(quantity_micro - done_micro, 0)
        FROM demands WHERE sku = :sku AND kind <> 'forecast' AND NOT suspended
    ) AS changes GROUP BY site_id, at ORDER BY site_id, at LIMIT :limit
    """  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class AtpStep:
    """From this moment on so much of an item may be promised."""

    at: datetime
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class AtpView:
    """What may be promised of an item at a site, in steps."""

    site_id: str
    steps: tuple[AtpStep, ...]


@dataclass(frozen=True, slots=True)
class AtpOfItem:
    """What may be promised of an item, in its unit, at each site where anything of it is there, to come or wanted."""

    sku: str
    unit: str
    sites: tuple[AtpView, ...]


async def find_atp(sql: AsyncConnection, sku: str, now: datetime) -> AtpOfItem:
    """What may be promised of an item from now on; raises `NotFound`."""
    known = (await sql.execute(KNOWN, {"sku": sku})).one_or_none()
    if known is None:
        raise NotFound(f"no item {sku}")
    rows = await sql.execute(CHANGES, {"sku": sku, "now": now, "limit": DAYS_COUNT_MAX})
    sites = []
    for site_id, found in groupby(rows, key=lambda row: row.site_id):
        steps = available_to_promise([(row.at, row.supply, row.demand) for row in found])
        sites.append(AtpView(site_id, tuple(AtpStep(at, Quantity.of_micro(micro)) for at, micro in steps)))
    return AtpOfItem(sku, known.unit, tuple(sites))
