"""Orders as customers see them and decide about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from backbone.web import Asked, Response, acts, done, filter_asked, found, lists, page_asked, paged, shows
from contracts.values import Quantity
from orders import commands, handlers, queries
from orders.api.forms import ReasonBody, Taken, ordered

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ReturnBody:
    """How much of a line may be sent back, and why."""

    quantity: Quantity
    reason: str


SCRATCHED: Final = ReturnBody(Quantity(2), "scratched under the varnish")
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


@router.post(
    "/v1/orders/{order_id}/lines/{line_id}/returns", **acts(Taken, body=ReturnBody, example=SCRATCHED)
)
async def authorise_return(ask: Asked, order_id: str, line_id: str) -> Response:
    """Let the client send goods back that were accepted; the answer names the return under which they are taken in."""
    body = await ask.body(ReturnBody)
    return_id = ask.new_id()
    command = commands.AuthoriseReturn(return_id, order_id, line_id, body.quantity, body.reason)
    return await ask.act(handlers.authorise_return, command, reply=lambda _: done(Taken(return_id)))
