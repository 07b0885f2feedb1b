"""Dispatchers change times or let visits go, and clients who are silent are reminded."""

from __future__ import annotations

from collections.abc import Sequence

from backbone.service import Batch, Tx
from service_desk import store
from service_desk.commands import (
    CancelVisit,
    RemindClient,
    RescheduleVisit,
)
from service_desk.domain.conversation import Conversation, Message, told
from service_desk.domain.slot import Diary
from service_desk.domain.states import WrongState
from service_desk.domain.ticket import Ticket
from service_desk.domain.visit import Visit
from service_desk.domain.visit_rules import REMINDERS_COUNT_MAX, STEPS_COUNT_MAX
from service_desk.domain.waiting import goes_on, silent
from service_desk.handlers.desk import call, call_is_over, desk_for, own, remind, tell


async def reschedule_visit(commands: Batch[RescheduleVisit], tx: Tx) -> list[Visit]:
    """A dispatcher offers a time, or the next possible one. Raises `NobodyIsFree`, `NothingToOffer`."""
    services, sites = await store.load_services_of(tx, visits=[command.visit_id for command in commands])
    desk = await desk_for(tx, services, sites)
    visits = await store.lock_visits(tx, (command.visit_id for command in commands))
    calls, agreement = await store.lock_calls(tx, visits.values()), await store.load_agreement(tx)
    answers = []
    for command in commands:
        visit = own(visits, command.visit_id, None)
        visit.must_be_movable()
        if command.starts_at is None:
            visit, facts = desk.move(visit, tx.new_id(), tx.now, "desk")
        else:
            visit, facts = desk.move_to(visit, tx.new_id(), command.starts_at, "desk")
        visit, offer = goes_on(visit)
        call_is_over(tx, command, visit, calls, agreement, "another time is offered")
        answers.append(tell(tx, command, visits, visit, [*facts, *offer]))
    await store.save_visits(tx, list(visits.values()))
    await store.save_diary(tx, desk.diary)
    await store.save_tickets(tx, list(calls.values()), agreement.hours)
    return answers


async def cancel_visit(commands: Batch[CancelVisit], tx: Tx) -> list[Visit]:
    """A dispatcher lets visits go that nobody has begun."""
    visits = await store.lock_visits(tx, (command.visit_id for command in commands))
    calls, agreement = await store.lock_calls(tx, visits.values()), await store.load_agreement(tx)
    diary, answers = Diary(), []
    for command in commands:
        visit, facts = own(visits, command.visit_id, None).cancelled(command.reason)
        if not facts:
            raise WrongState(f"{visit.kind} {visit.visit_id} is {visit.state}; it cannot be let go")
        diary.free(visit.slot_id)
        call_is_over(tx, command, visit, calls, agreement, f"let go: {command.reason}")
        answers.append(tell(tx, command, visits, visit, facts))
    await store.save_visits(tx, list(visits.values()))
    await store.save_diary(tx, diary)
    await store.save_tickets(tx, list(calls.values()), agreement.hours)
    return answers


async def remind_client(commands: Batch[RemindClient], tx: Tx) -> list[None]:
    """Clients have not answered: two reminders, a call, then a person decides; an answer ends it."""
    visits = await store.lock_visits(tx, (command.visit_id for command in commands))
    agreement = await store.load_agreement(tx)
    waiting = [
        (command, visits[command.visit_id])
        for command in commands
        if command.visit_id in visits
        and (visits[command.visit_id].state, visits[command.visit_id].offer_no)
        == ("offered", command.offer_no)
    ]
    diary, tickets = Diary(), list[Ticket]()
    for command, visit in waiting:
        remind(tx, visit, command.step + 1)
        if command.step >= STEPS_COUNT_MAX or visit.over(tx.now):
            diary.free(visit.slot_id)
            tell(tx, command, visits, *silent(visit))
        elif command.step > REMINDERS_COUNT_MAX:
            tickets.append(call(tx, command, visit, agreement, "no answer to an offered time"))
    await store.save_visits(tx, list(visits.values()))
    await store.save_diary(tx, diary)
    await store.save_tickets(tx, tickets, agreement.hours)
    asked = [pair for pair in waiting if visits[pair[1].visit_id].state == "offered"]
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
