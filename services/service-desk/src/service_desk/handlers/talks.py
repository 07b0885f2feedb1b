"""Tickets run against their clocks; clients and the desk write to each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from backbone.errors import NotFound
from backbone.service import Batch, Tx
from contracts.recalls import RecallAnswered
from service_desk import store
from service_desk.commands import (
    AwaitClient,
    ChangePriority,
    CheckTicket,
    DecideCredit,
    OpenTicket,
    ReopenTicket,
    ResolveTicket,
    WriteMessage,
)
from service_desk.domain.conversation import Conversation, Message, Side, told
from service_desk.domain.credit import Account, Proposal, demand_creditable
from service_desk.domain.sla import Agreement
from service_desk.domain.ticket import Fact, Ticket, opened
from service_desk.handlers.desk import time

A = TypeVar("A", ResolveTicket, DecideCredit)
Told = tuple[Ticket, list[Fact]]
Answer = Callable[[A, Ticket, Account | None, Agreement], Told]


def _own(tickets: dict[str, Ticket], ticket_id: str, party: str | None = None) -> Ticket:
    ticket = tickets.get(ticket_id)
    if ticket is None or (party is not None and ticket.customer_id != party):
        raise NotFound(f"no ticket {ticket_id}")
    return ticket


def _tell(
    tx: Tx,
    because: object,
    tickets: dict[str, Ticket],
    after: Ticket,
    facts: list[Fact],
    agreement: Agreement,
) -> Ticket:
    tx.emit(*facts, because=because, correlation=after.root)
    time(tx, after, agreement)
    tickets[after.ticket_id] = after
    return after


async def _recalls(tx: Tx, commands: Batch[A] | Batch[ReopenTicket]) -> dict[str, str]:
    """The recalls, held, that tickets are about, by ticket."""
    recalls = await store.load_recalls_of(tx, (command.ticket_id for command in commands))
    await store.lock_recalls(tx, recalls.values())
    return recalls


def _tell_recall(
    tx: Tx, command: ResolveTicket | DecideCredit | ReopenTicket, recalls: dict[str, str], how: str | None
) -> None:
    """Whoever follows the recall that a ticket is about hears of its answer, or that there is none any more."""
    if command.ticket_id in recalls:
        tx.emit(RecallAnswered(recalls[command.ticket_id], command.ticket_id, how), because=command)


async def _root(tx: Tx, order_id: str | None, customer_id: str) -> str | None:
    """The need behind an order of this customer; raises `NotFound` for any other order."""
    if order_id is None:
        return None
    found = await store.load_client_of(tx, order_id)
    if found is None or found[0] != customer_id:
        raise NotFound(f"no order {order_id}")
    return found[1]


async def open_ticket(commands: Batch[OpenTicket], tx: Tx) -> list[Ticket]:
    """Take up questions, complaints and calls; their clocks run."""
    agreement = await store.load_agreement(tx)
    tickets = []
    for command in commands:
        need_id = await _root(tx, command.order_id, command.customer_id)
        ticket = opened(
            ticket_id=command.ticket_id,
            order_id=command.order_id,
            visit_id=None,
            customer_id=command.customer_id,
            need_id=need_id,
            kind=command.kind,
            priority=command.priority,
            subject=command.subject,
            agreement=agreement,
            now=tx.now,
        )
        tx.emit(ticket.told(), because=command, correlation=ticket.root)
        time(tx, ticket, agreement)
        tickets.append(ticket)
    await store.save_tickets(tx, tickets, agreement.hours)
    return tickets


async def change_priority(commands: Batch[ChangePriority], tx: Tx) -> list[Ticket]:
    """New targets on the time already used."""
    agreement = await store.load_agreement(tx)
    tickets = await store.lock_tickets(tx, (command.ticket_id for command in commands))
    for command in commands:
        ticket, facts = _own(tickets, command.ticket_id).prioritised(command.priority, agreement, tx.now)
        _tell(tx, command, tickets, ticket, facts, agreement)
    await store.save_tickets(tx, list(tickets.values()), agreement.hours)
    return [tickets[command.ticket_id] for command in commands]


async def await_client(commands: Batch[AwaitClient], tx: Tx) -> list[Ticket]:
    """It is the client's turn: resolution pauses."""
    agreement = await store.load_agreement(tx)
    tickets = await store.lock_tickets(tx, (command.ticket_id for command in commands))
    for command in commands:
        ticket, facts = _own(tickets, command.ticket_id).waiting(agreement, tx.now)
        _tell(tx, command, tickets, ticket, facts, agreement)
    await store.save_tickets(tx, list(tickets.values()), agreement.hours)
    return [tickets[command.ticket_id] for command in commands]


async def resolve_ticket(commands: Batch[ResolveTicket], tx: Tx) -> list[Ticket]:
    """Tickets have their answer; a credit above the limit waits for a second person, and the clocks run on."""

    def decide(command: ResolveTicket, ticket: Ticket, account: Account | None, agreement: Agreement) -> Told:
        demand_creditable(command.credit, account)
        limit = agreement.credit_limit_minor
        if command.credit is not None and account is not None and account.needs_second(command.credit, limit):
            return ticket.proposed(Proposal(command.how, command.credit, command.by)), []
        return ticket.resolved(command.how, command.credit, agreement, tx.now)

    return await _answer(commands, tx, decide)


