"""Periods of cost over HTTP: closed, shown, and opened again by two people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from backbone.service import Reply
from backbone.web import (
    Asked,
    Response,
    acts,
    choice_asked,
    done,
    found,
    lists,
    one_of,
    page_asked,
    paged,
    shows,
)
from production import commands, handlers, queries
from production.api.forms import ReasonBody
from production.domain.form import named, said
from production.domain.period import Period

router = APIRouter()


@dataclass(frozen=True, slots=True)
class MonthBody:
    """The month that is closed, like 2026-03."""

    month: str


MARCH: Final = MonthBody("2026-03")
WHY: Final = ReasonBody("the invoice of the forge was booked at half its price")


@router.get("/v1/sites/{site_id}/periods", **lists(queries.PeriodView))
async def list_periods(ask: Asked, site_id: str) -> Response:
    """The months of a site that were closed, the oldest first."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_periods(sql, site_id, after=after, limit=limit), limit)


@router.post("/v1/sites/{site_id}/periods", **acts(queries.PeriodView, body=MonthBody, example=MARCH))
async def close_period(ask: Asked, site_id: str) -> Response:
    """Close a month: its costs do not change any more, what is booked late goes to the next, in is out to the cent."""
    body = await ask.body(MonthBody)
    command = commands.ClosePeriod(named(site_id, "/site_id"), body.month, ask.principal.subject)
    return await ask.act(handlers.close_period, command, reply=_shown)


@router.get("/v1/sites/{site_id}/periods/{month}", **shows(queries.PeriodView))
async def show_period(ask: Asked, site_id: str, month: str) -> Response:
    """A closed month: its totals, how much of it was booked late, and how many runs were begun at its end."""
    async with ask.read() as sql:
        period = await queries.find_period(sql, site_id, month)
    return found(period, version=period.version)


@router.get("/v1/sites/{site_id}/periods/{month}/open-runs", **lists(queries.OpenRunView))
async def list_open_runs(ask: Asked, site_id: str, month: str) -> Response:
    """The runs that were begun at the end of a month, with what they had cost by then."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        rows = await queries.page_open_runs(sql, site_id, month, after=after, limit=limit)
    return paged(ask, rows, limit)


@router.get(
    "/v1/sites/{site_id}/periods/{month}/runs",
    **lists(queries.PeriodRunView, figure=one_of(*queries.FIGURES)),
)
async def list_period_runs(ask: Asked, site_id: str, month: str) -> Response:
    """What each run has to do with a month; those behind one `figure` of it where that is named."""
    after, limit = page_asked(ask)
    figure = choice_asked(ask, "figure", *queries.FIGURES)
    async with ask.read() as sql:
        rows = await queries.page_period_runs(sql, site_id, month, figure=figure, after=after, limit=limit)
    return paged(ask, rows, limit)


@router.post(
    "/v1/sites/{site_id}/periods/{month}/reopening", **acts(queries.PeriodView, body=ReasonBody, example=WHY)
)
async def reopen_period(ask: Asked, site_id: str, month: str) -> Response:
    """Ask for the last closed month to be opened again; the second person who asks opens it."""
    body = await ask.body(ReasonBody)
    command = commands.ReopenPeriod(site_id, month, said(body.reason, "/reason"), ask.principal.subject)
    return await ask.act(handlers.reopen_period, command, reply=_shown)


def _shown(period: Period) -> Reply:
    view = queries.PeriodView(
        period.site_id, period.month, period.state, period.totals, period.closed_by, period.closed_at,
        period.reopened_by, period.reason, period.version,
    )  # fmt: skip
    return done(view, version=period.version)
