"""Downtime and effectiveness of work centres over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from fastapi import APIRouter

from backbone.web import (
    Asked,
    Response,
    acts,
    created,
    creates,
    done,
    filter_asked,
    found,
    lists,
    page_asked,
    paged,
    shows,
)
from production import commands, handlers, queries
from production.api.forms import Nothing
from production.api.recipes import MOMENT
from production.domain.downtime import DOWNTIME_SPAN_MAX, Downtime, DowntimeKind, Effectiveness
from production.domain.form import moment, moment_said, one_of, said, span
from production.domain.plant import MACHINES_COUNT_MAX

router = APIRouter()
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DowntimeBody:
    """A machine (numbered from 1) stands still: planned, or recorded as it happened."""

    machine_no: int
    kind: DowntimeKind
    reason: str
    starts_at: datetime
    ends_at: datetime


LINING: Final = DowntimeBody(
    1, "planned", "new lining", datetime(2026, 3, 9, 6, tzinfo=UTC), datetime(2026, 3, 9, 14, tzinfo=UTC)
)


@router.post(
    "/v1/work-centres/{work_centre_id}/downtimes", **creates(Downtime, body=DowntimeBody, example=LINING)
)
async def tell_downtime(ask: Asked, work_centre_id: str) -> Response:
    """Say when a machine stands or stood still, and why; no run gets its place in that time from now on."""
    body = await ask.body(DowntimeBody)
    downtime = Downtime(
        "", work_centre_id, one_of(body.machine_no, "/machine_no", MACHINES_COUNT_MAX), body.kind,
        said(body.reason, "/reason"),
        moment(body.starts_at, "/starts_at"), moment(body.ends_at, "/ends_at"), ask.principal.subject,
    )  # fmt: skip
    return await ask.act(
        handlers.tell_downtime,
        commands.TellDowntime(downtime),
        reply=lambda told: created(f"/v1/work-centres/{work_centre_id}/downtimes", told),
    )


@router.post(
    "/v1/work-centres/{work_centre_id}/downtimes/{downtime_id}/withdrawal",
    **acts(Downtime, body=Nothing, example=Nothing()),
)
async def withdraw_downtime(ask: Asked, work_centre_id: str, downtime_id: str) -> Response:
    """A machine does not stand still then, or did not; what is planned and under way ends now."""
    await ask.body(Nothing)
    return await ask.act(
        handlers.withdraw_downtime,
        commands.WithdrawDowntime(work_centre_id, downtime_id, ask.principal.subject),
        reply=done,
    )


@router.get("/v1/work-centres/{work_centre_id}/downtimes", **lists(Downtime, ends_after=MOMENT))
async def list_downtimes(ask: Asked, work_centre_id: str) -> Response:
    """When the machines of a work centre stand or stood still, the first told in front; filter `ends_after`."""
    after, limit = page_asked(ask)
    asked = filter_asked(ask, "ends_after")
    ends_after = None if asked is None else moment_said(asked, "?ends_after")
    async with ask.read() as sql:
        rows = await queries.page_downtimes(
            sql, work_centre_id, ends_after=ends_after, after=after, limit=limit
        )
    return paged(ask, rows, limit)


@router.get(
    "/v1/work-centres/{work_centre_id}/effectiveness",
    **shows(Effectiveness, **{"from": MOMENT, "to": MOMENT}),
)
async def show_effectiveness(ask: Asked, work_centre_id: str) -> Response:
    """OEE of a work centre between `from` and `to` (the last seven days), with the downtimes and runs behind it."""
    last, first = filter_asked(ask, "to"), filter_asked(ask, "from")
    end = ask.now if last is None else moment_said(last, "?to")
    begin = end - WEEK if first is None else moment_said(first, "?from")
    span(begin, end, "?to", DOWNTIME_SPAN_MAX)
    async with ask.read() as sql:
        return found(await queries.find_effectiveness(sql, work_centre_id, begin, end))
