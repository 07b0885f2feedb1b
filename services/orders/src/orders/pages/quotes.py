"""Quotes as customers see them: what is offered by when at which price, taken or left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter

from backbone.errors import Invalid
from backbone.web import Asked, Response, shown_at
from backbone.web.portal import cut, may
from orders import commands, handlers, queries
from orders.pages.portal import HOME, PORTAL, quote_place

router = APIRouter()

ROWS_COUNT: Final = 50
# A form that names more was not made by a page: what is offered together is less than that.
ALSO_COUNT_MAX: Final = 10


@router.get(HOME, include_in_schema=False)
async def show_portal(ask: Asked) -> Response:
    """Quotes that wait for an answer, whose time ends first in front, and orders, the newest first."""
    asked = ask.request.query_params
    after, quotes_after = asked.get("after", ""), asked.get("quotes_after", "")
    async with ask.read() as sql:
        waiting = await queries.page_waiting_quotes(
            sql, party=ask.party, after=quotes_after, limit=ROWS_COUNT
        )
        placed = await queries.page_newest_orders(sql, party=ask.party, after=after, limit=ROWS_COUNT)
    quotes, more_quotes = cut(waiting, ROWS_COUNT)
    orders, more_orders = cut(placed, ROWS_COUNT)
    return PORTAL.page(
        ask,
        "portal.html",
        "Your quotes and orders",
        quotes=quotes,
        more_quotes=more_quotes,
        orders=orders,
        more_orders=more_orders,
    )


@router.get(f"{HOME}/quotes/{{quote_id}}", include_in_schema=False)
async def show_quote_page(ask: Asked, quote_id: str) -> Response:
    """A quote with its lines, and the two answers that it waits for."""
    async with ask.read() as sql:
        quote = await queries.find_quote(sql, quote_id, party=ask.party)
        titles = await queries.list_titles(sql, quote.stand_ins)
    answers = may(ask, "answer_quote_at_page") and (quote.state in {"sent", "expired"} or quote.refused)
    return PORTAL.page(ask, "quote.html", "Your quote", quote=quote, titles=titles, answers=answers)


@router.post(f"{HOME}/quotes/{{quote_id}}", include_in_schema=False)
async def answer_quote_at_page(ask: Asked, quote_id: str) -> Response:
    """Take the quote, leave it, or let a substitute stand in to have it sooner."""
    form = await ask.form()
    act = form.get("act", "")
    if act == "accept":
        accepted = commands.AcceptQuote(quote_id, ask.new_id(), ask.party)
        return await ask.act(handlers.accept_quote, accepted, reply=lambda _: shown_at(quote_place(quote_id)))
    if act == "decline":
        declined = commands.DeclineQuote(quote_id, ask.party)
        return await ask.act(
            handlers.decline_quote, declined, reply=lambda _: shown_at(quote_place(quote_id))
        )
    if act == "substitute":
        taken = commands.TakeSubstitute(quote_id, _names(form), ask.principal.subject, ask.party)
        return await ask.act(handlers.take_substitute, taken, reply=lambda _: shown_at(quote_place(quote_id)))
    raise Invalid("a quote is taken, left or asked for sooner", [("/act", "accept, decline or substitute")])


def _names(form: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Each item that a button names, with what stands in for it."""
    fields = [
        ("sku", "substitute"),
        *((f"sku_{no}", f"substitute_{no}") for no in range(1, ALSO_COUNT_MAX + 1)),
    ]
    return tuple((form.get(sku, ""), form.get(other, "")) for sku, other in fields if sku in form)
