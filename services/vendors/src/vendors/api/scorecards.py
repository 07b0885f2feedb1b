"""Scorecards over HTTP: a vendor's figures, and the events behind each of them."""

from __future__ import annotations

from fastapi import APIRouter

from backbone.web import Asked, Response, found, listed, lists, shows
from vendors import queries

router = APIRouter()


@router.get("/v1/vendors/{vendor_id}/scorecard", **shows(queries.ScoreView))
async def show_scorecard(ask: Asked, vendor_id: str) -> Response:
    """A vendor's figures as of now, and as they were told week by week."""
    async with ask.read() as sql:
        card = await queries.find_scorecard(sql, vendor_id, party=ask.party, until=ask.now)
    return found(card)


@router.get("/v1/vendors/{vendor_id}/scorecard/{figure}", **lists(queries.FigureRow, most=0))
async def list_figure_rows(ask: Asked, vendor_id: str, figure: str) -> Response:
    """The lines and events behind a figure: otif, requested, quality, price, response, lead."""
    async with ask.read() as sql:
        rows = await queries.list_figure_rows(sql, vendor_id, figure, party=ask.party, until=ask.now)
    return listed(rows)
