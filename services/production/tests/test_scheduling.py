"""Runs find their places in time: on free machines, inside hours, in time when that is possible."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backbone.errors import Invalid
from contracts.recipes import Operation
from contracts.values import Quantity
from production.domain.downtime import open_minutes
from production.domain.plant import Calendar, WorkCentre
from production.domain.scheduling import Board, Booking, CannotBeScheduled, load_of, schedule, told
from production.domain.scheduling.hours import Hours, seconds
from services.production.tests.made import FURNACE, NOW

WEEK = Calendar.defined("week", (0, 1, 2, 3, 4), 8, 16, ())
HOUR = timedelta(hours=1)
STEP = Operation(10, "Harden", "furnace", Quantity(60), Quantity(60), 1, Quantity(1))


def board(machines: int = 1) -> Board:
    return Board({"furnace": replace(FURNACE, machines=machines)}, {"week": WEEK})


def place(
    on: Board,
    runs: int = 1,
    due: datetime = NOW + timedelta(days=7),
    begin: datetime = NOW,
    steps: tuple[Operation, ...] = (STEP,),
) -> tuple[Booking, ...]:
    """Book a run of so many times an hour, and an hour of setup."""
    bookings = schedule(steps, Quantity(runs), on, now=NOW, begin=begin, due=due)
    on.book(bookings)
    return bookings


def test_work_is_put_as_late_as_the_due_moment_allows_over_the_weekend() -> None:
    due = datetime(2026, 3, 9, 10, tzinfo=UTC)
    (booking,) = place(board(), 4, due)
    assert (booking.starts_at, booking.ends_at) == (datetime(2026, 3, 6, 13, tzinfo=UTC), due)


def test_work_that_is_late_already_goes_forward_from_now() -> None:
    (booking,) = place(board(), 9, NOW)
    assert (booking.starts_at, booking.ends_at) == (NOW, NOW + timedelta(days=1, hours=2))


def test_a_machine_that_is_taken_is_not_booked_again_and_the_work_goes_before_it() -> None:
    on = board()
    due = NOW + 8 * HOUR
    first, second = (place(on, 1, due)[0] for _ in range(2))
    assert (first.starts_at, first.ends_at) == (due - 2 * HOUR, due)
    assert (second.starts_at, second.ends_at) == (due - 4 * HOUR, due - 2 * HOUR)


@given(
    st.integers(1, 4), st.lists(st.tuples(st.integers(1, 12), st.integers(0, 60)), min_size=1, max_size=12)
)
def test_no_machine_has_a_better_place_than_the_one_that_is_found(
    machines: int, asked: list[tuple[int, int]]
) -> None:
    on = board(machines)
    for runs, hours in asked:
        due = NOW + hours * HOUR
        alone = []
        for number in range(1, machines + 1):
            single = Board(
                board().centres, {"week": WEEK}, {("furnace", 1): list(on.taken.get(("furnace", number), ()))}
            )
            (found,) = schedule((STEP,), Quantity(runs), single, now=NOW, begin=NOW, due=due)
            alone.append((found.ends_at, found.starts_at, number))
        in_time = [(ends, starts, -number) for ends, starts, number in alone if ends <= due]
        ends, starts, number = max(in_time) if in_time else min(alone)
        (booking,) = place(on, runs, due)
        assert (booking.ends_at, booking.starts_at, booking.machine_no) == (ends, starts, abs(number))


def test_a_second_machine_takes_the_same_time() -> None:
    on = board(machines=2)
    due = NOW + 8 * HOUR
    bookings = [place(on, 1, due)[0] for _ in range(3)]
    assert [(each.machine_no, each.ends_at) for each in bookings] == [
        (1, due),
        (2, due),
        (1, due - 2 * HOUR),
    ]


def test_a_full_machine_makes_the_last_run_late_and_says_so_by_its_end() -> None:
    on = board()
    due = NOW + 4 * HOUR
    ends = [place(on, 1, due)[0].ends_at for _ in range(3)]
    assert ends == [due, due - 2 * HOUR, due + 2 * HOUR]


def test_work_does_not_begin_before_its_material_is_planned_unless_it_would_be_late() -> None:
    on = board()
    begin, due = NOW + 3 * HOUR, NOW + 6 * HOUR
    assert place(on, 1, due, begin)[0].starts_at == NOW + 4 * HOUR
    assert place(on, 1, due, begin)[0].starts_at == NOW + 2 * HOUR


def test_work_waits_overnight_and_keeps_its_machine() -> None:
    on = board()
    (long,) = place(on, 9, NOW)
    (short,) = place(on, 1, NOW)
    assert short.starts_at == long.ends_at


def test_operations_follow_one_another_on_their_own_centres() -> None:
    centres = {name: replace(FURNACE, work_centre_id=name) for name in ("saw", "furnace")}
    steps = (replace(STEP, work_centre_id="saw"), replace(STEP, operation_no=20))
    first, second = schedule(
        steps, Quantity(1), Board(centres, {"week": WEEK}), now=NOW, begin=NOW, due=NOW + 6 * HOUR
    )
    assert first.ends_at == second.starts_at == NOW + 4 * HOUR
    assert [each.load_minutes for each in told((first, second), steps, Quantity(1))] == [Quantity(120)] * 2


def test_an_operation_without_minutes_takes_no_machine() -> None:
    on = board()
    idle = replace(STEP, setup_minutes=Quantity(0), run_minutes=Quantity(0))
    (booking,) = place(on, 1, NOW + 6 * HOUR, steps=(idle,))
    assert booking.starts_at == booking.ends_at
    assert on.taken == {}


def test_what_has_no_place_is_refused() -> None:
    for on in (Board({}, {"week": WEEK}), Board({"furnace": FURNACE}, {})):
        with pytest.raises(CannotBeScheduled):
            place(on)
    with pytest.raises(CannotBeScheduled, match="366 days"):
        place(board(), 10**6)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.integers(0, 24 * 20), st.integers(0, 24 * 20)),
        min_size=1,
        max_size=12,
    ),
    st.integers(1, 3),
)
def test_places_are_in_order_inside_hours_and_no_machine_is_taken_twice(
    asked: list[tuple[int, int, int]], machines: int
) -> None:
    on = board(machines)
    steps = (STEP, replace(STEP, operation_no=20))
    for runs, begin, due in asked:
        bookings = place(on, runs, NOW + due * HOUR, NOW + begin * HOUR, steps)
        moments = [moment for each in bookings for moment in (each.starts_at, each.ends_at)]
        assert moments == sorted(moments)
        assert moments[0] >= NOW
        for moment in moments:
            assert any(opens <= moment <= closes for opens, closes in WEEK.hours(moment.date()))
        for each in bookings:
            assert each.ends_at - each.starts_at >= timedelta(
                seconds=load_of(STEP, Quantity(runs)).micro * 60 // 10**6
            )
    for spans in on.taken.values():
        assert spans == sorted(spans)
        assert all(one[1] <= other[0] for one, other in pairwise(spans))


@pytest.mark.parametrize(
    ("weekdays", "opens", "closes", "days_off"),
    [
        ((), 8, 16, ()),
        ((7,), 8, 16, ()),
        ((0,) * 8, 8, 16, ()),
        ((0,), 16, 8, ()),
        ((0,), 8, 33, ()),
        ((0,), 24, 30, ()),
        ((0,), 8, 16, ("1 May",)),
    ],
)
def test_a_calendar_on_which_nobody_works_is_refused(
    weekdays: tuple[int, ...], opens: int, closes: int, days_off: tuple[str, ...]
) -> None:
    with pytest.raises(Invalid):
        Calendar.defined("c", weekdays, opens, closes, days_off)


@pytest.mark.parametrize(
    "wrong",
    [
        {"machines": 0},
        {"labour_rate_minor": -1},
        {"machine_rate_minor": 10**10},
        {"currency": "eur"},
        {"overhead_rate": Quantity(-1)},
    ],
)
def test_a_work_centre_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        replace(FURNACE, **wrong)  # type: ignore[arg-type]


def test_a_day_off_is_no_working_day() -> None:
    calendar = Calendar.defined("c", (0, 1), 8, 16, ("2026-03-02",))
    assert calendar.hours(NOW.date()) == ()
    assert calendar.told().days_off == ("2026-03-02",)
    assert WorkCentre.told(FURNACE).overhead_rate == FURNACE.overhead_rate.decimal


NIGHTS = Calendar.defined("week", (0, 1, 2, 3, 4), 22, 30, ())


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "runs", "begins", "ends"),
    [
        (at(4, 4), 5, at(3, 22), at(4, 4)),
        (at(4, 12), 9, at(3, 4), at(4, 6)),
        (at(9, 12), 3, at(7, 2), at(7, 6)),
        (at(10, 1), 2, at(9, 22), at(10, 1)),
        (at(2, 9), 11, at(2, 22), at(4, 2)),
    ],
    ids=[
        "within a night",
        "over two",
        "friday's ends on saturday",
        "the first of a week",
        "forward when it is late",
    ],
)
def test_a_night_shift_goes_on_after_midnight(
    due: datetime, runs: int, begins: datetime, ends: datetime
) -> None:
    on = Board({"furnace": FURNACE}, {"week": NIGHTS})
    (booking,) = place(on, runs, due)
    assert (booking.starts_at, booking.ends_at) == (begins, ends)


def test_what_begins_after_midnight_is_in_the_night_that_began_before() -> None:
    on = Board({"furnace": FURNACE}, {"week": NIGHTS})
    (booking,) = schedule((STEP,), Quantity(2), on, now=at(4, 1), begin=at(4, 1), due=at(4, 4))
    assert (booking.starts_at, booking.ends_at) == (at(4, 1), at(4, 4))


def test_the_minutes_of_a_night_count_on_both_sides_of_midnight() -> None:
    assert open_minutes(NIGHTS, at(4, 0), at(4, 12)) == 6 * 60
    assert open_minutes(NIGHTS, at(7, 0), at(9, 12)) == 6 * 60, "friday night alone"
    night = Hours.of_calendar(NIGHTS, at(4, 0).date(), 1)
    assert night.worked(seconds(at(4, 23))) == 9 * 3600, "the night before, and an hour of its own"
