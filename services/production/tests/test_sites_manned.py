"""Whole sites with crews: no proposal books more people than there are, and who was late chooses first."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.values import Quantity
from production.domain.run import Run
from production.domain.scheduling import Booking, manning, schedule
from production.domain.scheduling.proposal import Proposal, Reckoning
from production.domain.scheduling.site import Site
from services.production.tests.made import NOW, hardening
from services.production.tests.routes import Route
from services.production.tests.test_manning import CALENDARS, HOUR, STEP, board, crew, overbooked
from services.production.tests.test_overlap import run_of

# Hours of work, people, whether they are of the crew, operations in turn, and when it is due.
Asked = tuple[int, int, bool, int, int]
ASKED = st.lists(
    st.tuples(st.integers(1, 12), st.integers(1, 3), st.booleans(), st.integers(1, 2), st.integers(0, 60)),
    min_size=1,
    max_size=8,
)


def site_of(asked: list[Asked], machines: int, people: int, *, crews: bool = True) -> Site:
    """A site on which each run has the place that it found when it was asked for, one after another."""
    on = board(crew("a", people, "early"), crew("b", 1, "week"), machines=machines)
    runs: list[Run] = []
    contents, bookings = {}, {}
    for number, (hours, wanted, skilled, count, due) in enumerate(asked):
        name, skill = f"r{number}", "hardening" if skilled and crews else ""
        one = replace(STEP, people=min(wanted, people), skill=skill)
        steps = tuple(
            replace(one, operation_no=10 * place, after=(10 * place - 10,) if place > 1 else ())
            for place in range(1, count + 1)
        )
        at = NOW + due * HOUR
        made = schedule(steps, Quantity(hours), on, now=NOW, begin=NOW, due=at)
        on.book(made)
        runs.append(run_of(name, Route(steps, Quantity(hours)), at, made))
        contents[name, 1], bookings[name] = hardening(operations=steps), made
    return Site(runs, contents, bookings, on.centres, CALENDARS, crews=on.crews if crews else {})


def proposed(site: Site) -> tuple[Proposal, dict[str, tuple[Booking, ...]]]:
    reckoning = Reckoning(site, Proposal("s", "plant-1", 0, 0, "pat", NOW), NOW)
    while reckoning.step(20):
        pass
    proposal, moves = reckoning.proposed()
    kept = {name: tuple(made) for name, made in site.bookings.items()}
    return proposal, kept | {move.run_id: move.bookings for move in moves if move.bookings}


def without_lists(site: Site) -> tuple[Proposal, dict[str, tuple[Booking, ...]]]:
    """What is proposed where people are placed behind the machines alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manning, "URGED_LISTS_COUNT_MAX", 0)
        return proposed(site)


@settings(max_examples=40, deadline=None)
@given(ASKED, st.integers(1, 4), st.integers(1, 3))
def test_no_proposal_books_more_people_or_machines_than_there_are_and_lists_make_nobody_later(
    asked: list[Asked], machines: int, people: int
) -> None:
    site = site_of(asked, machines, people)
    proposal, kept = proposed(site)
    placed = [each for made in kept.values() for each in made]
    on = board(crew("a", people, "early"), crew("b", 1, "week"))
    assert overbooked(on, placed) == []
    for one in placed:
        others = [each for each in placed if each is not one and each.machine_no == one.machine_no]
        assert all(each.ends_at <= one.starts_at or each.starts_at >= one.ends_at for each in others)
    for made in kept.values():
        assert all(one.ends_at <= other.starts_at for one, other in pairwise(made))
    behind, _ = without_lists(site)
    assert (proposal.tardy_seconds, proposal.late_count) <= (behind.tardy_seconds, behind.late_count)


@settings(max_examples=20, deadline=None)
@given(ASKED, st.integers(1, 4))
def test_a_site_without_crews_is_scheduled_as_by_machines_alone(asked: list[Asked], machines: int) -> None:
    site = site_of(asked, machines, 3, crews=False)
    assert proposed(site) == without_lists(site)


def test_who_was_late_behind_the_machines_chooses_people_first() -> None:
    site = site_of([(2, 3, True, 1, 26), (11, 2, True, 1, 18)], 1, 3)
    late, behind = (each.tardy_seconds // 3_600 for each, _ in (proposed(site), without_lists(site)))
    assert (late, behind) == (12, 34)
