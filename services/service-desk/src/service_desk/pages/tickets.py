"""Tickets as clients see them: a question or a complaint, how it was answered, and whether that was an answer."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from backbone.errors import Invalid
from backbone.web import Asked, Response, shown_at
from backbone.web.portal import may
from service_desk import commands, handlers, queries
from service_desk.domain.form import said
from service_desk.pages.portal import HOME, PORTAL, ticket_place

router = APIRouter()

KINDS: Final = ("question", "complaint")
PRIORITY_USUAL: Final = 3


@router.post(f"{HOME}/tickets", include_in_schema=False)
async def open_ticket_at_page(ask: Asked) -> Response:
    """Ask or complain; the page of the ticket follows."""
    form = await ask.form()
    kind = form.get("kind", "")
    if kind not in KINDS:
        raise Invalid("say what it is", [("/kind", " or ".join(KINDS))])
    command = commands.OpenTicket(
        ask.new_id(),
        ask.whose(None, "/customer_id"),
        form.get("order_id") or None,
        "complaint" if kind == "complaint" else "question",
        PRIORITY_USUAL,
        said(form.get("subject", ""), "/subject"),
    )
    return await ask.act(
        handlers.open_ticket, command, reply=lambda ticket: shown_at(ticket_place(ticket.ticket_id))
    )


@router.get(f"{HOME}/tickets/{{ticket_id}}", include_in_schema=False)
async def show_ticket_page(ask: Asked, ticket_id: str) -> Response:
    """A ticket and how it stands."""
    async with ask.read() as sql:
        reading = queries.Reading((await queries.find_agreement(sql)).hours, ask.now)
        ticket = await queries.find_ticket(sql, ticket_id, party=ask.party, reading=reading)
    reopens = may(ask, "reopen_ticket_at_page") and ticket.state == "resolved"
    return PORTAL.page(ask, "ticket.html", ticket.subject, ticket=ticket, reopens=reopens)


@router.post(f"{HOME}/tickets/{{ticket_id}}", include_in_schema=False)
async def reopen_ticket_at_page(ask: Asked, ticket_id: str) -> Response:
    """Say that it was no answer."""
    command = commands.ReopenTicket(ticket_id, ask.party)
    return await ask.act(handlers.reopen_ticket, command, reply=lambda _: shown_at(ticket_place(ticket_id)))
