"""Working days: leads and delivery windows."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from vendors.domain.calendar import EVERY_DAY, WorkingDays

OFFICE = WorkingDays(frozenset({0, 1, 2, 3, 4}), frozenset({date(2026, 3, 9)}))
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def test_a_lead_skips_weekends_and_days_off() -> None:
    friday = date(2026, 3, 6)
    assert OFFICE.moved(friday, 1) == date(2026, 3, 10)
    assert OFFICE.moved(date(2026, 3, 10), -1) == friday
    assert OFFICE.moved(friday, 0) == friday
    assert EVERY_DAY.moved(friday, 3) == date(2026, 3, 9)
    at = datetime(2026, 3, 6, 15, 30, tzinfo=UTC)
    assert OFFICE.after(at, 1) == datetime(2026, 3, 10, 15, 30, tzinfo=UTC)


def test_a_calendar_that_is_always_closed_still_gives_a_date() -> None:
    closed = WorkingDays(frozenset({0}), frozenset(date.fromordinal(d) for d in range(739_000, 741_000)))
    assert closed.moved(date(2026, 3, 2), 1) > date(2026, 3, 2)


@given(DAYS, st.integers(1, 60), st.frozensets(st.integers(0, 6)))
def test_as_many_working_days_lie_between_as_were_moved(day: date, days: int, week: frozenset[int]) -> None:
    calendar = WorkingDays(week)
    assert calendar.between(day, calendar.moved(day, days)) == days


@given(DAYS, DAYS)
def test_nothing_lies_between_a_day_and_an_earlier_one(start: date, end: date) -> None:
    assert (OFFICE.between(start, end) == 0) or end > start
