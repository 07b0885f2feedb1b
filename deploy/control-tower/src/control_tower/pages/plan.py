"""The runs of the plant on their work centres."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from backbone.web import Asked
from control_tower.drawing.gantt import draw_gantt
from control_tower.pages.render import page
from control_tower.queries import plan

router: Final = APIRouter()

DAYS_USUAL: Final = 14
DAYS_MAX: Final = 120
PAST_SHARE: Final = 4


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
