"""Conversations as clients see them: what was written about an order, and what they write."""

from __future__ import annotations

from fastapi import APIRouter

from backbone.web import Ask, Asked, Response, shown_at
from backbone.web.portal import may
from service_desk import commands, handlers, queries
from service_desk.domain.form import MESSAGE_CHARS_MAX, said
from service_desk.pages.portal import HOME, PORTAL, talk_place

router = APIRouter()

MESSAGES_COUNT_MAX = 200


@router.get(f"{HOME}/messages", include_in_schema=False)
async def show_talk_page(ask: Asked) -> Response:
    """The conversation beside all orders."""
    return await _shown(ask, None)


@router.get(f"{HOME}/orders/{{order_id}}/messages", include_in_schema=False)
async def show_order_talk_page(ask: Asked, order_id: str) -> Response:
    """The conversation about an order."""
    return await _shown(ask, order_id)


@router.post(f"{HOME}/messages", include_in_schema=False)
async def write_at_page(ask: Asked) -> Response:
    """Write beside all orders."""
    return await _written(ask, None)


@router.post(f"{HOME}/orders/{{order_id}}/messages", include_in_schema=False)
async def write_about_order_at_page(ask: Asked, order_id: str) -> Response:
    """Write about an order."""
    return await _written(ask, order_id)


async def _shown(ask: Ask, order_id: str | None) -> Response:
    customer = ask.whose(None, "/customer_id")
    async with ask.read() as sql:
        found = await queries.find_talk(sql, customer, order_id)
        messages = (
            await queries.list_newest_messages(sql, found.conversation_id, most=MESSAGES_COUNT_MAX)
            if found
            else []
        )
    return PORTAL.page(
        ask,
        "talk.html",
        "Your messages",
        order_id=order_id,
        messages=messages,
        chars_max=MESSAGE_CHARS_MAX,
        writes=may(ask, "write_at_page"),
    )


async def _written(ask: Ask, order_id: str | None) -> Response:
    form = await ask.form()
    text = said(form.get("text", ""), "/text", MESSAGE_CHARS_MAX)
    customer = ask.whose(None, "/customer_id")
    command = commands.WriteMessage(
        ask.new_id(), customer, order_id, text, None, ask.principal.name, ask.party
    )
    return await ask.act(handlers.write_message, command, reply=lambda _: shown_at(talk_place(order_id)))
