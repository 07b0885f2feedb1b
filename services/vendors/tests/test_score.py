"""The scorecard: every figure from the lines behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values import Quantity
from services.vendors.tests.made import DAY, NOW
from vendors.domain.calendar import EVERY_DAY, WorkingDays
from vendors.domain.figures import band_of
from vendors.domain.policy import Policy
from vendors.domain.score import Arrived, Score, Supplied, score

DUE = NOW + 10 * DAY
UNTIL = NOW + 28 * DAY


def supplied(*arrivals: Arrived, **changes: Any) -> Supplied:
    done = max((each.at for each in arrivals), default=None)
    made = Supplied(
        "po1", "pl1", "shaft", "piece", Quantity(20), 0, 1_000, 1_000, NOW, NOW + DAY / 2, DUE, DUE, done,
        False, arrivals,
    )  # fmt: skip
    return replace(made, **changes)


def arrived(day: int, good: str = "20", bad: str = "0") -> Arrived:
    return Arrived("r1", DUE + day * DAY, Quantity(good), Quantity(bad))


def scored(*lines: Supplied, calendar: WorkingDays = EVERY_DAY, **changes: Any) -> Score:
    return score("steel-ltd", lines, calendar=calendar, policy=Policy(**changes), until=UNTIL)


def test_a_perfect_vendor_has_a_hundred_and_the_top_band() -> None:
    perfect = scored(supplied(arrived(0)), supplied(arrived(-3)))
    assert (perfect.otif_percent, perfect.band, perfect.quality_ppm) == (Quantity(100), "A", 0)
    assert perfect.told().lines == 2


@pytest.mark.parametrize(("day", "right"), [(-4, False), (-3, True), (0, True), (1, False)])
def test_on_time_is_three_days_early_to_none_late(day: int, right: bool) -> None:
    assert scored(supplied(arrived(day))).rows[0].on_time_in_full is right


def test_the_window_is_counted_in_working_days() -> None:
    week = WorkingDays(frozenset({0, 1, 2, 3, 4}))
    monday = supplied(arrived(-3), first_at=DUE + 4 * DAY)
    (row,) = scored(monday, calendar=week).rows
    assert (row.due, row.from_day) == (date(2026, 3, 16), date(2026, 3, 11))
    assert not row.on_time_in_full


def test_in_full_is_the_good_quantity_within_tolerance() -> None:
    short = supplied(arrived(0, "19", "1"))
    assert not scored(short).rows[0].on_time_in_full
    assert scored(replace(short, under_points=500)).rows[0].on_time_in_full
    assert scored(supplied(arrived(-1, "12"), arrived(0, "8"))).rows[0].on_time_in_full
    assert not scored(supplied(arrived(-1, "12"), arrived(1, "8"))).rows[0].on_time_in_full


def test_the_first_acknowledged_date_counts_and_the_requested_one_stands_beside() -> None:
    late_promise = scored(supplied(arrived(5), first_at=DUE + 5 * DAY))
    assert (late_promise.otif_percent, late_promise.requested_percent) == (Quantity(100), Quantity(0))
    assert scored(supplied(arrived(0), first_at=None)).otif_percent == Quantity(100)


def test_a_line_that_never_came_counts_when_its_window_is_over() -> None:
    assert scored(supplied()).otif_percent == Quantity(0)
    assert scored(supplied()).rows != ()
    assert scored(supplied(first_at=UNTIL)).rows == ()


def test_lines_settled_before_the_span_do_not_count() -> None:
    old = supplied(arrived(0), completed_at=UNTIL - timedelta(days=8), answered_at=UNTIL - timedelta(days=8))
    assert scored(old, score_weeks=1).rows == ()
    assert scored(old, score_weeks=1).answers == ()
    assert len(scored(old, score_weeks=2).rows) == 1


def test_parts_per_million_count_what_was_turned_away_by_unit() -> None:
    assert scored(supplied(arrived(0, "19", "1"))).quality_ppm == 50_000
    litres = supplied(arrived(0, "1", "1"), unit="litre")
    assert scored(supplied(arrived(0)), litres).quality_ppm == 250_000


def test_price_drift_response_and_lead_are_of_the_lines_behind_them() -> None:
    dear = supplied(arrived(0), agreed_minor=1_100)
    refused = supplied(refused=True, answered_at=NOW + 2 * DAY)
    figures = scored(dear, supplied(arrived(2)), refused)
    assert figures.price_drift_percent == Quantity(5)
    assert figures.response_hours == Quantity(12)
    assert figures.observed_lead_days == Quantity(11)
    assert (len(figures.rows), len(figures.answers)) == (2, 3)
    assert scored(supplied(ordered_minor=0)).price_drift_percent == Quantity(0)


def test_bands_begin_at_their_limit() -> None:
    assert [band_of(Quantity(percent)) for percent in (100, 95, 94, 85, 84, 70, 69, 0)] == list("AABBCCDD")


@given(st.lists(st.tuples(st.integers(-6, 6), st.integers(0, 25), st.integers(0, 5)), max_size=20))
def test_figures_stay_in_their_ranges(deliveries: list[tuple[int, int, int]]) -> None:
    lines = [supplied(arrived(day, str(good), str(bad))) for day, good, bad in deliveries]
    figures = scored(*lines)
    assert Quantity(0) <= figures.otif_percent <= Quantity(100)
    assert 0 <= figures.quality_ppm <= 1_000_000
    assert len(figures.rows) == len(lines)
    hits = sum(row.on_time_in_full for row in figures.rows)
    assert (figures.otif_percent == Quantity(100)) == (0 < hits == len(lines))
