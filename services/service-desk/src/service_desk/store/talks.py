"""Tickets, conversations and messages in their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import Reads, reader
from backbone.rows import Rows
from backbone.service import Tx
from contracts.topics import CONVERSATION, TICKET
from contracts.values import Money
from service_desk import tables
from service_desk.domain.conversation import Conversation, Message
from service_desk.domain.credit import Proposal
from service_desk.domain.hours import Hours
from service_desk.domain.sla import Clock
from service_desk.domain.ticket import Ticket
from service_desk.domain.visit import Visit
from service_desk.store.rows import add_or_save

TICKETS: Final = Rows(
    tables.tickets,
    changing=("priority", "state", "first_response", "resolution", "answer_by_at", "solve_by_at", "how",
              "credit_minor", "currency", "proposal", "escalated", "told"),
)  # fmt: skip
LOCK_WAITING: Final = TICKETS.where(
    """
    state = 'waiting-client' AND customer_id = :customer_id AND order_id IS NOT DISTINCT FROM :order_id
    ORDER BY ticket_id FOR UPDATE
    """
)
LOCK_OPEN: Final = TICKETS.where("state <> 'resolved' ORDER BY ticket_id FOR UPDATE")
LOCK_CALLS: Final = TICKETS.where(
    """
    order_id = ANY(:order_ids) AND visit_id = ANY(:visit_ids) AND kind = 'call' AND state <> 'resolved'
    ORDER BY ticket_id FOR UPDATE
    """
)
# A pause begins with the clock that stands and ends with the one that runs; a moment later it is the same pause.
ADD_PAUSES: Final = text(
    """
    INSERT INTO sla_pauses (ticket_id, paused_at, reason)
    SELECT * FROM unnest(CAST(:ticket_id AS text[]), CAST(:paused_at AS timestamptz[]), CAST(:reason AS text[]))
    ON CONFLICT (ticket_id, paused_at) DO UPDATE SET resumed_at = NULL
    """
)
END_PAUSES: Final = text(
    """
    UPDATE sla_pauses SET resumed_at = running.since
    FROM unnest(CAST(:ticket_id AS text[]), CAST(:since AS timestamptz[])) AS running(ticket_id, since)
    WHERE sla_pauses.ticket_id = running.ticket_id AND resumed_at IS NULL
    """
)
CONVERSATIONS: Final = Rows(tables.conversations, changing=("told",))
MESSAGES: Final = Rows(tables.messages)
LOAD_ORDER: Final = text("SELECT customer_id, need_id FROM orders WHERE order_id = :order_id")

_clock: Reads[Clock] = reader(Clock)
_proposal: Reads[Proposal] = reader(Proposal)


async def lock_tickets(tx: Tx, ticket_ids: Iterable[str]) -> dict[str, Ticket]:
    """The tickets of these ids that are here, locked in key order."""
    rows = (await tx.sql.execute(TICKETS.lock, {"keys": sorted(set(ticket_ids))})).all()
    return _locked(tx, rows)


async def lock_waiting_tickets(tx: Tx, customer_id: str, order_id: str | None) -> dict[str, Ticket]:
    """The tickets of an order (or of no order) that wait for this client, locked in key order."""
    asked = {"customer_id": customer_id, "order_id": order_id}
    return _locked(tx, (await tx.sql.execute(LOCK_WAITING, asked)).all())


async def lock_open_tickets(tx: Tx) -> dict[str, Ticket]:
    """The tickets whose clocks run or may run again without being reopened, locked in key order."""
    return _locked(tx, (await tx.sql.execute(LOCK_OPEN)).all())


async def lock_calls(tx: Tx, visits: Iterable[Visit]) -> dict[str, Ticket]:
    """The calls that somebody still has to make about these visits, locked in key order."""
    about = list(visits)
    asked = {
        "order_ids": sorted({visit.order_id for visit in about}),
        "visit_ids": sorted({visit.visit_id for visit in about}),
    }
    return _locked(tx, (await tx.sql.execute(LOCK_CALLS, asked)).all())


def _locked(tx: Tx, rows: Sequence[Any]) -> dict[str, Ticket]:
    tx.locked(TICKET, {row.ticket_id: row.told for row in rows})
    return {row.ticket_id: _ticket_of(row) for row in rows}


async def save_tickets(tx: Tx, tickets: Sequence[Ticket], hours: Hours) -> None:
    """Write tickets, new ones and locked ones, with the moments at which their clocks break."""
    tx.added(TICKET, (each.ticket_id for each in tickets if not each.version))
    await add_or_save(tx, TICKETS, [_ticket_row(tx, each, hours) for each in tickets])
    await _save_pauses(tx, [each for each in tickets if each.version])


async def _save_pauses(tx: Tx, tickets: Sequence[Ticket]) -> None:
    """Keep since when the resolution of these tickets stands, and that it runs again; a new ticket never stood."""
    standing = [each for each in tickets if each.resolution.since is None and each.resolution.stood_at]
    running = [each for each in tickets if each.resolution.since is not None]
    if standing:
        rows = {
            "ticket_id": [each.ticket_id for each in standing],
            "paused_at": [each.resolution.stood_at for each in standing],
            "reason": [each.state for each in standing],
        }
        await tx.sql.execute(ADD_PAUSES, rows)
    if running:
        since = {"ticket_id": [each.ticket_id for each in running]}
        await tx.sql.execute(END_PAUSES, since | {"since": [each.resolution.since for each in running]})


async def lock_conversations(tx: Tx, conversation_ids: Iterable[str]) -> dict[str, Conversation]:
    """The conversations of these ids that are here, locked in key order."""
    rows = (await tx.sql.execute(CONVERSATIONS.lock, {"keys": sorted(set(conversation_ids))})).all()
    tx.locked(CONVERSATION, {row.conversation_id: row.told for row in rows})
    return {
        row.conversation_id: Conversation(
            row.conversation_id, row.customer_id, row.order_id, row.need_id, row.version
        )
        for row in rows
    }


async def save_conversations(tx: Tx, conversations: Sequence[Conversation]) -> None:
    """Write conversations, new ones and locked ones."""
    tx.added(CONVERSATION, (each.conversation_id for each in conversations if not each.version))
    rows = [
        {
            "conversation_id": each.conversation_id,
            "customer_id": each.customer_id,
            "order_id": each.order_id,
            "need_id": each.need_id,
            "version": each.version,
            "told": tx.tells(CONVERSATION, each.conversation_id),
        }
        for each in conversations
    ]
    await add_or_save(tx, CONVERSATIONS, rows)


async def add_messages(tx: Tx, messages: Sequence[Message]) -> None:
    """Insert messages."""
    names = ("message_id", "conversation_id", "side", "author", "text", "written_at")
    rows = [{name: getattr(each, name) for name in names} for each in messages]
    await tx.sql.execute(MESSAGES.add, MESSAGES.added(rows))


async def load_client_of(tx: Tx, order_id: str) -> tuple[str, str] | None:
    """The customer and the need of an order, unlocked (they never change); None when it is not here."""
    row = (await tx.sql.execute(LOAD_ORDER, {"order_id": order_id})).one_or_none()
    return None if row is None else (row.customer_id, row.need_id)


def _ticket_row(tx: Tx, ticket: Ticket, hours: Hours) -> dict[str, Any]:
    return {
        "ticket_id": ticket.ticket_id,
        "order_id": ticket.order_id,
        "visit_id": ticket.visit_id,
        "customer_id": ticket.customer_id,
        "need_id": ticket.need_id,
        "kind": ticket.kind,
        "priority": ticket.priority,
        "subject": ticket.subject,
        "opened_at": ticket.opened_at,
        "state": ticket.state,
        "first_response": ticket.first_response,
        "resolution": ticket.resolution,
        "answer_by_at": ticket.first_response.target_at(hours),
        "solve_by_at": ticket.resolution.target_at(hours),
        "how": ticket.how,
        "credit_minor": None if ticket.credit is None else ticket.credit.minor,
        "currency": None if ticket.credit is None else ticket.credit.currency,
        "proposal": ticket.proposal,
        "escalated": ticket.escalated,
        "version": ticket.version,
        "told": tx.tells(TICKET, ticket.ticket_id),
    }


def _ticket_of(row: Any) -> Ticket:
    return Ticket(
        row.ticket_id,
        row.order_id,
        row.visit_id,
        row.customer_id,
        row.need_id,
        row.kind,
        row.priority,
        row.subject,
        row.opened_at,
        row.state,
        _clock(row.first_response),
        _clock(row.resolution),
        row.how,
        None if row.credit_minor is None else Money(row.credit_minor, row.currency),
        None if row.proposal is None else _proposal(row.proposal),
        row.escalated,
        row.version,
    )
