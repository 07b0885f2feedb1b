"""Tickets and conversations over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from fastapi import APIRouter

from backbone.service import Reply
from backbone.web import (
    Ask,
    Asked,
    Response,
    acts,
    choice_asked,
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
from contracts.values import Money
from service_desk import commands, handlers, queries
from service_desk.api.forms import Taken
from service_desk.domain.conversation import Message
from service_desk.domain.form import MESSAGE_CHARS_MAX, named, said
from service_desk.domain.ticket import Ticket

router = APIRouter()


@dataclass(frozen=True, slots=True)
class TicketBody:
    """A question or a complaint, the most urgent with priority 1; `customer_id` is for staff."""

    kind: Literal["question", "complaint", "call"]
    subject: str
    priority: int = 3
    order_id: str | None = None
    customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class PriorityBody:
    """How urgent it is, from 1 (most) to 4."""

    priority: int


@dataclass(frozen=True, slots=True)
class ResolutionBody:
    """How it was answered, and what the client gets back."""

    how: str
    credit: Money | None = None


@dataclass(frozen=True, slots=True)
class CreditDecisionBody:
    """Whether a second person agrees to the credit that waits."""

    approved: bool


@dataclass(frozen=True, slots=True)
class MessageBody:
    """A message about an order, or beside all orders; `ticket_id` names what the desk answers by it."""

    text: str
    order_id: str | None = None
    customer_id: str | None = None
    ticket_id: str | None = None


@dataclass(frozen=True, slots=True)
class WrittenView:
    """The message and the conversation that it is in."""

    message_id: str
    conversation_id: str


LATE: Final = TicketBody("complaint", "Nobody came on Monday", 2, "an order")
URGENT: Final = PriorityBody(1)
AGREED: Final = CreditDecisionBody(approved=True)
SORRY: Final = ResolutionBody("we came on Tuesday", Money(5_000, "EUR"))
HELLO: Final = MessageBody("Which entrance should we use?", "an order")


def _ticket(ticket: Ticket) -> Reply:
    return done(Taken(ticket.ticket_id, ticket.state))


@router.post("/v1/tickets", **creates(Taken, body=TicketBody, example=LATE))
async def open_ticket(ask: Asked) -> Response:
    """Open a ticket; its clocks run on the desk's working hours."""
    body = await ask.body(TicketBody)
    command = commands.OpenTicket(
        ask.new_id(),
        named(ask.whose(body.customer_id, "/customer_id"), "/customer_id"),
        body.order_id,
        body.kind,
        body.priority,
        said(body.subject, "/subject"),
    )
    return await ask.act(
        handlers.open_ticket,
        command,
        reply=lambda ticket: created(
            f"/v1/tickets/{ticket.ticket_id}", Taken(ticket.ticket_id, ticket.state), version=1
        ),
    )


async def _reading(ask: Ask) -> queries.Reading:
    async with ask.read() as sql:
        return queries.Reading((await queries.find_agreement(sql)).hours, ask.now)


@router.get("/v1/tickets", **lists(queries.TicketView, *queries.TicketFilter.__dataclass_fields__, "credit"))
async def list_tickets(ask: Asked) -> Response:
    """Tickets, the oldest first, with their clocks; narrowed by state, kind, order_id.

    With `credit=waiting` it is those whose credit waits for a second person, whatever else is said; for staff alone.
    """
    after, limit = page_asked(ask)
    narrowed = queries.TicketFilter(**filters_asked(ask, *queries.TicketFilter.__dataclass_fields__))
    reading = await _reading(ask)
    waiting = choice_asked(ask, "credit", "waiting") is not None
    async with ask.read() as sql:
        if waiting:
            rows = await queries.page_credits(sql, party=ask.party, reading=reading, after=after, limit=limit)
        else:
            rows = await queries.page_tickets(
                sql, party=ask.party, wanted=narrowed, reading=reading, after=after, limit=limit
            )
    return paged(ask, rows, limit)


@router.get("/v1/tickets/{ticket_id}", **shows(queries.TicketView))
async def show_ticket(ask: Asked, ticket_id: str) -> Response:
    """A ticket with its clocks."""
    reading = await _reading(ask)
    async with ask.read() as sql:
        ticket = await queries.find_ticket(sql, ticket_id, party=ask.party, reading=reading)
    return found(ticket, version=ticket.version)


