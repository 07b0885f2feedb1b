"""Corrections of the books over HTTP: counts, who approves them, and moves that are reversed."""

from __future__ import annotations

from fastapi import APIRouter

from backbone.web import (
    Asked,
    Response,
    acts,
    created,
    creates,
    done,
    filters_asked,
    found,
    lists,
    page_asked,
    paged,
    shows,
)
from materials import commands, handlers, queries
from materials.api.forms import COUNTED, CountBody, Taken
from materials.domain.correcting import Counted

router = APIRouter()


@router.post("/v1/lots/{lot_id}/count", **creates(Taken, body=CountBody, example=COUNTED))
async def count_lot(ask: Asked, lot_id: str) -> Response:
    """Write down what was counted of a lot; where that differs from the books a second person has to approve it."""
    body = await ask.body(CountBody)
    counted = Counted(ask.new_id(), body.site_id, lot_id, body.quantity.micro, ask.principal.subject)
    return await ask.act(
        handlers.count_lot,
        commands.CountLot(counted),
        reply=lambda count: created(f"/v1/counts/{count.count_id}", Taken(count.count_id)),
    )


@router.get("/v1/counts", **lists(queries.CountView, "state", "site_id"))
async def list_counts(ask: Asked) -> Response:
    """Counts, the oldest first; filters `state` and `site_id`."""
    after, limit = page_asked(ask)
    wanted = filters_asked(ask, "state", "site_id")
    async with ask.read() as sql:
        return paged(ask, await queries.page_counts(sql, after=after, limit=limit, **wanted), limit)


@router.get("/v1/counts/{count_id}", **shows(queries.CountView))
async def show_count(ask: Asked, count_id: str) -> Response:
    """A count: what was counted, what the books said, who decided."""
    async with ask.read() as sql:
        return found(await queries.find_count(sql, count_id))


@router.post("/v1/counts/{count_id}/approval", **acts(Taken))
async def approve_count(ask: Asked, count_id: str) -> Response:
    """Put the books right by the difference that somebody else counted."""
    return await _decide(ask, count_id, approved=True)


@router.post("/v1/counts/{count_id}/rejection", **acts(Taken))
async def reject_count(ask: Asked, count_id: str) -> Response:
    """Leave the books as they are: what somebody else counted is not believed."""
    return await _decide(ask, count_id, approved=False)


async def _decide(ask: Asked, count_id: str, *, approved: bool) -> Response:
    return await ask.act(
        handlers.decide_count,
        commands.DecideCount(count_id, ask.principal.subject, approved),
        reply=lambda count: done(Taken(count.count_id)),
    )


@router.post("/v1/moves/{move_id}/reversal", **acts(Taken))
async def reverse_move(ask: Asked, move_id: str) -> Response:
    """Undo a move that a person booked; the ledger keeps both, and the reversal names what it reverses."""
    return await ask.act(
        handlers.reverse_move,
        commands.ReverseMove(move_id),
        reply=lambda _: done(Taken(move_id)),
    )
