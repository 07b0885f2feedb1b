"""Goods leave, work is done, and clients say what they take of it; nothing ends without their word."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from backbone.errors import NeedsMore, Refused
from backbone.service import Batch, Tx, answered, changed, together
from contracts.service_desk import MISSED_TIMES_MAX
from service_desk import store
from service_desk.commands import (
    AcceptVisit,
    AcceptVisits,
    DispatchGoods,
    DispatchMany,
    MissVisit,
    RefuseVisit,
    ReportVisit,
    ReportVisits,
    StartVisit,
    StartVisits,
)
from service_desk.domain.desk import Desk
from service_desk.domain.recall import demand_none_recalled
from service_desk.domain.remainder import given_up, is_partly_done, rest_of
from service_desk.domain.report import ReportIsWrong, reported
from service_desk.domain.service import Service
from service_desk.domain.technician import Technician
from service_desk.domain.ticket import Ticket
from service_desk.domain.visit import Visit
from service_desk.domain.waiting import missed
from service_desk.handlers.desk import call, desk_for, own, tell

A = TypeVar("A", StartVisit, AcceptVisit)
Visits = dict[str, Visit]
Act = Callable[[Tx, object, Visits, A], Visit]


async def _one(tx: Tx, commands: Batch[A], act: Act[A]) -> list[Visit | Refused]:
    locked = await store.lock_visits(tx, (command.visit_id for command in commands))
    visits = dict(locked)
    answers = [answered(partial(act, tx, command, visits, command)) for command in commands]
    await store.save_visits(tx, changed(locked, visits))
    return answers


async def _many(
    tx: Tx, bundles: Sequence[tuple[object, Sequence[A]]], act: Act[A]
) -> list[list[Visit | Refused]]:
    locked = await store.lock_visits(tx, (each.visit_id for _, acts in bundles for each in acts))
    visits = dict(locked)
    answers = [
        [answered(partial(act, tx, command, visits, each)) for each in acts] for command, acts in bundles
    ]
    await store.save_visits(tx, changed(locked, visits))
    return answers


@together
async def dispatch_goods(commands: Batch[DispatchGoods], tx: Tx) -> list[Visit | Refused]:
    """Goods have left for clients who confirmed; none that were called back."""
    return [answer for (answer,) in await _sent(tx, [(command, [command]) for command in commands])]


async def dispatch_many(commands: Batch[DispatchMany], tx: Tx) -> list[list[Visit | Refused]]:
    """Many goods have left; what cannot be taken is refused by itself."""
    return await _sent(tx, [(command, command.acts) for command in commands])


async def _sent(
    tx: Tx, bundles: Sequence[tuple[object, Sequence[DispatchGoods]]]
) -> list[list[Visit | Refused]]:
    locked = await store.lock_visits(tx, (each.visit_id for _, acts in bundles for each in acts))
    recalled = await store.load_recalled(tx, (lot.lot_id for visit in locked.values() for lot in visit.lots))
    visits, dispatch = dict(locked), partial(_dispatch, recalled, tx)
    answers = [
        [answered(partial(dispatch, command, visits, each)) for each in acts] for command, acts in bundles
    ]
    await store.save_visits(tx, changed(locked, visits))
    return answers


def _dispatch(
    recalled: Collection[str], tx: Tx, because: object, visits: Visits, act: DispatchGoods
) -> Visit:
    visit = own(visits, act.visit_id, None)
    visit.must_not_wait(tx.now)
    demand_none_recalled(visit, recalled)
    visit, facts = visit.dispatched(act.freight_minor)
    return tell(tx, because, visits, visit, facts)


@together
async def start_visit(commands: Batch[StartVisit], tx: Tx) -> list[Visit | Refused]:
    """People have begun."""
    return await _one(tx, commands, _start)


async def start_visits(commands: Batch[StartVisits], tx: Tx) -> list[list[Visit | Refused]]:
    """Many have begun; what cannot be taken is refused by itself."""
    return await _many(tx, [(command, command.acts) for command in commands], _start)


def _start(tx: Tx, because: object, visits: Visits, act: StartVisit) -> Visit:
    visit = own(visits, act.visit_id, None)
    visit.must_not_wait(tx.now)
    visit, facts = visit.started()
    return tell(tx, because, visits, visit, facts)


@together
async def accept_visit(commands: Batch[AcceptVisit], tx: Tx) -> list[Visit | Refused]:
    """Clients take work or goods; work that was ordered and not done gets a visit of its own."""
    return [answer for (answer,) in await _taken(tx, [(command, [command]) for command in commands])]


async def accept_visits(commands: Batch[AcceptVisits], tx: Tx) -> list[list[Visit | Refused]]:
    """Many clients' words; what cannot be taken is refused by itself."""
    return await _taken(tx, [(command, command.acts) for command in commands])


async def _taken(
    tx: Tx, bundles: Sequence[tuple[object, Sequence[AcceptVisit]]]
) -> list[list[Visit | Refused]]:
    desk = await _desk_for_rests(tx)
    locked = await store.lock_visits(tx, (each.visit_id for _, acts in bundles for each in acts))
    left = {visit.visit_id: visit.order_id for visit in locked.values() if is_partly_done(visit)}
    if more := set(left) - set(tx.more):
        raise NeedsMore(more)
    wanted = await store.load_wanted(tx, left.values())
    visits, accept = dict(locked), partial(_accept, wanted, desk, tx)
    answers = [
        [answered(partial(accept, command, visits, each)) for each in acts] for command, acts in bundles
    ]
    await store.save_visits(tx, changed(locked, visits))
    if desk is not None:
        await store.save_diary(tx, desk.diary)
    return answers