@router.post("/v1/tickets/{ticket_id}/priority", **acts(Taken, body=PriorityBody, example=URGENT))
async def change_priority(ask: Asked, ticket_id: str) -> Response:
    """Set another priority: new targets on the time already used."""
    body = await ask.body(PriorityBody)
    return await ask.act(
        handlers.change_priority, commands.ChangePriority(ticket_id, body.priority), reply=_ticket
    )


@router.post("/v1/tickets/{ticket_id}/waiting", **acts(Taken))
async def await_client(ask: Asked, ticket_id: str) -> Response:
    """Say that it is the client's turn: resolution pauses until they write."""
    return await ask.act(handlers.await_client, commands.AwaitClient(ticket_id), reply=_ticket)


@router.post("/v1/tickets/{ticket_id}/resolution", **acts(Taken, body=ResolutionBody, example=SORRY))
async def resolve_ticket(ask: Asked, ticket_id: str) -> Response:
    """Answer a ticket, with a credit if the client gets something back; above the limit a second person agrees."""
    body = await ask.body(ResolutionBody)
    command = commands.ResolveTicket(ticket_id, said(body.how, "/how"), body.credit, ask.principal.subject)
    return await ask.act(handlers.resolve_ticket, command, reply=_ticket)


@router.post(
    "/v1/tickets/{ticket_id}/credit-decision", **acts(Taken, body=CreditDecisionBody, example=AGREED)
)
async def decide_credit(ask: Asked, ticket_id: str) -> Response:
    """Agree as a second person to a credit above the limit, which answers the ticket; or do not."""
    body = await ask.body(CreditDecisionBody)
    command = commands.DecideCredit(ticket_id, body.approved, ask.principal.subject)
    return await ask.act(handlers.decide_credit, command, reply=_ticket)


@router.post("/v1/tickets/{ticket_id}/reopening", **acts(Taken))
async def reopen_ticket(ask: Asked, ticket_id: str) -> Response:
    """Say that it was no answer: the clock goes on where it stood."""
    command = commands.ReopenTicket(ticket_id, ask.party)
    return await ask.act(handlers.reopen_ticket, command, reply=_ticket)


@router.post("/v1/messages", **creates(WrittenView, body=MessageBody, example=HELLO))
async def write_message(ask: Asked) -> Response:
    """Write in the conversation about an order, or in the one beside all orders."""
    body = await ask.body(MessageBody)
    command = commands.WriteMessage(
        ask.new_id(),
        named(ask.whose(body.customer_id, "/customer_id"), "/customer_id"),
        body.order_id,
        said(body.text, "/text", MESSAGE_CHARS_MAX),
        body.ticket_id if ask.party is None else None,
        ask.principal.name,
        ask.party,
    )
    return await ask.act(handlers.write_message, command, reply=_written)


def _written(message: Message) -> Reply:
    view = WrittenView(message.message_id, message.conversation_id)
    return created(f"/v1/conversations/{message.conversation_id}", view)


@router.get("/v1/conversations", **lists(queries.ConversationView, "order_id"))
async def list_conversations(ask: Asked) -> Response:
    """Conversations by id; narrowed by order_id."""
    after, limit = page_asked(ask)
    order_id = filters_asked(ask, "order_id")["order_id"]
    async with ask.read() as sql:
        rows = await queries.page_conversations(
            sql, party=ask.party, order_id=order_id, after=after, limit=limit
        )
    return paged(ask, rows, limit)


@router.get("/v1/conversations/{conversation_id}", **shows(queries.ConversationView))
async def show_conversation(ask: Asked, conversation_id: str) -> Response:
    """A conversation."""
    async with ask.read() as sql:
        conversation = await queries.find_conversation(sql, conversation_id, party=ask.party)
    return found(conversation, version=conversation.version)


@router.get("/v1/conversations/{conversation_id}/messages", **lists(queries.MessageView))
async def list_messages(ask: Asked, conversation_id: str) -> Response:
    """The messages of a conversation, the oldest first."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        rows = await queries.page_messages(sql, conversation_id, party=ask.party, after=after, limit=limit)
    return paged(ask, rows, limit)
