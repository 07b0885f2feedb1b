"""Forecasts and master schedules as callers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Quantity
from materials.queries.masters import Page

_KEY: Final = "forecasts.site_id || '@' || forecasts.sku || '@' || forecasts.kind || '@' || starts_on"
PAGE: Final = text(
    f"""
    SELECT {_KEY} AS key, forecasts.sku, forecasts.site_id, forecasts.kind, starts_on, ends_on,
           forecasts.quantity_micro, coalesce(demands.quantity_micro, 0) AS open_micro
    FROM forecasts LEFT JOIN demands
      ON demand_id = concat_ws('/', 'forecast', forecasts.site_id, forecasts.sku, forecasts.kind, starts_on)
    WHERE {_KEY} > :after AND forecasts.quantity_micro > 0
      AND (CAST(:sku AS text) IS NULL OR forecasts.sku = :sku)
      AND (CAST(:site_id AS text) IS NULL OR forecasts.site_id = :site_id)
    ORDER BY key LIMIT :limit
    """  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class ForecastView:
    """What is expected of an item at a site from a first day to a last one, and what of it is still planned for.

    The rest of it was used up by orders, or does not count: it is over, inside the demand fence, replaced by the master
    schedule, or its item is not made to stock.
    """

    sku: str
    site_id: str
    kind: str
    starts_on: date
    ends_on: date
    quantity: Quantity
    open: Quantity


async def page_forecasts(
    sql: AsyncConnection, *, sku: str | None, site_id: str | None, after: str, limit: int
) -> Page:
    """Forecasts by site, item, kind and day, each with its key."""
    rows = await sql.execute(PAGE, {"sku": sku, "site_id": site_id, "after": after, "limit": limit})
    return [
        (
            row.key,
            ForecastView(
                row.sku, row.site_id, row.kind, date.fromisoformat(row.starts_on), date.fromisoformat(row.ends_on),
                Quantity.of_micro(row.quantity_micro), Quantity.of_micro(row.open_micro),
            ),
        )
        for row in rows
    ]  # fmt: skip