async def decide_credit(commands: Batch[DecideCredit], tx: Tx) -> list[Ticket]:
    """A second person agrees, and tickets have their answer; or does not, and their work goes on."""

    def decide(command: DecideCredit, ticket: Ticket, account: Account | None, agreement: Agreement) -> Told:
        ticket, proposal = ticket.decided(command.by)
        if not command.approved:
            return ticket, []
        demand_creditable(proposal.credit, account)
        return ticket.resolved(proposal.how, proposal.credit, agreement, tx.now)

    return await _answer(commands, tx, decide)


async def _answer(commands: Batch[A], tx: Tx, decide: Answer[A]) -> list[Ticket]:
    """Lock orders before their tickets, let each command decide, tell who waits for an answer, save."""
    agreement = await store.load_agreement(tx)
    recalls = await _recalls(tx, commands)
    accounts = await store.lock_accounts(tx, (command.ticket_id for command in commands))
    tickets = await store.lock_tickets(tx, (command.ticket_id for command in commands))
    for command in commands:
        ticket = _own(tickets, command.ticket_id)
        ticket, facts = decide(command, ticket, accounts.get(command.ticket_id), agreement)
        _tell(tx, command, tickets, ticket, facts, agreement)
        if ticket.state == "resolved":
            _tell_recall(tx, command, recalls, ticket.how)
    await store.save_recalls(tx, recalls.values())
    await store.save_tickets(tx, list(tickets.values()), agreement.hours)
    return [tickets[command.ticket_id] for command in commands]


async def reopen_ticket(commands: Batch[ReopenTicket], tx: Tx) -> list[Ticket]:
    """It was no answer: the clock goes on where it stood."""
    agreement = await store.load_agreement(tx)
    recalls = await _recalls(tx, commands)
    tickets = await store.lock_tickets(tx, (command.ticket_id for command in commands))
    for command in commands:
        ticket, facts = _own(tickets, command.ticket_id, command.party).reopened(tx.now)
        _tell(tx, command, tickets, ticket, facts, agreement)
        _tell_recall(tx, command, recalls, None)
    await store.save_recalls(tx, recalls.values())
    await store.save_tickets(tx, list(tickets.values()), agreement.hours)
    return [tickets[command.ticket_id] for command in commands]


async def check_ticket(commands: Batch[CheckTicket], tx: Tx) -> list[None]:
    """Clocks whose time is over are broken, once; one that was moved meanwhile is looked at again later."""
    agreement = await store.load_agreement(tx)
    tickets = await store.lock_tickets(tx, (command.ticket_id for command in commands))
    for command in commands:
        if command.ticket_id in tickets:
            ticket, facts = tickets[command.ticket_id].checked_at(agreement, tx.now)
            _tell(tx, command, tickets, ticket, facts, agreement)
    await store.save_tickets(tx, list(tickets.values()), agreement.hours)
    return [None] * len(commands)


async def write_message(commands: Batch[WriteMessage], tx: Tx) -> list[Message]:
    """Somebody writes: the client's word ends waiting for it, the desk's word is a response."""
    agreement = await store.load_agreement(tx)
    messages = []
    for command in commands:
        need_id = await _root(tx, command.order_id, command.customer_id)
        tickets = await _spoken_of(tx, command, agreement)
        key = f"order-{command.order_id}" if command.order_id else f"customer-{command.customer_id}"
        conversations = await store.lock_conversations(tx, [key])
        conversation = conversations.get(
            key, Conversation(key, command.customer_id, command.order_id, need_id)
        )
        side: Side = "desk" if command.party is None else "client"
        message = Message(command.message_id, key, side, command.actor, command.text, tx.now)
        tx.emit(told(conversation, message), because=command, correlation=need_id or key)
        await store.save_tickets(tx, list(tickets.values()), agreement.hours)
        await store.save_conversations(tx, [conversation])
        await store.add_messages(tx, [message])
        messages.append(message)
    return messages


async def _spoken_of(tx: Tx, command: WriteMessage, agreement: Agreement) -> dict[str, Ticket]:
    """The tickets that a message concerns, changed by it."""
    if command.party is not None:
        tickets = await store.lock_waiting_tickets(tx, command.customer_id, command.order_id)
        for ticket in list(tickets.values()):
            ticket, facts = ticket.resumed(tx.now)
            _tell(tx, command, tickets, ticket, facts, agreement)
        return tickets
    if command.ticket_id is None:
        return {}
    tickets = await store.lock_tickets(tx, [command.ticket_id])
    ticket = _own(tickets, command.ticket_id, command.customer_id)
    ticket, facts = ticket.answered(agreement, tx.now)
    _tell(tx, command, tickets, ticket, facts, agreement)
    return tickets
