"""What acts cost and gave, booked one by one: whatever happens at a run, in is out and what is begun, to the cent."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backbone.errors import Invalid
from contracts.values import Quantity
from production.domain.act import Abort, Act, End, Report, Scrap
from production.domain.ending import end
from production.domain.material import Take
from production.domain.period import (
    BooksDoNotBalance,
    NotTheLastPeriod,
    TooEarly,
    Totals,
    begun,
    booked,
    demand_balance,
    demand_closable,
    ends_at,
)
from production.domain.reporting import report
from production.domain.run import Run
from services.production.tests.made import NOW
from services.production.tests.test_run import running, shop


def acted(run: Run, act: Act) -> tuple[Run, tuple[object, ...]]:
    if isinstance(act, Report):
        return report(run, act, shop())[:2]
    if isinstance(act, End):
        return end(run, act, shop(), NOW)[:2]
    assert isinstance(act, Abort)
    return run.aborted(act.reason, NOW)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 10), st.integers(0, 3), st.integers(0, 5)), min_size=1, max_size=5),
    st.integers(0, 10**6),
    st.booleans(),
)
def test_bookings_of_any_acts_add_up_to_what_is_begun(
    parts: list[tuple[int, int, int]], bought_in: int, given_up: bool
) -> None:
    whole = sum(runs + ahead for runs, _, ahead in parts) + 1
    run, books = running(str(whole), bought_in), 0
    acts: list[Act] = []
    for runs, bad, ahead in parts:
        acts.append(Report(Quantity(runs), scraps=(Scrap("shaft", Quantity(min(bad, runs)), "bent"),)))
        acts += [Report(takes=(Take("in-shaft", Quantity(ahead)),))] if ahead else []
    for act in [*acts, Abort("no power") if given_up else End(Report())]:
        after, facts = acted(run, act)
        booking = booked(run, act, after, facts, "EUR")
        books += booking.begun if booking is not None else 0
        run = after
        assert books == begun(run)
    assert begun(run) == 0


def test_a_month_ends_with_the_next_ones_first_moment() -> None:
    assert ends_at("2026-03") == datetime(2026, 4, 1, tzinfo=UTC)
    assert ends_at("2026-12") == datetime(2027, 1, 1, tzinfo=UTC)
    for month in ("2026-00", "26-03", "2026-3", ""):
        with pytest.raises(Invalid):
            ends_at(month)


def test_a_month_is_closed_after_the_last_one_and_not_long_before_its_end() -> None:
    demand_closable("2026-03", None, datetime(2026, 3, 27, tzinfo=UTC))
    with pytest.raises(TooEarly):
        demand_closable("2026-03", None, datetime(2026, 3, 26, 23, tzinfo=UTC))
    with pytest.raises(NotTheLastPeriod):
        demand_closable("2026-03", "2026-03", datetime(2026, 4, 2, tzinfo=UTC))


def test_a_cent_of_difference_keeps_a_month_open() -> None:
    good = Totals("EUR", 10, 20, 30, 40, 5, 15, 3, 0, 1)
    demand_balance([good], {"EUR": 15}, {"EUR": 15})
    with pytest.raises(BooksDoNotBalance, match="1 minor units"):
        demand_balance([good], {"EUR": 14}, {"EUR": 15})
    with pytest.raises(BooksDoNotBalance, match="not cost out"):
        demand_balance([Totals("EUR", 10, 20, 30, 40, 5, 14, 3, 0, 1)], {}, {})
