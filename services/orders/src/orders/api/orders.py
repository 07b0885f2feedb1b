"""Orders as customers see them and decide about them."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from backbone.web import Asked, Response, acts, filter_asked, found, lists, page_asked, paged, shows
from orders import commands, handlers, queries
from orders.api.forms import ReasonBody, Taken, ordered

router = APIRouter()

UNREACHABLE: Final = ReasonBody("nobody was there three times")
LATE: Final = ReasonBody("it would come after the feast")


@router.get("/v1/orders", **lists(queries.OrderView, "state"))
async def list_orders(ask: Asked) -> Response:
    """Orders, the oldest first."""
    after, limit = page_asked(ask)
    state = filter_asked(ask, "state")
    async with ask.read() as sql:
        page = await queries.page_orders(sql, party=ask.party, state=state, after=after, limit=limit)
    return paged(ask, page, limit)


@router.get("/v1/orders/{order_id}", **shows(queries.OrderView))
async def show_order(ask: Asked, order_id: str) -> Response:
    """An order with its lines on all their axes."""
    async with ask.read() as sql:
        order = await queries.find_order(sql, order_id, party=ask.party)
    return found(order, version=order.version)


@router.post("/v1/orders/{order_id}/accept-dates", **acts(Taken))
async def accept_new_dates(ask: Asked, order_id: str) -> Response:
    """Take the later dates of an order at risk as its promise."""
    command = commands.AcceptNewDates(order_id, ask.party)
    return await ask.act(handlers.accept_new_dates, command, reply=ordered)


@router.post("/v1/orders/{order_id}/cancel", **acts(Taken, body=ReasonBody, example=LATE))
async def cancel_order(ask: Asked, order_id: str) -> Response:
    """Leave an order that comes later than it was promised, free of charge."""
    body = await ask.body(ReasonBody)
    command = commands.CancelOrder(order_id, body.reason, ask.party)
    return await ask.act(handlers.cancel_order, command, reply=ordered)


@router.post(
    "/v1/orders/{order_id}/lines/{line_id}/short-close", **acts(Taken, body=ReasonBody, example=UNREACHABLE)
)
async def short_close_line(ask: Asked, order_id: str, line_id: str) -> Response:
    """Close a line of which no more will be delivered; what was accepted of it stays, and is what it costs."""
    body = await ask.body(ReasonBody)
    command = commands.ShortCloseLine(order_id, line_id, body.reason)
    return await ask.act(handlers.short_close_line, command, reply=ordered)
