"""Work centres over HTTP as those see them who work there or plan for them: the queue of runs, load beside capacity."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from fastapi import APIRouter

from backbone.web import (
    Ask,
    Asked,
    Response,
    choice_asked,
    filter_asked,
    found,
    lists,
    one_of,
    page_asked,
    paged,
    shows,
    whole,
)
from production import queries
from production.api.recipes import MOMENT
from production.domain.form import moment_said
from production.domain.load import BUCKETS_COUNT_MAX, BUCKETS_COUNT_USUAL, DAYS_OF, Grain, begin_of

router = APIRouter()


@router.get("/v1/work-centres/{work_centre_id}/queue", **lists(queries.QueuedRun))
async def list_queue(ask: Asked, work_centre_id: str) -> Response:
    """The runs that wait at a work centre or are at work there, by their place in time, with what lies ready."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(
            ask, await queries.page_queue(sql, work_centre_id, now=ask.now, after=after, limit=limit), limit
        )


@router.get(
    "/v1/work-centres/{work_centre_id}/load",
    **shows(
        queries.LoadView, **{"from": MOMENT, "by": one_of(*DAYS_OF), "buckets": whole(BUCKETS_COUNT_MAX)}
    ),
)
async def show_load(ask: Asked, work_centre_id: str) -> Response:
    """Load beside capacity in so many `buckets`, `by` day or week, from that of `from` (today) on."""
    begin, grain, count = buckets_asked(ask)
    async with ask.read() as sql:
        return found(await queries.find_load(sql, work_centre_id, begin, grain, count))


def buckets_asked(ask: Ask) -> tuple[datetime, Grain, int]:
    """From when on load is asked for, by what it is summed, and in how many buckets."""
    first = filter_asked(ask, "from")
    grain = cast(Grain, choice_asked(ask, "by", *DAYS_OF) or "day")
    count = ask.number("buckets", usual=BUCKETS_COUNT_USUAL, maximum=BUCKETS_COUNT_MAX)
    return begin_of(ask.now if first is None else moment_said(first, "?from"), grain), grain, count
