"""Clients answer offers: the time suits, another one does, or none; an answer that comes late is still one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from backbone.errors import NeedsMore, Refused
from backbone.service import Batch, Tx, answered, changed, together
from service_desk import store
from service_desk.commands import ConfirmVisit, ConfirmVisits, DeclineVisit, MoveVisit
from service_desk.domain.desk import Desk
from service_desk.domain.sla import Agreement
from service_desk.domain.slot import Diary
from service_desk.domain.states import WrongState
from service_desk.domain.ticket import Ticket
from service_desk.domain.visit import Fact, Visit
from service_desk.domain.waiting import goes_on, resumed
from service_desk.handlers.desk import bare_desk, call, call_is_over, desk_for, own, tell


@dataclass(slots=True)
class _Asked:
    """Visits that clients answer, locked, and the calls that somebody still has to make about them."""

    locked: Mapping[str, Visit]
    visits: dict[str, Visit]
    calls: dict[str, Ticket]
    agreement: Agreement


@together
async def confirm_visit(commands: Batch[ConfirmVisit], tx: Tx) -> list[Visit | Refused]:
    """Times suit clients; who answers late is offered the next possible time if the offered one is gone."""
    asked, desk = await _asked_late(tx, commands)
    answers = [answered(partial(_confirm, tx, command, asked, desk, command)) for command in commands]
    await _save(tx, asked, desk.diary)
    return answers


async def confirm_visits(commands: Batch[ConfirmVisits], tx: Tx) -> list[list[Visit | Refused]]:
    """Many times suit; what cannot be taken is refused by itself."""
    asked, desk = await _asked_late(tx, [act for command in commands for act in command.acts])
    answers = [
        [answered(partial(_confirm, tx, command, asked, desk, act)) for act in command.acts]
        for command in commands
    ]
    await _save(tx, asked, desk.diary)
    return answers


async def _asked_late(tx: Tx, acts: Sequence[ConfirmVisit]) -> tuple[_Asked, Desk]:
    """What clients answer, with a desk that finds times for those who answer late; people are locked before visits."""
    late = [str(key) for key in tx.more]
    desk = None
    if late:
        services, sites = await store.load_services_of(tx, visits=late)
        desk = await desk_for(tx, services, sites)
    asked = await _asked(tx, acts)
    if found := {each.visit_id for each in asked.visits.values() if each.is_silent} - set(late):
        raise NeedsMore(found)
    return asked, desk or bare_desk(tx, asked.agreement)


async def _asked(tx: Tx, acts: Sequence[ConfirmVisit | MoveVisit | DeclineVisit]) -> _Asked:
    visits = await store.lock_visits(tx, (act.visit_id for act in acts))
    calls = await store.lock_calls(tx, visits.values())
    return _Asked(visits, dict(visits), calls, await store.load_agreement(tx))


def _confirm(tx: Tx, because: object, asked: _Asked, desk: Desk, act: ConfirmVisit) -> Visit:
    visit = own(asked.visits, act.visit_id, act.party)
    visit, facts = _late(tx, desk, visit, act) if visit.is_silent else visit.confirmed(act.offer_no, tx.now)
    return _answered(tx, because, asked, visit, facts)


def _late(tx: Tx, desk: Desk, visit: Visit, act: ConfirmVisit) -> tuple[Visit, list[Fact]]:
    visit.must_answer(act.offer_no)
    suits = visit.starts_at
    visit, on = resumed(visit)
    if visit.state == "gathering":
        # Goods may be others' by now: the time is offered once they lie ready again.
        return visit, on
    visit, facts = desk.again(visit, tx.new_id())
    if visit.starts_at is None:
        return visit, [*on, *facts]
    visit, offer = visit.offered()
    visit, yes = visit.confirmed(None, tx.now) if visit.starts_at == suits else (visit, [])
    return visit, [*on, *facts, *offer, *yes]


def _answered(tx: Tx, because: object, asked: _Asked, visit: Visit, facts: Sequence[Fact]) -> Visit:
    """Tell what an answer leads to; nobody needs to call the client any more, unless no time was found."""
    if visit.state != "unplanned":
        call_is_over(tx, because, visit, asked.calls, asked.agreement, "the client answered")
    return tell(tx, because, asked.visits, visit, facts)


async def _save(tx: Tx, asked: _Asked, diary: Diary, more: Sequence[Ticket] = ()) -> None:
    await store.save_visits(tx, changed(asked.locked, asked.visits))
    await store.save_diary(tx, diary)
    await store.save_tickets(tx, [*asked.calls.values(), *more], asked.agreement.hours)


async def move_visit(commands: Batch[MoveVisit], tx: Tx) -> list[Visit]:
    """Clients want other times: people are found for them, and the times are offered. Raises `NobodyIsFree`."""
    services, sites = await store.load_services_of(tx, visits=[command.visit_id for command in commands])
    desk = await desk_for(tx, services, sites)
    asked = await _asked(tx, commands)
    answers = []
    for command in commands:
        visit = own(asked.visits, command.visit_id, command.party)
        if visit.state not in {"offered", "confirmed"} and not visit.is_silent:
            raise WrongState(f"{visit.kind} {visit.visit_id} is {visit.state}; an offered one is moved")
        visit, facts = desk.move_to(visit, tx.new_id(), command.starts_at, "client")
        visit, offer = goes_on(visit)
        answers.append(_answered(tx, command, asked, visit, [*facts, *offer]))
    await _save(tx, asked, desk.diary)
    return answers


async def decline_visit(commands: Batch[DeclineVisit], tx: Tx) -> list[Visit]:
    """Clients do not want visits: their people are free, and somebody has to call."""
    asked = await _asked(tx, commands)
    diary, tickets, answers = Diary(), list[Ticket](), []
    for command in commands:
        visit, facts = own(asked.visits, command.visit_id, command.party).declined(command.reason)
        diary.free(visit.slot_id)
        answers.append(_answered(tx, command, asked, visit, facts))
        tickets.append(call(tx, command, visit, asked.agreement, f"declined: {command.reason}"))
    await _save(tx, asked, diary, tickets)
    return answers
