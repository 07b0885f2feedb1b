"""What clients send back over HTTP: seen, and taken in by the warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from backbone.service import Reply
from backbone.web import Asked, Response, acts, done, filters_asked, found, lists, page_asked, paged, shows
from contracts.values import Quantity
from service_desk import commands, handlers, queries
from service_desk.api.forms import Taken
from service_desk.domain.form import PARTS_COUNT_MAX, counted, named
from service_desk.domain.returning import LotQuantity, Return

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ReceiptBody:
    """What has come, by the lots that were handed over."""

    lots: tuple[LotQuantity, ...]


BACK: Final = ReceiptBody((LotQuantity("a lot", Quantity(2)),))


@router.get("/v1/returns", **lists(queries.ReturnView, "order_id", "state"))
async def list_returns(ask: Asked) -> Response:
    """What clients may send back, the oldest first; narrowed by order_id and state (awaited, received)."""
    after, limit = page_asked(ask)
    wanted = filters_asked(ask, "order_id", "state")
    async with ask.read() as sql:
        rows = await queries.page_returns(
            sql,
            party=ask.party,
            order_id=wanted["order_id"],
            state=wanted["state"],
            after=after,
            limit=limit,
        )
    return paged(ask, rows, limit)


@router.get("/v1/returns/{return_id}", **shows(queries.ReturnView))
async def show_return(ask: Asked, return_id: str) -> Response:
    """What a client may send back, and what of it has come."""
    async with ask.read() as sql:
        one = await queries.find_return(sql, return_id, party=ask.party)
    return found(one, version=one.version)


@router.post("/v1/returns/{return_id}/receipt", **acts(Taken, body=ReceiptBody, example=BACK))
async def receive_return(ask: Asked, return_id: str) -> Response:
    """Take goods in that a client sends back: they lie at the site that had sent them, to be looked at."""
    body = await ask.body(ReceiptBody)
    counted(body.lots, "/lots", PARTS_COUNT_MAX)
    for number, lot in enumerate(body.lots):
        named(lot.lot_id, f"/lots/{number}/lot_id")
    return await ask.act(handlers.receive_return, commands.ReceiveReturn(return_id, body.lots), reply=_taken)


def _taken(one: Return) -> Reply:
    return done(Taken(one.return_id, one.state))
