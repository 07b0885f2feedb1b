"""Changes of orders as customers see them: what was answered, what it costs, and the two ways on."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from backbone.errors import Invalid
from backbone.web import Asked, Response, shown_at
from backbone.web.portal import may
from orders import commands, handlers, queries
from orders.domain.change import OWNERS
from orders.pages.portal import HOME, PORTAL, change_place, order_place

router = APIRouter()

PLACE: Final = f"{HOME}/orders/{{order_id}}/changes/{{change_id}}"


@router.get(PLACE, include_in_schema=False)
async def show_change_page(ask: Asked, order_id: str, change_id: str) -> Response:
    """A change, what is said to it, and until when it can be had."""
    async with ask.read() as sql:
        change = await queries.find_change(sql, order_id, change_id, party=ask.party)
        order = await queries.find_order(sql, order_id, party=ask.party)
        added = await queries.list_new_lines(sql, change.wanted)
    dates = {step.line_id: step.at for answer in change.answers for step in answer.steps}
    return PORTAL.page(
        ask,
        "change.html",
        "A change of your order",
        change=change,
        dates=dates,
        known={line.line_id: line for line in order.lines},
        titles={**added, **{line.line_id: line.title for line in order.lines}},
        order_place=order_place(order_id),
        awaited=len(OWNERS) - len(change.answers),
        answers=change.state == "offered" and may(ask, "decide_change_at_page"),
    )


@router.post(PLACE, include_in_schema=False)
async def decide_change_at_page(ask: Asked, order_id: str, change_id: str) -> Response:
    """Take the change, or leave the order as it was."""
    act = (await ask.form()).get("act", "")
    if act not in {"commit", "withdraw"}:
        raise Invalid("a change is taken or left", [("/act", "commit or withdraw")])
    command = commands.DecideChange(order_id, change_id, committed=act == "commit", party=ask.party)
    return await ask.act(
        handlers.decide_change, command, reply=lambda _: shown_at(change_place(order_id, change_id))
    )
