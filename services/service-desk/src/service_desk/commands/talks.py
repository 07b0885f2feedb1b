"""Tickets and conversations: what can be asked of them. `party` is the customer who asks, None for staff."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.values import Money
from service_desk.domain.ticket import TicketKind


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Somebody has a question, a complaint, or has to be called."""

    ticket_id: str
    customer_id: str
    order_id: str | None
    kind: TicketKind
    priority: int
    subject: str


@dataclass(frozen=True, slots=True)
class ChangePriority:
    """A ticket is more, or less, urgent."""

    ticket_id: str
    priority: int


@dataclass(frozen=True, slots=True)
class AwaitClient:
    """It is the client's turn."""

    ticket_id: str


@dataclass(frozen=True, slots=True)
class ResolveTicket:
    """A ticket has its answer."""

    ticket_id: str
    how: str
    credit: Money | None
    by: str


@dataclass(frozen=True, slots=True)
class DecideCredit:
    """A second person agrees to a credit, and the ticket has its answer; or does not."""

    ticket_id: str
    approved: bool
    by: str


@dataclass(frozen=True, slots=True)
class ReopenTicket:
    """It was no answer."""

    ticket_id: str
    party: str | None


@dataclass(frozen=True, slots=True)
class CheckTicket:
    """A clock of a ticket may have broken."""

    ticket_id: str


@dataclass(frozen=True, slots=True)
class WriteMessage:
    """Somebody writes; `ticket_id` names the ticket that the desk answers."""

    message_id: str
    customer_id: str
    order_id: str | None
    text: str
    ticket_id: str | None
    actor: str
    party: str | None
