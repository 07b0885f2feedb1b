"""What an hour at a work centre costs, over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter

from backbone.web import Asked, Response, acts, created, creates, done, lists, page_asked, paged
from contracts.values import Quantity
from production import commands, handlers, queries
from production.api.forms import Nothing
from production.domain.form import moment, numbered
from production.domain.rates import DatedRates

router = APIRouter()


@dataclass(frozen=True, slots=True)
class RatesBody:
    """What an hour costs in minor units, overhead as a part of both, from a moment on (now, where none is said)."""

    labour_rate_minor: int
    machine_rate_minor: int
    overhead_rate: Quantity
    holds_from: datetime | None = None


RISEN: Final = RatesBody(4_000, 9_800, Quantity("0.12"), datetime(2026, 4, 1, tzinfo=UTC))


@router.post("/v1/work-centres/{work_centre_id}/rates", **creates(DatedRates, body=RatesBody, example=RISEN))
async def set_rates(ask: Asked, work_centre_id: str) -> Response:
    """Say what an hour costs from a moment on: work that is reported from then on costs that, what was before stays."""
    body = await ask.body(RatesBody)
    since = None if body.holds_from is None else moment(body.holds_from, "/holds_from")
    command = commands.SetRates(
        work_centre_id, body.labour_rate_minor, body.machine_rate_minor, body.overhead_rate, since,
        ask.principal.subject,
    )  # fmt: skip
    return await ask.act(
        handlers.set_rates,
        command,
        reply=lambda kept: created(f"/v1/work-centres/{work_centre_id}/rates", kept),
    )


@router.get("/v1/work-centres/{work_centre_id}/rates", **lists(queries.RatesView))
async def list_rates(ask: Asked, work_centre_id: str) -> Response:
    """What an hour of a work centre costs, has cost and is to cost, the latest moment in front."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        rows = await queries.page_rates(sql, work_centre_id, now=ask.now, after=after, limit=limit)
    return paged(ask, rows, limit)


@router.post(
    "/v1/work-centres/{work_centre_id}/rates/{rate_no}/withdrawal",
    **acts(DatedRates, body=Nothing, example=Nothing()),
)
async def withdraw_rates(ask: Asked, work_centre_id: str, rate_no: str) -> Response:
    """Take back rates that do not hold yet."""
    await ask.body(Nothing)
    return await ask.act(
        handlers.withdraw_rates,
        commands.WithdrawRates(work_centre_id, numbered(rate_no), ask.principal.subject),
        reply=done,
    )
