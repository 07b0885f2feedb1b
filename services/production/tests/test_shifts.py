"""Calendars of shifts: work rests in pauses, each weekday has hours of its own, and no two shifts overlap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.errors import Invalid
from contracts.recipes import Operation
from contracts.shapes import Shift
from contracts.values import Quantity
from production.domain.downtime import open_minutes
from production.domain.plant import Calendar
from production.domain.scheduling import Board, Booking, schedule
from production.domain.scheduling.hours import Hours, moment, seconds
from services.production.tests.door import PLANNER, Door
from services.production.tests.made import FURNACE, NOW
from services.production.tests.test_api import CALENDAR
from services.production.tests.test_api import FURNACE as CENTRE

WEEK = (0, 1, 2, 3)
# Monday to Thursday from six to two with a pause at ten, and from two to ten; on Friday until noon.
SHIFTS = (
    Shift(WEEK, 360, 600),
    Shift(WEEK, 630, 840),
    Shift(WEEK, 840, 1320),
    Shift((4,), 360, 720),
)
PLANT = Calendar.of_shifts("week", SHIFTS, ("2026-03-04",))
HOUR = timedelta(hours=1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def placed(hours: int, begin: datetime, due: datetime, calendar: Calendar = PLANT) -> Booking:
    step = Operation(10, "Harden", "furnace", Quantity(0), Quantity(60), 1, Quantity(1))
    board = Board({"furnace": FURNACE}, {"week": calendar})
    (booking,) = schedule((step,), Quantity(hours), board, now=begin, begin=begin, due=due)
    return booking


@pytest.mark.parametrize(
    ("hours", "due", "begins", "ends"),
    [
        (4, at(3, 12), at(3, 7, 30), at(3, 12)),
        (15, at(3, 21), at(2, 21, 30), at(3, 21)),
        (8, at(9, 8), at(6, 6), at(9, 8)),
        (2, at(5, 7), at(3, 21), at(5, 7)),
    ],
    ids=["over the pause", "both shifts and the evening before", "friday's is short", "a day off between"],
)
def test_work_is_put_into_shifts_and_rests_between_them(
    hours: int, due: datetime, begins: datetime, ends: datetime
) -> None:
    booking = placed(hours, NOW, due)
    assert (booking.starts_at, booking.ends_at) == (begins, ends)


def test_work_that_is_late_goes_forward_over_the_pause_and_the_short_friday() -> None:
    assert placed(3, at(3, 8), at(3, 8)).ends_at == at(3, 11, 30)
    late = placed(8, at(6, 9), at(6, 9))
    assert (late.starts_at, late.ends_at) == (at(6, 9), at(9, 11, 30))


def test_the_minutes_of_shifts_count_each_once() -> None:
    assert open_minutes(PLANT, at(2, 0), at(3, 0)) == 15 * 60 + 30
    assert open_minutes(PLANT, at(2, 9), at(2, 11)) == 90
    assert open_minutes(PLANT, at(2, 0), at(9, 0)) == 3 * (15 * 60 + 30) + 6 * 60
    assert open_minutes(PLANT, at(4, 0), at(5, 0)) == 0, "a day off"


NIGHT = Shift((0, 1, 2, 3, 4), 1320, 1800)


@pytest.mark.parametrize(
    "shifts",
    [
        (),
        (Shift((), 0, 60),),
        (Shift((7,), 0, 60),),
        (Shift((0, 0), 0, 60),),
        (Shift((0,), 60, 60),),
        (Shift((0,), 1440, 1500),),
        (Shift((0,), 60, 1501),),
        (Shift((0, 1), 360, 840), Shift((1,), 839, 900)),
        (NIGHT, Shift((5,), 359, 720)),
        (Shift((6,), 1320, 1800), Shift((0,), 300, 720)),
    ],
    ids=[
        "none", "no day", "an eighth day", "a day twice", "no time", "tomorrow's", "beyond a day", "at once",
        "into the night", "over the week's end",
    ],
)  # fmt: skip
def test_shifts_that_cannot_be_worked_are_refused(shifts: tuple[Shift, ...]) -> None:
    with pytest.raises(Invalid) as refused:
        Calendar.of_shifts("week", shifts, ())
    assert all(pointer.startswith("/shifts") for pointer, _ in refused.value.pointers)


def test_shifts_that_touch_are_worked_through() -> None:
    round_the_clock = Calendar.of_shifts("c", (NIGHT, Shift((0, 1, 2, 3, 4), 360, 1320)), ())
    assert placed(20, at(2, 8), at(3, 6), round_the_clock).starts_at == at(2, 10)


@given(st.integers(0, 14 * 1440), st.integers(1, 40 * 60), st.booleans())
def test_all_of_the_work_lies_in_the_shifts_and_the_site_counts_alike(
    begin: int, minutes: int, late: bool
) -> None:
    begins = NOW + timedelta(minutes=begin)
    step = Operation(10, "Harden", "furnace", Quantity(0), Quantity(minutes), 1, Quantity(1))
    board = Board({"furnace": FURNACE}, {"week": PLANT})
    due = begins if late else begins + timedelta(days=14)
    (found,) = schedule((step,), Quantity(1), board, now=begins, begin=begins, due=due)
    assert begins <= found.starts_at
    assert late or found.ends_at <= due
    assert open_minutes(PLANT, found.starts_at, found.ends_at) == minutes
    hours = Hours.of_calendar(PLANT, NOW.date(), 60)
    first = hours.first(seconds(found.starts_at))
    assert first is not None
    assert moment(hours.end(first, minutes * 60) or 0) == found.ends_at


async def test_a_calendar_of_shifts_is_defined_shown_and_loaded_by_http(door: Door) -> None:
    shifts = [
        {"weekdays": list(each.weekdays), "opens_at_minute": each.opens_at_minute,
         "closes_at_minute": each.closes_at_minute}
        for each in SHIFTS
    ]  # fmt: skip
    body = {"calendar_id": "week", "shifts": shifts}
    await door.post(PLANNER, "/v1/calendars", body, status=201)
    shown = await door.get(PLANNER, "/v1/calendars/week")
    assert sorted(map(str, shown["shifts"])) == sorted(map(str, shifts))
    assert (shown["weekdays"], shown["opens_at_hour"], shown["closes_at_hour"]) == ([0, 1, 2, 3, 4], 6, 22)
    for wrong in (
        {**CALENDAR, "shifts": shifts},
        {"calendar_id": "week"},
        {"calendar_id": "week", "weekdays": [0], "opens_at_hour": 6},
        {"calendar_id": "week", "shifts": [shifts[0], shifts[0]]},
    ):
        await door.post(PLANNER, "/v1/calendars", wrong, status=422)


async def test_load_and_oee_count_the_hours_of_shifts_and_not_those_between(door: Door) -> None:
    shifts = [
        {"weekdays": [0], "opens_at_minute": 360, "closes_at_minute": 600},
        {"weekdays": [0, 1], "opens_at_minute": 1_200, "closes_at_minute": 1_320},
    ]
    await door.post(PLANNER, "/v1/calendars", {"calendar_id": "week", "shifts": shifts}, status=201)
    await door.post(PLANNER, "/v1/work-centres", CENTRE, status=201)
    load = await door.get(PLANNER, "/v1/work-centres/furnace/load?buckets=2&from=2026-03-02T00:00:00Z")
    assert [each["open_minutes"] for each in load["buckets"]] == ["360", "120"]
    span = "from=2026-03-02T00:00:00Z&to=2026-03-04T00:00:00Z"
    used = await door.get(PLANNER, f"/v1/work-centres/furnace/effectiveness?{span}")
    assert used["loading_minutes"] == "480"
