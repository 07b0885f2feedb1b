"""Forecasts and master schedules over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from backbone.web import Asked, Response, acts, done, filters_asked, lists, page_asked, paged
from materials import handlers, queries
from materials.api.asked import forecast_asked
from materials.api.forms import EXPECTED, ForecastBody, Taken

router = APIRouter()


@router.post("/v1/forecasts", **acts(Taken, body=ForecastBody, example=EXPECTED))
async def set_forecast(ask: Asked) -> Response:
    """Say what is expected of an item at a site in a period; one that begins on the same day is replaced."""
    return await ask.act(
        handlers.set_forecast,
        forecast_asked(await ask.body(ForecastBody)),
        reply=lambda told: done(Taken(f"{told.site_id}/{told.sku}/{told.starts_on}")),
    )


@router.get("/v1/forecasts", **lists(queries.ForecastView, "sku", "site_id"))
async def list_forecasts(ask: Asked) -> Response:
    """What is expected, by site, item and day, and what of it orders leave; filters `sku` and `site_id`."""
    after, limit = page_asked(ask)
    wanted = filters_asked(ask, "sku", "site_id")
    async with ask.read() as sql:
        return paged(ask, await queries.page_forecasts(sql, after=after, limit=limit, **wanted), limit)
