"""People of crews beside machines: nobody is booked twice, and work goes on only while machine and crew are there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.recipes import Operation
from contracts.shapes import Shift
from contracts.values import Quantity
from production.domain.crew import Crew
from production.domain.downtime import open_minutes
from production.domain.plant import Calendar
from production.domain.run import Run
from production.domain.scheduling import Board, Booking, CannotBeScheduled, schedule
from production.domain.scheduling.crewing import BothHours, busy, joined
from production.domain.scheduling.giving_way import Shift as GivingWay
from production.domain.scheduling.places import load_of, place_within
from services.production.tests.made import FURNACE, NOW
from services.production.tests.routes import Route
from services.production.tests.test_overlap import run_of

HOUR = timedelta(hours=1)
WEEK = Calendar.defined("week", (0, 1, 2, 3, 4), 6, 22, ())
EARLY = Calendar.defined("early", (0, 1, 2, 3, 4), 6, 14, ())
NIGHTS = Calendar.of_shifts("nights", (Shift((0, 1, 2, 3), 1320, 1800),), ())
ROUND = Calendar.defined("round", (0, 1, 2, 3, 4, 5, 6), 0, 24, ())
CALENDARS = {each.calendar_id: each for each in (WEEK, EARLY, NIGHTS, ROUND)}
STEP = Operation(10, "Harden", "furnace", Quantity(0), Quantity(60), 1, Quantity(1), skill="hardening")


def crew(crew_id: str = "early", people: int = 2, calendar_id: str = "early") -> Crew:
    return Crew(crew_id, "plant-1", crew_id, "hardening", people, calendar_id)


def board(*crews: Crew, machines: int = 5, calendar_id: str = "week") -> Board:
    centre = replace(FURNACE, machines=machines, calendar_id=calendar_id)
    return Board({"furnace": centre}, CALENDARS, crews={each.crew_id: each for each in crews})


def put(
    on: Board, hours: int, people: int = 1, due: datetime = NOW + timedelta(days=7), skill: str = "hardening"
) -> Booking:
    """Book so many hours of work."""
    step = replace(STEP, people=people, skill=skill)
    bookings = schedule((step,), Quantity(hours), on, now=NOW, begin=NOW, due=due)
    on.book(bookings)
    return bookings[0]


def test_both_hours_are_those_in_which_both_are_open_a_night_over_midnight_too() -> None:
    monday, tuesday = date(2026, 3, 2), date(2026, 3, 3)
    assert BothHours(WEEK, EARLY).hours(monday) == EARLY.hours(monday)
    # The night of Monday from 22 to 6: on a round-the-clock machine it goes on into Tuesday.
    both = BothHours(ROUND, NIGHTS)
    assert [each for day in (monday, tuesday) for each in both.hours(day)] == [
        (datetime(2026, 3, 2, 22, tzinfo=UTC), datetime(2026, 3, 3, 0, tzinfo=UTC)),
        (datetime(2026, 3, 3, 0, tzinfo=UTC), datetime(2026, 3, 3, 6, tzinfo=UTC)),
        (datetime(2026, 3, 3, 22, tzinfo=UTC), datetime(2026, 3, 4, 0, tzinfo=UTC)),
    ]
    assert BothHours(EARLY, NIGHTS).hours(tuesday) == ()


def test_a_crew_is_busy_where_more_are_taken_than_it_may_give() -> None:
    taken = [(NOW, NOW + 4 * HOUR, 1), (NOW + HOUR, NOW + 2 * HOUR, 1), (NOW + 2 * HOUR, NOW + 3 * HOUR, 1)]
    assert busy(taken, 1) == [(NOW + HOUR, NOW + 3 * HOUR)]
    assert busy(taken, 0) == [(NOW, NOW + 4 * HOUR)]
    assert busy(taken, 2) == []
    assert joined([(NOW, NOW + HOUR), (NOW + HOUR, NOW + 2 * HOUR)]) == [(NOW, NOW + 2 * HOUR)]


def test_work_waits_for_people_though_machines_are_free() -> None:
    on = board(crew(people=2))
    places = [put(on, 3, due=NOW) for _ in range(3)]
    assert [(each.starts_at, each.crew_id, each.people) for each in places] == [
        (NOW, "early", 1),
        (NOW, "early", 1),
        (NOW + 3 * HOUR, "early", 1),
    ]
    # Its people go home at 14 and come back the next morning, the machine would go on until 22.
    assert places[2].ends_at == NOW + 6 * HOUR
    last = put(on, 2, 2, due=NOW)
    assert (last.starts_at, last.ends_at) == (NOW + 22 * HOUR, NOW + 24 * HOUR)
    assert put(on, 3, skill="", due=NOW).starts_at == NOW


def test_backward_it_ends_while_its_people_are_there() -> None:
    on = board(crew(people=1))
    due = NOW + 34 * HOUR
    first, second = put(on, 2, due=due), put(on, 2, due=due)
    assert first.ends_at == NOW + 30 * HOUR
    assert second.ends_at == first.starts_at


def test_the_crew_that_ends_first_does_it_and_one_that_is_too_small_never() -> None:
    on = board(crew("a", 1, "early"), crew("b", 2, "week"))
    assert [put(on, 8, due=NOW).crew_id for _ in range(2)] == ["b", "b"]
    assert put(on, 2, due=NOW).crew_id == "a"
    with pytest.raises(CannotBeScheduled, match="no crew of plant-1 has 3 people for hardening"):
        put(on, 1, 3)
    with pytest.raises(CannotBeScheduled, match="no crew of plant-1 has 1 people for welding"):
        put(on, 1, skill="welding")


def overbooked(on: Board, placed: list[Booking]) -> list[Booking]:
    """Places at whose beginning more people of their crew are at work than there are."""
    return [
        one
        for one in placed
        if one.crew_id is not None
        and sum(
            each.people
            for each in placed
            if each.crew_id == one.crew_id and each.starts_at <= one.starts_at < each.ends_at
        )
        > on.crews[one.crew_id].people
    ]


JOBS = st.lists(
    st.tuples(st.integers(1, 20), st.integers(1, 3), st.integers(0, 120), st.booleans()),
    min_size=1,
    max_size=14,
)


@settings(deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.sampled_from(["early", "week", "nights"]), JOBS)
def test_no_crew_is_over_booked_and_both_calendars_are_kept(
    machines: int, people: int, hours: str, jobs: list[tuple[int, int, int, bool]]
) -> None:
    on = board(crew("a", people, hours), crew("b", 1, "early"), machines=machines, calendar_id="round")
    placed = []
    for length, wanted, due, skilled in jobs:
        many = min(wanted, people)
        placed.append(put(on, length, many, NOW + due * HOUR, "hardening" if skilled else ""))
        assert placed[-1].crew_id in (("a", "b") if skilled else (None,))
    assert overbooked(on, placed) == []
    for (length, _, _, _), one in zip(jobs, placed, strict=True):
        both = on.days("furnace", one.crew_id)
        assert open_minutes(both, one.starts_at, one.ends_at) == Fraction(length * 60)
        others = [each for each in placed if each is not one and each.machine_no == one.machine_no]
        assert all(each.ends_at <= one.starts_at or each.starts_at >= one.ends_at for each in others)


@settings(deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), JOBS, st.integers(0, 13), st.integers(0, 60))
def test_who_gives_way_finds_people_again(
    machines: int, people: int, jobs: list[tuple[int, int, int, bool]], chosen: int, later: int
) -> None:
    crews = (crew("a", people, "week"), crew("b", 1, "early"))
    on = board(*crews, machines=machines)
    steps: dict[str, tuple[Operation, ...]] = {}
    kept: dict[str, tuple[Booking, ...]] = {}
    runs: dict[str, Run] = {}
    for number, (length, wanted, due, skilled) in enumerate(jobs):
        name, skill = f"r{number:02}", "hardening" if skilled else ""
        steps[name] = (replace(STEP, people=min(wanted, people), skill=skill),)
        kept[name] = schedule(steps[name], Quantity(length), on, now=NOW, begin=NOW, due=NOW + due * HOUR)
        on.book(kept[name])
        runs[name] = run_of(name, Route(steps[name], Quantity(length)), NOW + due * HOUR, kept[name])
    shift = GivingWay(board(*crews, machines=machines), runs, steps, kept, NOW)
    moved = f"r{chosen % len(jobs):02}"
    (was,), at = kept[moved], NOW + later * HOUR
    ends = place_within(shift.board, "furnace", load_of(steps[moved][0], runs[moved].runs), at, was.crew_id)[
        1
    ]
    asked = replace(was, machine_no=1, starts_at=at, ends_at=ends)

    def in_the_way(each: Booking) -> bool:
        return each.machine_no == 1 and each.starts_at < ends and each.ends_at > at

    found = shift.keep([name for name in runs if name != moved], in_the_way, asked)
    shift.put(moved, 10, asked)
    shift.give_way(found)
    after = [(shift.moved.get(name) or kept[name])[0] for name in runs]
    assert overbooked(on, after) == []
    for one in after:
        others = [each for each in after if each is not one and each.machine_no == one.machine_no]
        assert all(each.ends_at <= one.starts_at or each.starts_at >= one.ends_at for each in others)
    assert [
        open_minutes(on.days("furnace", each.crew_id), each.starts_at, each.ends_at) for each in after
    ] == [length * 60 for length, *_ in jobs]
