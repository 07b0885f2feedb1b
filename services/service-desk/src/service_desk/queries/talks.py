"""Tickets and conversations as clients and agents see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.values import Money
from service_desk.domain.credit import Proposal
from service_desk.domain.hours import Hours
from service_desk.domain.sla import Clock
from service_desk.queries.ends import End, page_from_either_end

Page = list[tuple[str, Any]]

TICKETS: Final = """
    SELECT ticket_id, order_id, visit_id, customer_id, kind, priority, subject, opened_at, state,
           CAST(first_response AS text) AS first_response, CAST(resolution AS text) AS resolution, answer_by_at,
           solve_by_at, how, credit_minor, currency, escalated, version,
           CASE WHEN CAST(:party AS text) IS NULL THEN CAST(proposal AS text) END AS proposal, (
               SELECT CAST(coalesce(jsonb_agg(pause ORDER BY paused_at), '[]') AS text) FROM (
                   SELECT paused_at, resumed_at, reason FROM sla_pauses AS known
                   WHERE known.ticket_id = tickets.ticket_id ORDER BY paused_at DESC LIMIT 50
               ) AS pause) AS pauses
    FROM tickets WHERE (CAST(:party AS text) IS NULL OR customer_id = :party)
"""
FIND_TICKET: Final = text(TICKETS + "AND ticket_id = :ticket_id")
PAGE_TICKETS: Final = page_from_either_end(
    TICKETS
    + """
    AND (CAST(:state AS text) IS NULL OR state = :state)
    AND (CAST(:kind AS text) IS NULL OR kind = :kind)
    AND (CAST(:order_id AS text) IS NULL OR order_id = :order_id)
    """,
    "ticket_id",
)
# A condition of its own, so that the few that wait are found by their index.
PAGE_CREDITS: Final = text(
    TICKETS + "AND CAST(:party AS text) IS NULL AND proposal IS NOT NULL AND ticket_id > :after "
    "ORDER BY ticket_id LIMIT :limit"
)
CONVERSATIONS: Final = """
    SELECT conversation_id, customer_id, order_id, version,
           (SELECT max(written_at) FROM messages WHERE messages.conversation_id = conversations.conversation_id)
           AS written_at
    FROM conversations WHERE (CAST(:party AS text) IS NULL OR customer_id = :party)
"""
FIND_CONVERSATION: Final = text(CONVERSATIONS + "AND conversation_id = :conversation_id")
PAGE_CONVERSATIONS: Final = page_from_either_end(
    CONVERSATIONS + "AND (CAST(:order_id AS text) IS NULL OR order_id = :order_id)", "conversation_id"
)
PAGE_MESSAGES: Final = text(
    """
    SELECT message_id, side, author, text, written_at FROM messages
    WHERE conversation_id = :conversation_id AND message_id > :after ORDER BY message_id LIMIT :limit
    """
)
# Beside all orders a customer has one conversation, too.
FIND_TALK: Final = text(
    CONVERSATIONS + "AND customer_id = :customer_id AND order_id IS NOT DISTINCT FROM CAST(:order_id AS text)"
)
ORDERED_BY: Final = text("SELECT 1 FROM orders WHERE order_id = :order_id AND customer_id = :customer_id")
NEWEST_MESSAGES: Final = text(
    """
    SELECT message_id, side, author, text, written_at FROM messages
    WHERE conversation_id = :conversation_id ORDER BY message_id DESC LIMIT :most
    """
)

_clock: Reads[Clock] = reader(Clock)


@dataclass(frozen=True, slots=True)
class ClockView:
    """A clock in minutes of working time: what it gives, what is used until now, and when it breaks if it runs on.

    `stood_at` is when it last began to stand.
    """

    target_minutes: int
    used_minutes: int
    running: bool
    broken: bool
    breaks_at: datetime | None
    stood_at: datetime | None


@dataclass(frozen=True, slots=True)
class PauseView:
    """A time in which the resolution did not count, and the state that it began with; null while it stands."""

    paused_at: datetime
    resumed_at: datetime | None
    reason: str


_proposal: Reads[Proposal] = reader(Proposal)
_pauses: Reads[tuple[PauseView, ...]] = reader(tuple[PauseView, ...])


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket with its clocks, and the newest 50 pauses of its resolution in their order.

    A credit that waits for a second person is for staff alone.
    """

    ticket_id: str
    order_id: str | None
    visit_id: str | None
    customer_id: str
    kind: str
    priority: int
    subject: str
    opened_at: datetime
    state: str
    first_response: ClockView
    resolution: ClockView
    how: str | None
    credit: Money | None
    proposal: Proposal | None
    escalated: bool
    version: int
    pauses: tuple[PauseView, ...]


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation and when it was last written in."""

    conversation_id: str
    customer_id: str
    order_id: str | None
    written_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message; who of the desk wrote it is for staff alone."""

    message_id: str
    side: str
    author: str | None
    text: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets are asked for; what is None does not narrow."""

    state: str | None = None
    kind: str | None = None
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What clocks are read by: the desk's hours, and now."""

    hours: Hours
    now: datetime


