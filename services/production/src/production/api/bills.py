"""What an item is made of, and where it is used, over HTTP."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter

from backbone.web import Ask, Asked, Response, filter_asked, lists, page_asked, paged
from production import queries
from production.api.recipes import MOMENT
from production.domain.bill import BillLine
from production.domain.form import moment_said

router = APIRouter()


@router.get("/v1/bills/{sku}", **lists(BillLine, "site_id", at=MOMENT))
async def list_bill(ask: Asked, sku: str) -> Response:
    """What an item is made of through all levels, for one unit of it, depth first; of a `site_id`, in force `at`."""
    after, limit = page_asked(ask)
    site_id, at = filter_asked(ask, "site_id"), _at(ask)
    async with ask.read() as sql:
        rows = await queries.page_bill(sql, sku, site_id=site_id, at=at, after=after, limit=limit)
    return paged(ask, rows, limit)


@router.get("/v1/uses/{sku}", **lists(BillLine, "site_id", at=MOMENT))
async def list_uses(ask: Asked, sku: str) -> Response:
    """Where an item is used through all levels, and how much of it a unit there takes, depth first."""
    after, limit = page_asked(ask)
    site_id, at = filter_asked(ask, "site_id"), _at(ask)
    async with ask.read() as sql:
        rows = await queries.page_uses(sql, sku, site_id=site_id, at=at, after=after, limit=limit)
    return paged(ask, rows, limit)


def _at(ask: Ask) -> datetime:
    given = filter_asked(ask, "at")
    return ask.now if given is None else moment_said(given, "?at")
