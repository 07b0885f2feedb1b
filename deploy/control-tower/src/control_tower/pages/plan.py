"""What the plan asks people to do, and the runs of the plant on their work centres."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, get_args

from fastapi import APIRouter
from starlette.responses import Response

from backbone.web import Asked
from contracts.shapes import ActionKind
from control_tower.domain.missing import by_component
from control_tower.drawing.gantt import draw_gantt
from control_tower.pages.render import page
from control_tower.queries import missing, plan

router: Final = APIRouter()

KINDS: Final[tuple[str, ...]] = get_args(ActionKind)
DAYS_USUAL: Final = 14
DAYS_MAX: Final = 120
PAST_SHARE: Final = 4


@router.get("/messages", include_in_schema=False)
async def show_messages(ask: Asked) -> Response:
    """Open action messages and what is missing: which item, how much, by when, and the orders that wait for it."""
    kind = ask.request.query_params.get("kind") or None
    async with ask.read() as sql:
        messages = await plan.list_messages(sql, kind)
        components = by_component(await missing.list_missing(sql, ask.now))
    return page(ask, "messages.html", messages=messages, kind=kind, kinds=KINDS, components=components)


@router.get("/runs", include_in_schema=False)
async def show_runs(ask: Asked) -> Response:
    """Runs on their work centres: a lane each, with a line for now and marks where they are needed."""
    days = ask.number("days", usual=DAYS_USUAL, maximum=DAYS_MAX)
    since = ask.now - timedelta(days=days) / PAST_SHARE
    until = since + timedelta(days=days)
    async with ask.read() as sql:
        operations = await plan.list_operations(sql, since, until)
    drawn = draw_gantt(operations, since, until, ask.now)
    return page(ask, "runs.html", drawn=drawn, operations=operations, days=days)
