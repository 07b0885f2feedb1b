"""Exchange rates by day: what they are, what is missing, and setting one."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from backbone.web import Asked, Response, acts, done, listed, lists, page_asked, paged
from contracts.values import Quantity
from orders import commands, handlers, queries
from orders.api.forms import Taken
from orders.domain.rates import Exchange, day_of

router = APIRouter()


@dataclass(frozen=True, slots=True)
class DayRateBody:
    """What one minor unit of the currency is worth in minor units of the other."""

    rate: Quantity


@router.get("/v1/exchange-rates", **lists(queries.DayRateView))
async def list_day_rates(ask: Asked) -> Response:
    """Exchange rates by currency and day; each counts until the next one of its two currencies."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_rates(sql, after=after, limit=limit), limit)


@router.get("/v1/missing-rates", **lists(queries.MissingRateView, most=0))
async def list_missing_rates(ask: Asked) -> Response:
    """Rates that somebody has to say: until then the value of the orders with such costs is not known."""
    async with ask.read() as sql:
        return listed(await queries.list_missing_rates(sql))


@router.put(
    "/v1/exchange-rates/{currency}/{into}/{day}",
    **acts(Taken, body=DayRateBody, example=DayRateBody(Quantity("1.08")), versioned=True),
)
async def set_day_rate(ask: Asked, currency: str, into: str, day: str) -> Response:
    """Say what a currency is worth from a day on; If-Match names the version that was seen (0 until one was set)."""
    body = await ask.body(DayRateBody)
    at = Exchange(currency, into, day_of(day))
    command = commands.SetDayRate(at, body.rate, ask.expected_version)
    return await ask.act(
        handlers.set_day_rate,
        command,
        reply=lambda version: done(Taken(f"{currency}/{into}/{day}"), version=version),
    )
