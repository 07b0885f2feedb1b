"""What is free to be sold, over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from backbone.web import Asked, Response, filters_asked, lists, page_asked, paged
from materials import queries

router = APIRouter()


@router.get("/v1/surplus", **lists(queries.SurplusView, "sku", "site_id"))
async def list_surplus(ask: Asked) -> Response:
    """What runs have made beyond what is asked for, and is still free; filters `sku` and `site_id`."""
    after, limit = page_asked(ask)
    wanted = filters_asked(ask, "sku", "site_id")
    async with ask.read() as sql:
        rows = await queries.page_surplus(sql, now=ask.now, after=after, limit=limit, **wanted)
    return paged(ask, rows, limit)
