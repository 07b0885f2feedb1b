"""Forecasts, and the orders that use them up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import text

from backbone.service import Tx
from materials.domain.book import Book
from materials.domain.forecast import Forecast
from materials.domain.item import WINDOW_DAYS_MAX
from materials.domain.network import Place
from materials.store.sheets import FORECASTS

_HERE: Final = "SELECT * FROM unnest(CAST(:site_ids AS text[]), CAST(:skus AS text[]))"
FORECASTS_HERE: Final = FORECASTS.reading(f"(site_id, sku) IN ({_HERE})")
CONSUMING: Final = text(
    f"""
    SELECT demand_id, site_id, sku, needed_at, quantity_micro FROM demands
    WHERE kind IN ('hold', 'order') AND (site_id, sku) IN ({_HERE})
      AND needed_at BETWEEN :earliest AND :latest
    """  # noqa: S608
)


async def load_forecasts(tx: Tx, places: Iterable[Place]) -> dict[Place, list[Forecast]]:
    """What is forecast at places, by kind and first day."""
    found: dict[Place, list[Forecast]] = {place: [] for place in places}
    for each in await FORECASTS.load(tx, FORECASTS_HERE, _columns(found)):
        found[each.place].append(each)
    return found


async def save_forecasts(tx: Tx, told: Iterable[Forecast]) -> None:
    """Write forecasts; of one that is told twice the last counts."""
    await FORECASTS.put(tx, list({each.demand_id: each for each in told}.values()))


async def load_consumption(tx: Tx, book: Book) -> None:
    """Forecasts of the book's items that are made to stock, and the orders and holds that may use them up."""
    stocked = {place for place, told in book.network.parameters.items() if told.strategy == "make-to-stock"}
    places = stocked | {(each.site_id, each.sku) for each in book.demands if each.kind == "forecast"}
    if not places:
        return
    book.forecasts = await load_forecasts(tx, sorted(places))
    days = [day for found in book.forecasts.values() for each in found for day in (each.first, each.last)]
    if not days:
        return
    window = timedelta(days=WINDOW_DAYS_MAX)
    wanted = {
        **_columns(places),
        "earliest": datetime.combine(min(days), time(), UTC) - window,
        "latest": datetime.combine(max(days), time(), UTC) + window,
    }
    for row in await tx.sql.execute(CONSUMING, wanted):
        here = book.consuming.setdefault((row.site_id, row.sku), {})
        here[row.demand_id] = (row.needed_at.date(), row.quantity_micro)


def _columns(places: Iterable[Place]) -> dict[str, Any]:
    listed = list(places)
    return {"site_ids": [site_id for site_id, _ in listed], "skus": [sku for _, sku in listed]}
