"""Substitutes and what was substituted as callers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Quantity
from materials.queries.masters import Page

PAGE_SUBSTITUTES: Final = text(
    """
    SELECT site_id, sku, substitute_sku, ratio_micro, priority, valid_from_at, valid_to_at FROM substitutes
    WHERE (site_id, sku, substitute_sku)
          > (split_part(:after, '@', 1), split_part(:after, '@', 2), split_part(:after, '@', 3))
      AND (CAST(:sku AS text) IS NULL OR sku = :sku) AND (CAST(:site_id AS text) IS NULL OR site_id = :site_id)
    ORDER BY site_id, sku, substitute_sku LIMIT :limit
    """
)
PAGE_SUBSTITUTIONS: Final = text(
    """
    SELECT demand_id, supply_id, substitutions.sku, demands.sku AS substitute_sku, substitutions.quantity_micro,
           demands.quantity_micro AS substitute_micro, decided_by, decided_at
    FROM substitutions JOIN demands USING (demand_id)
    WHERE demand_id || '@' || supply_id > :after
      AND (CAST(:supply_id AS text) IS NULL OR supply_id = :supply_id)
      AND (CAST(:planned_order_id AS text) IS NULL OR demands.planned_order_id = :planned_order_id)
    ORDER BY demand_id || '@' || supply_id LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class SubstituteView:
    """At a site `ratio` of the substitute stand in for one of the item, the least priority first."""

    site_id: str
    sku: str
    substitute: str
    ratio: Quantity
    priority: int
    valid_from: datetime
    valid_to: datetime


@dataclass(frozen=True, slots=True)
class SubstitutionView:
    """A requirement of a run that takes a substitute: so much of it instead of so much of an item from a supply."""

    demand_id: str
    supply_id: str
    sku: str
    quantity: Quantity
    substitute: str
    substitute_quantity: Quantity
    decided_by: str
    decided_at: datetime


async def page_substitutes(
    sql: AsyncConnection, *, sku: str | None, site_id: str | None, after: str, limit: int
) -> Page:
    """What may stand in for what, by site and item, each with its key."""
    values = {"sku": sku, "site_id": site_id, "after": after, "limit": limit}
    return [
        (
            f"{row.site_id}@{row.sku}@{row.substitute_sku}",
            SubstituteView(
                row.site_id, row.sku, row.substitute_sku, Quantity.of_micro(row.ratio_micro), row.priority,
                row.valid_from_at, row.valid_to_at,
            ),
        )
        for row in await sql.execute(PAGE_SUBSTITUTES, values)
    ]  # fmt: skip


async def page_substitutions(
    sql: AsyncConnection, *, supply_id: str | None, planned_order_id: str | None, after: str, limit: int
) -> Page:
    """What was substituted, by requirement, each with its key; of one supply, or for one planned order."""
    values = {"supply_id": supply_id, "planned_order_id": planned_order_id, "after": after, "limit": limit}
    return [
        (
            f"{row.demand_id}@{row.supply_id}",
            SubstitutionView(
                row.demand_id, row.supply_id, row.sku, Quantity.of_micro(row.quantity_micro), row.substitute_sku,
                Quantity.of_micro(row.substitute_micro), row.decided_by, row.decided_at,
            ),
        )
        for row in await sql.execute(PAGE_SUBSTITUTIONS, values)
    ]  # fmt: skip
