"""Changes of promised orders as customers ask for them, see what they are answered, and decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import APIRouter

from backbone.service import Reply
from backbone.web import Asked, Response, acts, done, found, placed, shows
from contracts.orders import WantedLine
from contracts.shapes import LineQuantity
from contracts.values import Quantity
from orders import commands, handlers, queries
from orders.api.forms import ReasonBody, Taken
from orders.domain.change import Change
from orders.domain.wish import LineMoment

router = APIRouter()


@dataclass(frozen=True, slots=True)
class AddedLine:
    """A line that is new: so much of an offer's goods, by a moment."""

    line_id: str
    offer_id: str
    quantity: Quantity
    wanted_at: datetime


@dataclass(frozen=True, slots=True)
class AmendmentBody:
    """What is wanted of lines in all (none of it drops a line), which are wanted at another moment, which are new."""

    lines: tuple[LineQuantity, ...] = ()
    moments: tuple[LineMoment, ...] = ()
    added: tuple[AddedLine, ...] = ()


FEWER: Final = AmendmentBody((LineQuantity("1.1", Quantity(3)),))
NOT_NEEDED: Final = ReasonBody("the feast does not take place")


@router.post("/v1/orders/{order_id}/amendments", **acts(Taken, body=AmendmentBody, example=FEWER))
async def request_amendment(ask: Asked, order_id: str) -> Response:
    """Ask for less or more of lines, other moments, or lines that are new; the answer names the change."""
    body = await ask.body(AmendmentBody)
    added = tuple(
        WantedLine(
            placed(each.line_id, f"/added/{number}/line_id"),
            "",
            each.quantity,
            each.wanted_at,
            each.offer_id,
        )
        for number, each in enumerate(body.added)
    )
    command = commands.RequestAmendment(ask.new_id(), order_id, body.lines, ask.party, body.moments, added)
    return await ask.act(handlers.request_amendment, command, reply=_named)


@router.post(
    "/v1/orders/{order_id}/cancellation-requests", **acts(Taken, body=ReasonBody, example=NOT_NEEDED)
)
async def request_cancellation(ask: Asked, order_id: str) -> Response:
    """Ask whether a promised order may end, nothing of it delivered; the answer names the change."""
    body = await ask.body(ReasonBody)
    command = commands.RequestCancellation(ask.new_id(), order_id, body.reason, ask.party)
    return await ask.act(handlers.request_cancellation, command, reply=_named)


@router.get("/v1/orders/{order_id}/changes/{change_id}", **shows(queries.ChangeView))
async def show_change(ask: Asked, order_id: str, change_id: str) -> Response:
    """A change, what each owner has answered to it, and until when it may be committed."""
    async with ask.read() as sql:
        change = await queries.find_change(sql, order_id, change_id, party=ask.party)
    return found(change, version=change.version)


@router.post("/v1/orders/{order_id}/changes/{change_id}/commit", **acts(Taken))
async def commit_change(ask: Asked, order_id: str, change_id: str) -> Response:
    """Take a change that every owner keeps possible."""
    command = commands.DecideChange(order_id, change_id, committed=True, party=ask.party)
    return await ask.act(handlers.decide_change, command, reply=_named)


@router.post("/v1/orders/{order_id}/changes/{change_id}/withdraw", **acts(Taken))
async def withdraw_change(ask: Asked, order_id: str, change_id: str) -> Response:
    """Leave the order as it was."""
    command = commands.DecideChange(order_id, change_id, committed=False, party=ask.party)
    return await ask.act(handlers.decide_change, command, reply=_named)


def _named(change: Change) -> Reply:
    return done(Taken(change.change_id), version=1)
