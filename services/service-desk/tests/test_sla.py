"""SLA clocks: working time, honest pauses, new targets on used time, breaches that stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.desk_made import HOUR, NOW, at

from contracts.service_desk import SlaBreached, TicketResolved
from contracts.sla import SlaPaused, SlaResumed
from contracts.values import Money
from service_desk.domain.credit import Account, CreditIsWrong, demand_creditable
from service_desk.domain.hours import Hours, Window
from service_desk.domain.sla import Agreement, Clock, Target, TargetsAreWrong
from service_desk.domain.states import WrongState
from service_desk.domain.ticket import Ticket, opened

AGREED = Agreement()


def ticket(priority: int = 3, now: datetime = NOW, **changes: Any) -> Ticket:
    made = opened(
        ticket_id="t1",
        order_id=None,
        visit_id=None,
        customer_id="c1",
        need_id=None,
        kind="complaint",
        priority=priority,
        subject="late",
        agreement=AGREED,
        now=now,
    )
    return replace(made, **changes)


def breaches(facts: list[object]) -> list[tuple[str, datetime]]:
    return [(fact.clock, fact.target_at) for fact in facts if isinstance(fact, SlaBreached)]


def test_a_clock_runs_in_working_time_only() -> None:
    friday = ticket(3, at(15, 6))
    assert friday.first_response.target_at(AGREED.hours) == at(11, 9)
    assert friday.first_response.used_at(AGREED.hours, at(9, 9)) == 2 * HOUR


def test_first_response_never_pauses_and_resolution_pauses_for_the_client_alone() -> None:
    waiting, told = ticket().waiting(AGREED, at(9))
    assert told == [SlaPaused("t1", "resolution")]
    assert waiting.first_response.used_at(AGREED.hours, at(10)) == 2 * HOUR
    assert waiting.resolution.used_at(AGREED.hours, at(15)) == HOUR
    assert waiting.resolution.target_at(AGREED.hours) is None
    again, told = waiting.resumed(at(8, 3))
    assert told == [SlaResumed("t1", "resolution")]
    assert again.resolution.used_at(AGREED.hours, at(10, 3)) == 3 * HOUR
    assert waiting.first_response.target_at(AGREED.hours) == again.first_response.target_at(AGREED.hours)


def test_an_answer_stops_first_response_for_good() -> None:
    answered, _ = ticket().answered(AGREED, at(9))
    assert (answered.state, answered.first_response.since) == ("in-progress", None)
    _, late = answered.checked_at(AGREED, at(8, 31))
    assert [clock for clock, _ in breaches(late)] == ["resolution"]


def test_a_new_priority_sets_a_new_target_on_the_time_already_used() -> None:
    urgent, told = ticket(3).prioritised(2, AGREED, at(9))
    assert told == []
    assert urgent.first_response.target_at(AGREED.hours) == at(10)
    assert urgent.resolution.used_at(AGREED.hours, at(10)) == 2 * HOUR


def test_a_new_priority_that_is_over_already_breaks_at_once() -> None:
    urgent, told = ticket(4).prioritised(1, AGREED, at(10))
    assert breaches(told) == [("first-response", at(10))]
    assert urgent.first_response.broken
    assert urgent.escalated


def test_a_new_priority_while_it_waits_leaves_the_clock_standing() -> None:
    waiting, _ = ticket().waiting(AGREED, at(9))
    urgent, _ = waiting.prioritised(1, AGREED, at(12))
    assert urgent.resolution.since is None
    assert (urgent.resolution.used, urgent.resolution.target) == (HOUR, 8 * HOUR)


def test_another_agreement_counts_from_now_on_on_the_time_that_was_used_by_the_old_one() -> None:
    mornings = Hours(tuple(replace(each, closes_minute=12 * 60) for each in AGREED.hours.windows))
    quick = Agreement(mornings, (*AGREED.targets[:2], Target(3, 180, 600), AGREED.targets[3]))
    moved, told = ticket(3).agreed_anew(AGREED, quick, at(14))
    assert breaches(told) == [("first-response", at(12))]
    assert moved.resolution.used == AGREED.hours.worked(NOW, at(14))
    assert moved.resolution.target_at(mornings) == mornings.after(at(14), 10 * HOUR - moved.resolution.used)
    waiting, _ = ticket().waiting(AGREED, at(9))
    moved, _ = waiting.agreed_anew(AGREED, quick, at(10))
    assert (moved.resolution.since, moved.resolution.used, moved.resolution.target) == (None, HOUR, 10 * HOUR)


def test_a_breach_is_told_once_and_stays() -> None:
    late, told = ticket(1).checked_at(AGREED, at(9.5))
    assert breaches(told) == [("first-response", at(9))]
    again, silence = late.checked_at(AGREED, at(10))
    calm, more = again.prioritised(4, AGREED, at(10))
    assert (silence, more) == ([], [])
    assert calm.first_response.broken


def test_reopening_goes_on_with_what_was_used() -> None:
    solved, told = ticket(1).resolved("done", Money(500, "EUR"), AGREED, at(8.5))
    assert told == [TicketResolved("t1", "done", Money(500, "EUR"))]
    assert solved.resolution.target_at(AGREED.hours) is None
    again, told = solved.reopened(at(8, 4))
    assert told == [SlaResumed("t1", "resolution")]
    assert again.resolution.used_at(AGREED.hours, at(9, 4)) == 1.5 * HOUR
    assert again.first_response.since is None


def test_a_late_solution_tells_its_breach_before_itself() -> None:
    _, told = ticket(1).resolved("done", None, AGREED, at(12, 4))
    assert [type(fact) for fact in told] == [SlaBreached, SlaBreached, TicketResolved]


def test_what_does_not_fit_a_ticket_is_refused() -> None:
    solved, _ = ticket().resolved("done", None, AGREED, at(9))
    refused: tuple[Callable[[], object], ...] = (
        lambda: solved.resolved("again", None, AGREED, at(9)),
        lambda: solved.prioritised(1, AGREED, at(9)),
        lambda: ticket().reopened(at(9)),
    )
    for act in refused:
        with pytest.raises(WrongState):
            act()
    for amount in (Money(0, "EUR"), Money(5, "USD")):
        with pytest.raises(CreditIsWrong):
            demand_creditable(amount, Account("EUR", None, 0))
    assert ticket().resumed(at(9)) == (ticket(), [])


@pytest.mark.parametrize(
    "targets",
    [
        AGREED.targets[:3],
        (*AGREED.targets[:3], Target(3, 1, 2)),
        (*AGREED.targets[:3], Target(4, 5, 2)),
    ],
)
def test_an_agreement_that_cannot_be_is_refused(targets: tuple[Target, ...]) -> None:
    with pytest.raises(TargetsAreWrong):
        Agreement(AGREED.hours, targets).checked()


def test_an_agreement_that_nobody_could_keep_is_refused() -> None:
    with pytest.raises(TargetsAreWrong):
        Agreement(Hours((Window(0, 0, 1),))).checked()


moments = st.integers(0, 20 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))


@settings(max_examples=80)
@given(st.lists(moments, min_size=1, max_size=8, unique=True))
def test_a_clock_that_is_stopped_and_started_has_used_what_it_ran(given_moments: list[datetime]) -> None:
    clock = Clock("resolution", 400 * HOUR)
    ran = timedelta()
    running: datetime | None = None
    for moment in sorted(given_moments):
        if running is None:
            clock, running = clock.started(moment), moment
        else:
            ran += AGREED.hours.worked(running, moment)
            clock, running = clock.stopped(AGREED.hours, moment), None
    end = NOW + timedelta(days=30)
    if running is not None:
        ran += AGREED.hours.worked(running, end)
    assert clock.used_at(AGREED.hours, end) == ran


@settings(max_examples=80)
@given(moments, st.integers(1, 4), st.integers(1, 4), moments)
def test_a_running_clock_breaks_exactly_when_its_target_is_used_up(
    start: datetime, first: int, then: int, changed: datetime
) -> None:
    changed = max(start, changed)
    made, _ = ticket(first, start).prioritised(then, AGREED, changed)
    clock = made.resolution
    target_at = clock.target_at(AGREED.hours)
    assert target_at is not None
    if not clock.broken:
        assert clock.used_at(AGREED.hours, target_at) == AGREED.target("resolution", then)
        _, silence = made.checked_at(AGREED, target_at - timedelta(seconds=1))
        assert "resolution" not in {name for name, _ in breaches(silence)}
        _, told = made.checked_at(AGREED, target_at)
        assert ("resolution", target_at) in breaches(told)
