"""What is not there yet, both ways: which orders wait for a component, and which components an order waits for."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from backbone.web import Asked
from control_tower.domain.missing import by_component, by_order
from control_tower.pages.render import page
from control_tower.queries import missing

router: Final = APIRouter()


@router.get("/shortages", include_in_schema=False)
async def show_shortages(ask: Asked) -> Response:
    """Open supplies by component, and the same by the orders that wait for them."""
    async with ask.read() as sql:
        found = await missing.list_missing(sql, ask.now)
    return page(
        ask,
        "shortages.html",
        components=by_component(found),
        orders=by_order(found),
        cut=len(found) >= missing.SUPPLIES_COUNT_MAX,
        most=missing.SUPPLIES_COUNT_MAX,
    )
