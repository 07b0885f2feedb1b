"""Orders as customers see them: how far each line is, later dates to take or leave, and changes to ask for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from fastapi import APIRouter

from backbone.errors import Invalid
from backbone.web import Ask, Asked, Response, shown_at
from backbone.web.forms import field, moment_of, value_of
from backbone.web.portal import may
from contracts.shapes import LineQuantity
from contracts.values import Quantity
from orders import commands, handlers, queries
from orders.domain.states import ENDED, PENDING
from orders.domain.wish import LineMoment
from orders.pages.portal import HOME, PORTAL, SUPPLIES, change_place, order_place

router = APIRouter()

PLACE: Final = f"{HOME}/orders/{{order_id}}"
QUANTITY: Final = "quantity "
MOMENT: Final = "moment "
# What a field had been filled in with, so that only what somebody changed is asked for.
WAS: Final = "was "


@router.get(PLACE, include_in_schema=False)
async def show_order_page(ask: Asked, order_id: str) -> Response:
    """An order with its lines, and what may be done about it now."""
    async with ask.read() as sql:
        order = await queries.find_order(sql, order_id, party=ask.party)
        titles = await queries.list_titles(
            sql, (sku for line in order.lines for each in line.instead for sku in each.skus)
        )
    open_lines = [line for line in order.lines if line.lifecycle not in ENDED | PENDING]
    return PORTAL.page(
        ask,
        "order.html",
        "Your order",
        order=order,
        titles=titles,
        supplies=SUPPLIES,
        ended=ENDED,
        late=[line for line in open_lines if line.supply == "late" and line.late_at is not None],
        leaves=all(line.fulfilment == "none" for line in order.lines),
        goods=[line for line in open_lines if line.kind == "good"],
        answers=order.state == "open" and may(ask, "answer_order_at_page"),
        changes=order.state == "open" and may(ask, "change_order_at_page"),
    )


@router.post(PLACE, include_in_schema=False)
async def answer_order_at_page(ask: Asked, order_id: str) -> Response:
    """Take later dates as the promise, or leave an order that comes later than it was promised."""
    form = await ask.form()
    if form.get("act") == "accept-dates":
        taken = commands.AcceptNewDates(order_id, ask.party)
        return await ask.act(
            handlers.accept_new_dates, taken, reply=lambda _: shown_at(order_place(order_id))
        )
    if form.get("act") == "cancel":
        left = commands.CancelOrder(order_id, field(form, "reason"), ask.party)
        return await ask.act(handlers.cancel_order, left, reply=lambda _: shown_at(order_place(order_id)))
    raise Invalid("later dates are taken or the order is left", [("/act", "accept-dates or cancel")])


@router.post(f"{PLACE}/changes", include_in_schema=False)
async def change_order_at_page(ask: Asked, order_id: str) -> Response:
    """Ask for other quantities and moments, or for the end of the order; the page of the change follows."""
    form = await ask.form()
    change_id = ask.new_id()
    if form.get("act") == "cancel":
        ending = commands.RequestCancellation(change_id, order_id, field(form, "reason"), ask.party)
        return await ask.act(
            handlers.request_cancellation,
            ending,
            reply=lambda change: shown_at(change_place(order_id, change.change_id)),
        )
    wished = _wished(ask, order_id, change_id, form)
    return await ask.act(
        handlers.request_amendment,
        wished,
        reply=lambda change: shown_at(change_place(order_id, change.change_id)),
    )


def _wished(ask: Ask, order_id: str, change_id: str, form: Mapping[str, str]) -> commands.RequestAmendment:
    """The fields that differ from what the page had filled in; raises `Invalid`."""
    changed = [name for name in form if f"{WAS}{name}" in form and form[name].strip() != form[f"{WAS}{name}"]]
    lines = tuple(
        LineQuantity(name.removeprefix(QUANTITY), value_of(form, name, Quantity))
        for name in changed
        if name.startswith(QUANTITY)
    )
    moments = tuple(
        LineMoment(name.removeprefix(MOMENT), datetime.fromisoformat(moment_of(form, name)))
        for name in changed
        if name.startswith(MOMENT)
    )
    return commands.RequestAmendment(change_id, order_id, lines, ask.party, moments)
