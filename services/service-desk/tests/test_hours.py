"""Working hours: what lies in them, how long they last, and when so much of them has passed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.desk_made import DAY, HOUR, NOW, WEEK, at

from contracts.values import Quantity
from service_desk.domain.hours import OFFICE, DateIsOutOfReach, Hours, HoursAreWrong, Window

SPLIT = Hours(tuple(Window(day, *part) for day in range(5) for part in ((480, 720), (780, 1020))))
moments = st.integers(0, 40 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
spans = st.integers(0, 120 * 60).map(lambda minutes: timedelta(minutes=minutes))
hours = st.sampled_from([OFFICE, SPLIT, Hours(WEEK.windows, (at(0, 4).date(),))])


def test_a_weekend_and_a_day_off_are_not_worked() -> None:
    assert WEEK.worked(at(15, 6), at(9, 9)) == 2 * HOUR
    assert Hours(WEEK.windows, (at(0, 4).date(),)).worked(at(8, 4), at(16, 4)) == timedelta()


def test_work_goes_on_after_a_break_and_after_a_weekend() -> None:
    assert SPLIT.after(at(11, 6), 2 * HOUR) == at(14, 6)
    assert WEEK.after(at(15, 6), 2 * HOUR) == at(9, 9)
    assert WEEK.after(at(3, 2), timedelta()) == at(3, 2)


def test_moments_with_any_offset_are_the_same_moments() -> None:
    tokyo = at(9).astimezone(timezone(timedelta(hours=9)))
    assert WEEK.after(tokyo, HOUR) == at(10)
    assert WEEK.worked(tokyo, at(10)) == HOUR


def test_hours_of_a_week_are_summed() -> None:
    assert WEEK.per_week == Quantity(40)
    assert SPLIT.longest == 4 * HOUR


def test_what_never_ends_is_refused() -> None:
    with pytest.raises(DateIsOutOfReach):
        WEEK.after(NOW, 100 * HOUR, days=3)


@pytest.mark.parametrize(
    "windows",
    [
        (),
        (Window(7, 0, 60),),
        (Window(0, 60, 60),),
        (Window(0, 0, 1_441),),
        (Window(0, -1, 60),),
        (Window(0, 0, 120), Window(0, 60, 180)),
    ],
)
def test_hours_that_cannot_be_are_refused(windows: tuple[Window, ...]) -> None:
    with pytest.raises(HoursAreWrong):
        Hours(windows).checked()


def test_hours_are_put_in_order_and_touching_windows_are_fine() -> None:
    late, early = Window(1, 720, 780), Window(1, 600, 720)
    assert Hours((late, early)).checked().windows == (early, late)


@settings(max_examples=60)
@given(hours, moments, spans)
def test_after_so_much_work_so_much_is_worked(calendar: Hours, start: datetime, span: timedelta) -> None:
    end = calendar.after(start, span)
    assert calendar.worked(start, end) == span


@settings(max_examples=60)
@given(hours, st.lists(moments, min_size=3, max_size=3))
def test_work_adds_up_over_parts_of_a_stretch(calendar: Hours, ends: list[datetime]) -> None:
    one, two, three = sorted(ends)
    assert calendar.worked(one, two) + calendar.worked(two, three) == calendar.worked(one, three)
    assert calendar.worked(one, two) <= two - one
    assert calendar.worked(two + DAY, one) == timedelta()