async def page_tickets(
    sql: AsyncConnection,
    *,
    party: str | None,
    wanted: TicketFilter,
    reading: Reading,
    after: str,
    limit: int,
    first: End = "oldest",
) -> Page:
    """A page of tickets: (key, view) pairs after a key."""
    asked = {name: getattr(wanted, name) for name in TicketFilter.__dataclass_fields__}
    rows = await sql.execute(PAGE_TICKETS[first], {"party": party, "after": after, "limit": limit, **asked})
    return [(row.ticket_id, _ticket(row, reading)) for row in rows]


async def page_credits(
    sql: AsyncConnection, *, party: str | None, reading: Reading, after: str, limit: int
) -> Page:
    """A page of tickets whose credit waits for a second person, the oldest first; of that no party hears."""
    rows = await sql.execute(PAGE_CREDITS, {"party": party, "after": after, "limit": limit})
    return [(row.ticket_id, _ticket(row, reading)) for row in rows]


async def find_ticket(
    sql: AsyncConnection, ticket_id: str, *, party: str | None, reading: Reading
) -> TicketView:
    """A ticket; raises `NotFound` when it is not there or another customer's."""
    row = (await sql.execute(FIND_TICKET, {"party": party, "ticket_id": ticket_id})).one_or_none()
    if row is None:
        raise NotFound(f"no ticket {ticket_id}")
    return _ticket(row, reading)


async def page_conversations(
    sql: AsyncConnection,
    *,
    party: str | None,
    order_id: str | None,
    after: str,
    limit: int,
    first: End = "oldest",
) -> Page:
    """A page of conversations: (key, view) pairs after a key."""
    asked = {"party": party, "order_id": order_id, "after": after, "limit": limit}
    rows = await sql.execute(PAGE_CONVERSATIONS[first], asked)
    return [(row.conversation_id, _conversation(row)) for row in rows]


async def find_conversation(
    sql: AsyncConnection, conversation_id: str, *, party: str | None
) -> ConversationView:
    """A conversation; raises `NotFound` when it is not there or another customer's."""
    asked = {"party": party, "conversation_id": conversation_id}
    row = (await sql.execute(FIND_CONVERSATION, asked)).one_or_none()
    if row is None:
        raise NotFound(f"no conversation {conversation_id}")
    return _conversation(row)


async def page_messages(
    sql: AsyncConnection, conversation_id: str, *, party: str | None, after: str, limit: int
) -> Page:
    """A page of a conversation's messages, the oldest first; raises `NotFound`."""
    await find_conversation(sql, conversation_id, party=party)
    asked = {"conversation_id": conversation_id, "after": after, "limit": limit}
    return [(row.message_id, _message(row, party is None)) for row in await sql.execute(PAGE_MESSAGES, asked)]


async def find_talk(sql: AsyncConnection, customer_id: str, order_id: str | None) -> ConversationView | None:
    """A customer's conversation about an order, or the one beside all orders; None while nothing was written.

    Raises `NotFound` for an order that is not there or another customer's.
    """
    if order_id is not None:
        known = await sql.execute(ORDERED_BY, {"order_id": order_id, "customer_id": customer_id})
        if known.one_or_none() is None:
            raise NotFound(f"no order {order_id}")
    asked = {"party": customer_id, "customer_id": customer_id, "order_id": order_id}
    row = (await sql.execute(FIND_TALK, asked)).one_or_none()
    return None if row is None else _conversation(row)


async def list_newest_messages(sql: AsyncConnection, conversation_id: str, *, most: int) -> list[MessageView]:
    """The last messages of a conversation as the client sees them, the oldest of them first."""
    rows = await sql.execute(NEWEST_MESSAGES, {"conversation_id": conversation_id, "most": most})
    return [_message(row, False) for row in rows][::-1]


def _conversation(row: Any) -> ConversationView:
    return ConversationView(row.conversation_id, row.customer_id, row.order_id, row.written_at, row.version)


def _message(row: Any, staff: bool) -> MessageView:
    author = row.author if staff or row.side == "client" else None
    return MessageView(row.message_id, row.side, author, row.text, row.written_at)


def _ticket(row: Any, reading: Reading) -> TicketView:
    return TicketView(
        row.ticket_id,
        row.order_id,
        row.visit_id,
        row.customer_id,
        row.kind,
        row.priority,
        row.subject,
        row.opened_at,
        row.state,
        _read(_clock(row.first_response), reading),
        _read(_clock(row.resolution), reading),
        row.how,
        None if row.credit_minor is None else Money(row.credit_minor, row.currency),
        None if row.proposal is None else _proposal(row.proposal),
        row.escalated,
        row.version,
        _pauses(row.pauses),
    )


def _read(clock: Clock, reading: Reading) -> ClockView:
    return ClockView(
        _minutes(clock.target),
        _minutes(clock.used_at(reading.hours, reading.now)),
        clock.since is not None,
        clock.broken,
        clock.target_at(reading.hours),
        clock.stood_at,
    )


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
