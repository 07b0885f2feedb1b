"""Operations go on side by side: what follows begins with the first transfer batch and waits for the last one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.recipes import Operation
from contracts.values import Quantity
from production.domain.plant import WorkCentre
from production.domain.run import Run
from production.domain.scheduling import Board, Booking, schedule, told
from production.domain.scheduling.giving_way import Shift
from production.domain.scheduling.proposal import Proposal, Reckoning
from production.domain.scheduling.resizing import shortened
from production.domain.scheduling.site import Site
from services.production.tests.made import NOW, hardening
from services.production.tests.routes import (
    CALENDARS,
    CENTRES,
    Route,
    operation,
    routes,
    taken_twice,
    wrongs,
)

MINUTE = timedelta(minutes=1)
DAYS = timedelta(days=3)
ALONE = {
    name: replace(CENTRES["mill"], work_centre_id=name, machines=1) for name in ("first", "second", "third")
}


def board(centres: dict[str, WorkCentre] = CENTRES) -> Board:
    return Board(centres, CALENDARS)


def flow(sent: int | None, *minutes: int, **more: Any) -> tuple[Operation, ...]:
    """Operations one behind another, each with a machine of its own, that send so many ahead."""
    ahead = None if sent is None else Quantity(sent)
    return tuple(
        operation(10 * number, centre, str(each), send_ahead=ahead if number < len(minutes) else None, **more)
        for number, (centre, each) in enumerate(zip(ALONE, minutes, strict=False), 1)
    )


def spans(operations: tuple[Operation, ...], runs: int, due: datetime) -> list[tuple[int, int]]:
    """Begin and end of each operation, in minutes from the first begin on."""
    made = schedule(operations, Quantity(runs), board(ALONE), now=NOW, begin=NOW, due=due)
    first = made[0].starts_at
    return [((each.starts_at - first) // MINUTE, (each.ends_at - first) // MINUTE) for each in made]


# With s equal sublots of n runs two machines are done after n/s (a + b + (s - 1) max(a, b)): Potts and Baker, "Flow
# shop scheduling with lot streaming", Operations Research Letters 8, 1989. A third machine that may not pause begins
# as its neighbour allows: Baker and Jia, "A comparative study of lot streaming procedures", Omega 21, 1993.
@pytest.mark.parametrize(
    ("sent", "minutes", "places"),
    [
        (None, (2, 3), [(0, 200), (200, 500)]),
        (20, (2, 3), [(0, 200), (40, 340)]),
        (20, (3, 2), [(0, 300), (140, 340)]),
        (50, (2, 2), [(0, 200), (100, 300)]),
        (1, (2, 2), [(0, 200), (2, 202)]),
        (100, (2, 3), [(0, 200), (200, 500)]),
        (20, (2, 3, 1), [(0, 200), (40, 340), (260, 360)]),
        (25, (1, 3, 2), [(0, 100), (25, 325), (175, 375)]),
    ],
)
def test_a_lot_in_equal_parts_takes_as_long_as_the_literature_says(
    sent: int | None, minutes: tuple[int, ...], places: list[tuple[int, int]]
) -> None:
    operations = flow(sent, *minutes)
    assert spans(operations, 100, NOW) == places, "forward"
    assert spans(operations, 100, NOW + DAYS) == places, "backward"


def test_setups_are_before_the_first_part_and_are_not_done_beside_what_comes_before() -> None:
    operations = flow(20, 2, 3, setup_minutes=Quantity(30))
    assert spans(operations, 100, NOW) == [(0, 230), (70, 400)]


def test_a_part_that_is_left_over_counts_as_a_whole_one() -> None:
    assert spans(flow(30, 3, 1), 100, NOW) == [(0, 300), (230, 330)]


def test_whole_loads_are_sent_and_a_load_waits_until_it_is_full() -> None:
    baked, cut = operation(10, "first", "2"), operation(20, "second", "1")
    loads = replace(baked, batch_runs=Quantity(10), send_ahead=Quantity(25))
    assert spans((loads, cut), 100, NOW) == [(0, 200), (125, 225)], "25 are there with the third load"
    fed = replace(baked, send_ahead=Quantity(8))
    bath = replace(cut, batch_runs=Quantity(20), run_minutes=Quantity(3))
    assert spans((fed, bath), 100, NOW) == [(0, 200), (48, 348)], "a bath of 20 waits for three times 8"


def test_branches_are_done_side_by_side_and_what_joins_them_takes_its_first_parts_from_both() -> None:
    left = operation(10, "first", "2", send_ahead=Quantity(10))
    right = operation(20, "second", "1", after=(), send_ahead=Quantity(10))
    joined = operation(30, "third", "2", after=(10, 20))
    assert spans((left, right, joined), 50, NOW) == [(0, 100), (0, 50), (20, 120)]


def test_what_goes_on_beside_another_on_the_same_machine_waits_for_it() -> None:
    one = operation(10, "first", "2", send_ahead=Quantity(10))
    other = operation(20, "first", "2")
    assert spans((one, other), 50, NOW) == [(0, 100), (100, 200)]
    apart = (replace(one, send_ahead=None), replace(other, after=()))
    assert spans(apart, 50, NOW) == [(0, 100), (100, 200)]


def test_over_a_night_the_last_part_is_waited_for() -> None:
    # The saw rests from 16:00 to 8:00; the mill never does, and does in an hour what the saw does in two.
    sawn = operation(10, "saw", "60", send_ahead=Quantity(1))
    milled = operation(20, "mill", "30")
    first, second = schedule((sawn, milled), Quantity(10), board(), now=NOW, begin=NOW, due=NOW)
    assert first.ends_at == NOW + timedelta(hours=26)
    assert second.ends_at == first.ends_at + timedelta(minutes=30)
    assert second.ends_at - second.starts_at == timedelta(hours=5)


def test_an_alternate_is_taken_where_the_run_would_be_late_and_not_otherwise() -> None:
    work = operation(10, "first", "60", alternates=("second",))
    on = board(ALONE)
    hours = [timedelta(hours=each) for each in range(10)]
    for due, expected in ((4, "first"), (4, "first"), (4, "second"), (4, "second"), (0, "first")):
        (made,) = schedule((work,), Quantity(2), on, now=NOW, begin=NOW, due=NOW + hours[due])
        on.book([made])
        assert made.work_centre_id == expected
    assert made.ends_at == NOW + hours[6], "late at both alike: the planned one"


def test_an_alternate_is_taken_where_the_planned_machine_has_no_place_at_all() -> None:
    on = board(ALONE)
    on.book([Booking(1, "first", 1, NOW, NOW + timedelta(days=400))])
    work = operation(10, "first", "60", alternates=("second",))
    (made,) = schedule((work,), Quantity(2), on, now=NOW, begin=NOW, due=NOW)
    assert (made.work_centre_id, made.starts_at) == ("second", NOW)


def test_an_alternate_is_taken_before_work_is_begun_without_its_material() -> None:
    on = board(ALONE)
    material, due = NOW + timedelta(hours=4), NOW + timedelta(hours=7)
    on.book([Booking(1, "first", 1, material, due)])
    work = operation(10, "first", "60", alternates=("second",))
    (made,) = schedule((work,), Quantity(2), on, now=NOW, begin=material, due=due)
    assert (made.work_centre_id, made.ends_at) == ("second", due)


def run_of(name: str, route: Route, due: datetime, made: tuple[Booking, ...]) -> Run:
    run = Run(name, name, name, 1, "plant-1", route.runs, (), (), due, 1, "scheduled", None)
    return replace(run, operations=told(made, route.operations, route.runs), material_at=NOW)


asks = st.lists(st.tuples(routes(), st.integers(0, 200)), min_size=1, max_size=4)


def placed(
    asked: list[tuple[Route, int]], on: Board
) -> dict[str, tuple[Route, datetime, tuple[Booking, ...]]]:
    found = {}
    for number, (route, hours) in enumerate(asked):
        due = NOW + timedelta(hours=hours)
        made = schedule(route.operations, route.runs, on, now=NOW, begin=NOW, due=due)
        on.book(made)
        found[f"r{number}"] = (route, due, made)
    return found


@settings(max_examples=100)
@given(asks)
def test_the_first_places_keep_the_order_of_any_recipe(asked: list[tuple[Route, int]]) -> None:
    found = placed(asked, board())
    for route, _, made in found.values():
        assert list(wrongs(made, route)) == []
    assert taken_twice(each for _, _, made in found.values() for each in made) == []
    assert placed(asked, board()) == found, "the same again"


@settings(max_examples=100)
@given(asks, st.integers(0, 60), st.sampled_from(sorted(CENTRES)), st.integers(1, 50))
def test_what_gives_way_keeps_the_order_of_any_recipe(
    asked: list[tuple[Route, int]], begin: int, centre: str, hours: int
) -> None:
    found = placed(asked, board())
    stop = Booking(0, centre, 1, NOW + begin * 60 * MINUTE, NOW + (begin + hours) * 60 * MINUTE)
    on = board()
    on.book([stop])
    shift = Shift(
        on,
        {name: run_of(name, *each) for name, each in found.items()},
        {name: route.operations for name, (route, _, _) in found.items()},
        {name: made for name, (_, _, made) in found.items()},
        NOW,
    )

    def hit(each: Booking) -> bool:
        there = each.place[:2] == stop.place[:2]
        return there and each.starts_at < stop.ends_at and stop.starts_at < each.ends_at

    shift.give_way(shift.keep(sorted(found), hit))
    kept = {**shift.bookings, **shift.moved}
    for name, made in kept.items():
        assert list(wrongs(made, found[name][0])) == []
    assert taken_twice([stop, *(each for made in kept.values() for each in made)]) == []


@settings(max_examples=100)
@given(routes(), st.integers(0, 100), st.integers(0, 4), st.integers(0, 100))
def test_what_is_moved_by_hand_is_followed_by_what_comes_after_it(
    route: Route, hours: int, place: int, later: int
) -> None:
    due, made = NOW, schedule(route.operations, route.runs, board(), now=NOW, begin=NOW, due=NOW)
    shift = Shift(board(), {"r": run_of("r", route, due, made)}, {"r": route.operations}, {"r": made}, NOW)
    moved = made[place % len(made)]
    at = moved.starts_at + timedelta(hours=hours, minutes=later)
    shift.put("r", moved.operation_no, replace(moved, starts_at=at, ends_at=at))
    assert list(wrongs(shift.moved.get("r", made), route)) == []


@settings(max_examples=100)
@given(routes(), st.integers(1, 20), st.integers(0, 200))
def test_a_run_that_is_less_keeps_its_order(route: Route, left: int, hours: int) -> None:
    due = NOW + timedelta(hours=hours)
    made = schedule(route.operations, route.runs, board(), now=NOW, begin=NOW, due=due)
    less = Route(route.operations, Quantity(min(left, int(route.runs.decimal))))
    kept = shortened(made, route.operations, less.runs, board())
    assert list(wrongs(kept, less)) == []
    assert all(one.ends_at >= other.ends_at for one, other in zip(made, kept, strict=True))


@settings(max_examples=60)
@given(asks)
def test_a_whole_site_keeps_the_order_of_any_recipe(asked: list[tuple[Route, int]]) -> None:
    found = placed(asked, board())
    site = Site(
        [run_of(name, *each) for name, each in found.items()],
        {(name, 1): hardening(operations=route.operations) for name, (route, _, _) in found.items()},
        {name: made for name, (_, _, made) in found.items()},
        CENTRES,
        CALENDARS,
    )
    reckoning = Reckoning(site, Proposal("s", "plant-1", 0, 0, "pat", NOW), NOW)
    while reckoning.step(5):
        pass
    _, moves = reckoning.proposed()
    kept = {**site.bookings, **{move.run_id: move.bookings for move in moves if move.bookings}}
    for name, made in kept.items():
        assert list(wrongs(made, found[name][0])) == []
    assert taken_twice(each for made in kept.values() for each in made) == []
