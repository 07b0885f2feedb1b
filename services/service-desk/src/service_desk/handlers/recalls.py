"""Recalls: what was called back does not leave, and whoever was sent some of it is spoken to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from backbone.errors import NotYet
from backbone.service import Batch, Tx
from contracts.recalls import RecallNotified, RecallTicket
from service_desk import store
from service_desk.commands import LetLeave, StopRecalled
from service_desk.domain.case import Case
from service_desk.domain.recall import RECALL_PRIORITY, orders_of, sent
from service_desk.domain.sla import Agreement
from service_desk.domain.ticket import Ticket, opened
from service_desk.handlers.desk import time


async def stop_recalled(commands: Batch[StopRecalled], tx: Tx) -> list[None]:
    """None of these lots is dispatched from now on; each order that was sent some has a ticket."""
    ids = [command.fact.recall_id for command in commands]
    await store.lock_recalls(tx, ids)
    order_ids = {each for command in commands for each in orders_of(command.fact.lots)}
    cases = await store.lock_cases(tx, order_ids)
    for order_id in sorted(order_ids - set(cases)):
        raise NotYet(order_id)
    agreement = await store.load_agreement(tx)
    tickets: list[Ticket] = []
    for command in commands:
        fact = command.fact
        await store.add_recalled_lots(tx, fact.recall_id, (lot.lot_id for lot in fact.lots))
        known = await store.load_tickets_of_recall(tx, fact.recall_id)
        told, new = _asked(command, cases, known, tx)
        for ticket in _opened(new, command, cases, agreement, tx):
            tickets.append(ticket)
            tx.emit(ticket.told(), because=command, correlation=ticket.root)
            time(tx, ticket, agreement)
        lot_ids = tuple(lot.lot_id for lot in fact.lots)
        tx.emit(RecallNotified(fact.recall_id, lot_ids, tuple(told)), because=command)
        await store.add_recall_orders(tx, fact.recall_id, {each.order_id: each.ticket_id for each in new})
    await store.save_tickets(tx, tickets, agreement.hours)
    await store.save_recalls(tx, ids)
    return [None] * len(commands)


def _asked(
    command: StopRecalled, cases: Mapping[str, Case], known: Mapping[str, str], tx: Tx
) -> tuple[list[RecallTicket], list[RecallTicket]]:
    """The tickets of all orders that were sent some of the lots, and those of them that are new."""
    lots = command.fact.lots
    told, new = [], []
    for order_id in sorted(orders_of(lots)):
        case = cases[order_id]
        deliveries = sent(order_id, lots, case.visits)
        if not deliveries:
            continue
        ticket_id = known.get(order_id) or tx.new_id()
        told.append(RecallTicket(ticket_id, case.order.customer_id, order_id, deliveries))
        if order_id not in known:
            new.append(told[-1])
    return told, new


def _opened(
    new: Iterable[RecallTicket],
    command: StopRecalled,
    cases: Mapping[str, Case],
    agreement: Agreement,
    tx: Tx,
) -> list[Ticket]:
    return [
        opened(
            ticket_id=each.ticket_id,
            order_id=each.order_id,
            visit_id=None,
            customer_id=each.customer_id,
            need_id=cases[each.order_id].order.need_id,
            kind="call",
            priority=RECALL_PRIORITY,
            subject=f"recall {command.fact.recall_id}: {command.fact.reason}",
            agreement=agreement,
            now=tx.now,
        )
        for each in new
    ]


async def let_leave(commands: Batch[LetLeave], tx: Tx) -> list[None]:
    """A recall is over: its lots are scrapped, or were released and may leave."""
    for command in commands:
        await store.save_without_lots(tx, command.recall_id)
    return [None] * len(commands)
