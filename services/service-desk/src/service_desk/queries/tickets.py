"""Tickets as clients and agents see them."""

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
