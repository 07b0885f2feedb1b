"""Clients answer offers, times are changed, and clients who are silent are reminded."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from backbone.errors import Refused, answered
from backbone.service import Batch, Tx
from service_desk import store
from service_desk.commands import (
    CancelVisit,
    ConfirmVisit,
    ConfirmVisits,
    DeclineVisit,
    MoveVisit,
    RemindClient,
    RescheduleVisit,
)
from service_desk.domain.conversation import Conversation, Message, told
from service_desk.domain.slot import Diary
from service_desk.domain.states import WrongState
from service_desk.domain.ticket import Ticket
from service_desk.domain.visit import Fact, Visit
from service_desk.domain.visit_rules import REMINDERS_COUNT_MAX, STEPS_COUNT_MAX
from service_desk.handlers.desk import call, desk_for, own, remind, saved, watch


def tell(tx: Tx, because: object, visits: dict[str, Visit], after: Visit, facts: Sequence[Fact]) -> Visit:
    """Tell what happened to a visit, keep its deadlines right, and remember it as it is now."""
    tx.emit(*facts, because=because, correlation=after.need_id)
    watch(tx, visits.get(after.visit_id), after)
    visits[after.visit_id] = after
    return saved(after)


async def confirm_visit(commands: Batch[ConfirmVisit], tx: Tx) -> list[Visit]:
    """Times suit clients."""
    visits = await store.lock_visits(tx, (command.visit_id for command in commands))
    answers = [_confirm(tx, command, visits, command) for command in commands]
    await store.save_visits(tx, list(visits.values()))
    return answers


async def confirm_visits(commands: Batch[ConfirmVisits], tx: Tx) -> list[list[Visit | Refused]]:
    """Many times suit; what cannot be taken is refused by itself."""
    acts = [act for command in commands for act in command.acts]
    visits = await store.lock_visits(tx, (act.visit_id for act in acts))
    answers = [
        [answered(partial(_confirm, tx, command, visits, act)) for act in command.acts]
        for command in commands
    ]
    await store.save_visits(tx, list(visits.values()))
    return answers


def _confirm(tx: Tx, because: object, visits: dict[str, Visit], act: ConfirmVisit) -> Visit:
    visit, facts = own(visits, act.visit_id, act.party).confirmed(act.offer_no, tx.now)
    return tell(tx, because, visits, visit, facts)


async def move_visit(commands: Batch[MoveVisit], tx: Tx) -> list[Visit]:
    """Clients want other times: people are found for them, and the times are offered. Raises `NobodyIsFree`."""
    services, sites = await store.load_services_of(tx, visits=[command.visit_id for command in commands])
    desk = await desk_for(tx, services, sites)
    visits = await store.lock_visits(tx, (command.visit_id for command in commands))
    answers = []
    for command in commands:
        visit = own(visits, command.visit_id, command.party)
        if visit.state not in {"offered", "confirmed"}:
            raise WrongState(f"{visit.kind} {visit.visit_id} is {visit.state}; an offered one is moved")
        visit, facts = desk.move_to(visit, tx.new_id(), command.starts_at, "client")
        visit, offer = visit.offered()
        answers.append(tell(tx, command, visits, visit, [*facts, *offer]))
    await store.save_visits(tx, list(visits.values()))
    await store.save_diary(tx, desk.diary)
    return answers


async def reschedule_visit(commands: Batch[RescheduleVisit], tx: Tx) -> list[Visit]:
    """A dispatcher offers a time, or the next possible one. Raises `NobodyIsFree`, `NothingToOffer`."""
    services, sites = await store.load_services_of(tx, visits=[command.visit_id for command in commands])
    desk = await desk_for(tx, services, sites)
    visits = await store.lock_visits(tx, (command.visit_id for command in commands))
    answers = []
    for command in commands:
        visit = own(visits, command.visit_id, None)
        visit.must_be_movable()
        if command.starts_at is None:
            visit, facts = desk.move(visit, tx.new_id(), tx.now, "desk")
        else:
            visit, facts = desk.move_to(visit, tx.new_id(), command.starts_at, "desk")
        visit, offer = visit.offered()
        answers.append(tell(tx, command, visits, visit, [*facts, *offer]))
    await store.save_visits(tx, list(visits.values()))
    await store.save_diary(tx, desk.diary)
    return answers


async def decline_visit(commands: Batch[DeclineVisit], tx: Tx) -> list[Visit]:
    """Clients do not want visits: their people are free, and somebody has to call."""
    visits = await store.lock_visits(tx, (command.visit_id for command in commands))
    agreement = await store.load_agreement(tx)
    diary, tickets, answers = Diary(), list[Ticket](), []
    for command in commands:
        visit, facts = own(visits, command.visit_id, command.party).declined(command.reason)
        diary.free(visit.slot_id)
        answers.append(tell(tx, command, visits, visit, facts))
        tickets.append(call(tx, command, visit, agreement, f"declined: {command.reason}"))
    await store.save_visits(tx, list(visits.values()))
    await store.save_diary(tx, diary)
    await store.save_tickets(tx, tickets, agreement.hours)
    return answers


async def cancel_visit(commands: Batch[CancelVisit], tx: Tx) -> list[Visit]:
    """A dispatcher lets visits go that nobody has begun."""
    visits = await store.lock_visits(tx, (command.visit_id for command in commands))
    diary, answers = Diary(), []
    for command in commands:
        visit, facts = own(visits, command.visit_id, None).cancelled(command.reason)
        if not facts:
            raise WrongState(f"{visit.kind} {visit.visit_id} is {visit.state}; it cannot be let go")
        diary.free(visit.slot_id)
        answers.append(tell(tx, command, visits, visit, facts))
    await store.save_visits(tx, list(visits.values()))
    await store.save_diary(tx, diary)
    return answers


async def remind_client(commands: Batch[RemindClient], tx: Tx) -> list[None]:
    """Clients have not answered: two reminders, a call, then a person decides; an answer ends it."""
    visits = await store.lock_visits(tx, (command.visit_id for command in commands))
    agreement = await store.load_agreement(tx)
    silent = [
        (command, visits[command.visit_id])
        for command in commands
        if command.visit_id in visits
        and (visits[command.visit_id].state, visits[command.visit_id].offer_no)
        == ("offered", command.offer_no)
    ]
    diary, tickets = Diary(), list[Ticket]()
    for command, visit in silent:
        remind(tx, visit, command.step + 1)
        if command.step >= STEPS_COUNT_MAX or visit.over(tx.now):
            diary.free(visit.slot_id)
            tell(tx, command, visits, *visit.silent())
        elif command.step > REMINDERS_COUNT_MAX:
            tickets.append(call(tx, command, visit, agreement, "no answer to an offered time"))
    await store.save_visits(tx, list(visits.values()))
    await store.save_diary(tx, diary)
    await store.save_tickets(tx, tickets, agreement.hours)
    asked = [pair for pair in silent if visits[pair[1].visit_id].state == "offered"]
    await _write_reminders(tx, [pair for pair in asked if pair[0].step <= REMINDERS_COUNT_MAX])
    return [None] * len(commands)


async def _write_reminders(tx: Tx, due: Sequence[tuple[RemindClient, Visit]]) -> None:
    conversations = await store.lock_conversations(tx, (f"order-{visit.order_id}" for _, visit in due))
    messages = []
    for command, visit in due:
        key = f"order-{visit.order_id}"
        conversations.setdefault(key, Conversation(key, visit.customer_id, visit.order_id, visit.need_id))
        time = visit.starts_at.isoformat() if visit.starts_at is not None else "the offered time"
        text = f"Reminder {command.step}: does {time} suit you?"
        message = Message(tx.new_id(), key, "desk", "system:desk", text, tx.now)
        tx.emit(told(conversations[key], message), because=command, correlation=visit.need_id)
        messages.append(message)
    await store.save_conversations(tx, list(conversations.values()))
    if messages:
        await store.add_messages(tx, messages)
