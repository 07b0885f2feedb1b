"""Visits that wait for their client, who was silent or not there: others may have what lies ready, until they go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from contracts.service_desk import (
    MISSED_TIMES_MAX,
    ScheduleLine,
    VisitClientSilent,
    VisitMissed,
    VisitResumed,
    VisitSuspended,
)
from service_desk.domain.states import WrongState
from service_desk.domain.visit import CLIENT_SILENT, Fact, Kind, Visit
from service_desk.domain.visit_rules import TimeIsAhead


def silent(visit: Visit) -> tuple[Visit, list[Fact]]:
    """The client answered neither offer nor reminders nor the call: a person decides."""
    if visit.state != "offered":
        raise WrongState(f"{visit.kind} {visit.visit_id} is {visit.state}; no answer is awaited")
    visit = visit.to("held", reason=CLIENT_SILENT, technician_ids=())
    said = VisitClientSilent(visit.visit_id, visit.order_id, visit.line_ids)
    visit, told = _suspended(visit)
    return visit, [said, *told]


def missed(visit: Visit, now: datetime) -> tuple[Visit, list[Fact]]:
    """Nobody was there: it is held, to be offered again unless it was the last time. Raises `TimeIsAhead`."""
    if visit.starts_at is None or now < visit.starts_at:
        raise TimeIsAhead("the visit has not begun")
    if visit.state not in {"confirmed", "dispatched", "started"}:
        raise WrongState(f"{visit.kind} {visit.visit_id} is {visit.state}; nobody was expected")
    lots = visit.lots if visit.state == "dispatched" else ()
    times = visit.missed_times + 1
    visit = visit.to("held", missed_times=times, technician_ids=(), reason="nobody was there")
    said = VisitMissed(visit.visit_id, visit.kind, visit.order_id, visit.line_ids, lots, times, visit.site_id)
    visit, told = _suspended(visit) if times >= MISSED_TIMES_MAX else (visit, [])
    return visit, [said, *told]


def _suspended(visit: Visit) -> tuple[Visit, list[Fact]]:
    return replace(visit, suspended=True), [VisitSuspended(*_what(visit))]


def _what(visit: Visit) -> tuple[str, Kind, str, tuple[str, ...], tuple[ScheduleLine, ...]]:
    lines = tuple(ScheduleLine(each.line_id, each.schedule_no) for each in visit.goods)
    return visit.visit_id, visit.kind, visit.order_id, visit.line_ids, lines


def resumed(visit: Visit) -> tuple[Visit, list[Fact]]:
    """A visit that was suspended goes on; goods are gathered first, since others may have them by now."""
    if not visit.suspended:
        return visit, []
    fact = VisitResumed(*_what(visit))
    if visit.kind == "hand-over":
        visit = visit.to("gathering", goods=(), reason=None)
    return replace(visit, suspended=False), [fact]


def goes_on(visit: Visit) -> tuple[Visit, list[Fact]]:
    """The time that a visit has is offered; goods that have to be gathered first are offered when they lie ready."""
    visit, facts = resumed(visit)
    if facts and visit.state == "gathering":
        return visit, facts
    visit, offer = visit.offered()
    return visit, [*facts, *offer]