async def _desk_for_rests(tx: Tx) -> Desk | None:
    """A desk that finds times for what is left of visits that came up before; people are locked before visits."""
    if not tx.more:
        return None
    services, sites = await store.load_services_of(tx, visits=[str(key) for key in tx.more])
    return await desk_for(tx, services, sites)


def _accept(
    wanted: Mapping[str, frozenset[str]],
    desk: Desk | None,
    tx: Tx,
    because: object,
    visits: Visits,
    act: AcceptVisit,
) -> Visit:
    visit = own(visits, act.visit_id, act.party)
    visit, facts = visit.accepted(act.actor, act.signed_by, act.refused, act.reason)
    rest = rest_of(visit, tx.new_id(), wanted.get(visit.order_id, frozenset()))
    answer = tell(tx, because, visits, visit, facts)
    if rest is not None:
        assert desk is not None
        tell(tx, because, visits, *desk.offered_next(rest, tx.new_id()))
    return answer


async def refuse_visit(commands: Batch[RefuseVisit], tx: Tx) -> list[Visit]:
    """Clients do not take work or goods; of work, a person hears it."""
    visits = await store.lock_visits(tx, (command.visit_id for command in commands))
    agreement = await store.load_agreement(tx)
    tickets, answers = list[Ticket](), []
    for command in commands:
        visit = own(visits, command.visit_id, command.party)
        visit, facts = visit.refused(command.actor, command.signed_by, command.reason)
        answers.append(tell(tx, command, visits, visit, facts))
        tickets.append(call(tx, command, visit, agreement, f"refused: {command.reason}"))
    await store.save_visits(tx, list(visits.values()))
    await store.save_tickets(tx, tickets, agreement.hours)
    return answers


@together
async def report_visit(commands: Batch[ReportVisit], tx: Tx) -> list[Visit | Refused]:
    """Technicians say what was done; the client's word is awaited."""
    locked = await store.lock_visits(tx, (command.visit_id for command in commands))
    visits = dict(locked)
    services, people = await _of(tx, visits.values())
    report = partial(_report, services, people, tx)
    answers = [answered(partial(report, command, visits, command)) for command in commands]
    await store.save_visits(tx, changed(locked, visits))
    return answers


async def report_visits(commands: Batch[ReportVisits], tx: Tx) -> list[list[Visit | Refused]]:
    """Technicians say what was done at many clients'; what cannot be taken is refused by itself."""
    locked = await store.lock_visits(tx, (act.visit_id for command in commands for act in command.acts))
    visits = dict(locked)
    services, people = await _of(tx, visits.values())
    report = partial(_report, services, people, tx)
    answers = [
        [answered(partial(report, command, visits, act)) for act in command.acts] for command in commands
    ]
    await store.save_visits(tx, changed(locked, visits))
    return answers


async def _of(tx: Tx, visits: Iterable[Visit]) -> tuple[dict[str, Service], dict[str, Technician]]:
    known = list(visits)
    services = await store.load_services(tx, {visit.service_id for visit in known if visit.service_id})
    people = await store.load_technicians(tx, {each for visit in known for each in visit.technician_ids})
    return services, people


def _report(
    services: Mapping[str, Service],
    people: Mapping[str, Technician],
    tx: Tx,
    because: object,
    visits: Visits,
    act: ReportVisit,
) -> Visit:
    visit = own(visits, act.visit_id, None)
    visit.must_be("visit")
    service = services.get(visit.service_id or "")
    if service is None or visit.quantity is None:
        raise ReportIsWrong(f"there is no service {visit.service_id}")
    report = reported(
        visit.quantity,
        service,
        act.saying,
        team=[people[each] for each in visit.technician_ids],
        by=act.actor,
        at=tx.now,
    )
    return tell(tx, because, visits, visit.reported(report), [])


async def miss_visit(commands: Batch[MissVisit], tx: Tx) -> list[Visit]:
    """Nobody was there: another time is offered for what is still wanted; after the third time a person decides."""
    services, sites = await store.load_services_of(tx, visits=[command.visit_id for command in commands])
    desk = await desk_for(tx, services, sites)
    visits = await store.lock_visits(tx, (command.visit_id for command in commands))
    wanted = await store.load_wanted(tx, (visit.order_id for visit in visits.values()))
    agreement = await store.load_agreement(tx)
    tickets, answers = list[Ticket](), []
    for command in commands:
        visit, facts = missed(own(visits, command.visit_id, None), tx.now)
        visit, ended = given_up(visit, wanted[visit.order_id])
        facts = [*facts, *ended]
        if ended:
            desk.diary.free(visit.slot_id)
        elif visit.missed_times < MISSED_TIMES_MAX:
            visit, offer = desk.offered_next(visit, tx.new_id())
            facts = [*facts, *offer]
        else:
            desk.diary.free(visit.slot_id)
            tickets.append(call(tx, command, visit, agreement, "nobody was there for the third time"))
        answers.append(tell(tx, command, visits, visit, facts))
    await store.save_visits(tx, list(visits.values()))
    await store.save_diary(tx, desk.diary)
    await store.save_tickets(tx, tickets, agreement.hours)
    return answers
