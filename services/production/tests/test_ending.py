"""How runs end, without any database: in parts, short, with scrap alone; and no cost is ever lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backbone.errors import Invalid
from contracts.production import LotDisposed, MaterialConsumed, RunClosed
from contracts.values import CostVector, PropertyValue, Quantity
from production.domain.act import End, Outcome, Report, Scrap, Time
from production.domain.ending import end
from production.domain.floor import RECORDS_COUNT_MAX, TooManyRecords
from production.domain.material import Take, cut, merged, shared
from production.domain.reporting import report
from production.domain.states import WrongState
from services.production.tests.made import HARD, NOW, SOFT, cracking, hardening, lot
from services.production.tests.test_run import costs, made_of, running, shop

BENT = (Scrap("shaft", Quantity(10), "bent"),)


def into(facts: tuple[object, ...]) -> CostVector:
    """What was consumed and what the work cost."""
    parts = [part.cost for fact in facts if isinstance(fact, MaterialConsumed) for part in fact.lots]
    work = [fact.cost for fact in facts if isinstance(fact, RunClosed)]
    return sum((*parts, *work), start=CostVector(0, 0, 0, 0, "EUR"))


def test_a_run_that_scrapped_everything_ends_with_a_lot_of_scrap_that_bears_its_cost() -> None:
    run, facts, lots = end(running(), End(Report(scraps=BENT)), shop(), NOW)
    (made,) = made_of(facts)
    assert (made.blocked, made.part.quantity, made.parents) == (True, Quantity(10), ("in-shaft",))
    (disposed,) = [fact for fact in facts if isinstance(fact, LotDisposed)]
    assert (disposed.lot_id, disposed.disposition, disposed.reason) == (made.part.lot_id, "scrap", "bent")
    assert [(each.state, each.reason) for each in lots] == [("scrapped", "bent")]
    assert costs(facts) == into(facts)
    closed = facts[-1]
    assert isinstance(closed, RunClosed)
    assert (closed.good_quantity, run.state) == (Quantity(0), "closed")


def test_a_run_that_took_nothing_and_made_nothing_is_aborted() -> None:
    with pytest.raises(Invalid, match="aborted"):
        end(running(), End(Report(), "nothing"), shop(), NOW)
    with pytest.raises(Invalid, match="makes nothing"):
        report(running(), Report(runs=Quantity(1), backflush=False), shop())


def test_material_that_became_nothing_has_to_be_called_scrap() -> None:
    run, _, _ = report(running(), Report(takes=(Take("in-shaft", Quantity(4)),)), shop())
    with pytest.raises(Invalid, match="scrap"):
        end(run, End(Report(), "nothing"), shop(), NOW)
    _, facts, _ = end(
        run, End(Report(scraps=(Scrap("shaft", Quantity(4), "melted"),)), "nothing"), shop(), NOW
    )
    assert [type(fact).__name__ for fact in facts] == [
        "MaterialProduced", "LotDisposed", "RunEnded", "RunClosed"
    ]  # fmt: skip
    assert costs(facts).bought_in == 400


def test_a_run_ends_short_and_what_is_left_stays_in_stock() -> None:
    run, told, _ = report(running(), Report(runs=Quantity(4)), shop())
    run, facts, _ = end(run, End(Report(), "nothing"), shop(), NOW)
    assert costs(told + facts) == into(told + facts)
    assert run.floor.consumed[0].quantity == Quantity(4)
    closed = facts[-1]
    assert isinstance(closed, RunClosed)
    assert (closed.planned_quantity, closed.good_quantity) == (Quantity(10), Quantity(4))


def test_what_is_not_done_has_no_outcome() -> None:
    with pytest.raises(Invalid) as refused:
        end(running(), End(Report(outcomes=(Outcome("shaft", Quantity(1)),)), "nothing"), shop(), NOW)
    assert refused.value.pointers[0][0] == "/report"


def test_material_taken_ahead_is_borne_by_the_products_it_becomes() -> None:
    run, told, _ = report(running(), Report(takes=(Take("in-shaft", Quantity(10)),)), shop())
    run, first, _ = report(run, Report(runs=Quantity(4)), shop())
    assert [lot.part.cost.bought_in for lot in made_of(first)] == [400]
    assert [fact for fact in first if isinstance(fact, MaterialConsumed)] == []
    _, rest, _ = end(run, End(Report()), shop(), NOW)
    assert [lot.part.cost.bought_in for lot in made_of(rest)] == [600]
    facts = told + first + rest
    assert costs(facts) == into(facts)
    assert {lot.parents for lot in made_of(facts)} == {("in-shaft",)}


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 20), st.integers(0, 20), st.booleans()), min_size=1, max_size=6),
    st.integers(0, 10**6),
)
def test_whatever_is_reported_the_cost_that_goes_in_comes_out(
    reports: list[tuple[int, int, bool]], bought_in: int
) -> None:
    whole = sum(runs for runs, _, _ in reports)
    run = running(str(whole), bought_in)
    told: tuple[object, ...] = ()
    for runs, scrapped, ahead in reports[:-1]:
        scraps = (Scrap("shaft", Quantity(min(scrapped, runs)), "bent"),)
        takes = tuple(
            Take(part.lot_id, Quantity(1))
            for part in run.floor.staged[:1]
            if ahead and part.quantity >= Quantity(1)
        )
        run, facts, _ = report(run, Report(Quantity(runs), takes, scraps=scraps), shop())
        told += facts
    run, facts, _ = end(run, End(Report()), shop(), NOW)
    told += facts
    assert costs(told) == into(told)
    assert into(told).bought_in == bought_in


def test_only_what_is_staged_can_be_done() -> None:
    run = running()
    half = replace(run, staged_runs=Quantity(4), floor=replace(run.floor, staged=(lot("a", "4", 400),)))
    with pytest.raises(Invalid, match="no report"):
        report(half, Report(runs=Quantity(5)), shop())
    _, facts, lots = end(half, End(Report()), shop(), NOW)
    assert [each.quantity for each in lots] == [Quantity(4)]
    assert costs(facts) == into(facts)


def test_parts_are_whole_quanta_and_add_up_to_the_plan() -> None:
    counting = replace(shop(), quanta={"shaft": Quantity(1)})
    run = running()
    quantities = []
    for _ in range(3):
        run, _, lots = report(run, Report(runs=Quantity("2.5")), counting)
        quantities += [each.quantity for each in lots]
        assert all(part.quantity.micro % 10**6 == 0 for part in run.floor.consumed)
    _, _, lots = end(run, End(Report()), counting, NOW)
    assert [*quantities, lots[0].quantity] == [Quantity(2), Quantity(3), Quantity(2), Quantity(3)]
    with pytest.raises(Invalid):
        report(running(), Report(outcomes=(Outcome("shaft", Quantity("1.5")),)), counting)


def test_a_slip_of_the_pen_is_refused_and_a_little_more_is_not() -> None:
    run, _, lots = report(running(), Report(outcomes=(Outcome("shaft", Quantity(11)),)), shop())
    assert (lots[0].quantity, run.done_runs) == (Quantity(11), Quantity(10))
    with pytest.raises(Invalid) as refused:
        report(running(), Report(outcomes=(Outcome("shaft", Quantity(12)),)), shop())
    assert refused.value.pointers == (("/outcomes", "of shaft at most 11 may come"),)
    strict = shop(hardening(over_points=0))
    with pytest.raises(Invalid):
        report(running(), Report(outcomes=(Outcome("shaft", Quantity(11)),)), strict)


def test_runs_are_told_by_what_came_out() -> None:
    run, _, lots = report(
        running("2", content=cracking()),
        Report(outcomes=(Outcome("diesel", Quantity(60)),)),
        shop(cracking()),
    )
    assert run.done_runs == Quantity(1)
    assert [(each.sku, each.quantity) for each in lots] == [
        ("diesel", Quantity(60)),
        ("petrol", Quantity(30)),
        ("gas", Quantity(10)),
    ]


def test_properties_alone_are_about_all_that_is_left() -> None:
    harder = replace(HARD, value=Quantity(61))
    run, facts, _ = report(running(), Report(outcomes=(Outcome("shaft", None, (harder,)),)), shop())
    assert (run.done_runs, made_of(facts)[0].part.quantity) == (Quantity(10), Quantity(10))
    run, facts, _ = report(running(), Report(outcomes=(Outcome("shaft", Quantity(0)),)), shop())
    assert (run.done_runs, facts) == (Quantity(0), ())


def test_setup_counts_once_however_often_work_is_told_before_anything_was_made() -> None:
    run, nothing = running(), (Outcome("shaft", Quantity(0)),)
    for _ in range(2):
        run, _, _ = report(
            run, Report(outcomes=nothing, times=(Time(10, Quantity(30), Quantity(30)),)), shop()
        )
    _, facts, _ = end(run, End(Report()), shop(), NOW)
    closed = facts[-1]
    assert isinstance(closed, RunClosed)
    # An hour of setup was told in two halves; ten shafts take five minutes more.
    assert (closed.labour_minutes, closed.machine_minutes) == (Quantity(65), Quantity(65))


def test_measured_properties_stand_instead_of_promised_ones_and_serials_are_kept() -> None:
    harder = replace(HARD, value=Quantity(61))
    length = PropertyValue("length", Quantity(300), "mm")
    outcome = Outcome("shaft", None, (harder, length), ("s1", "s2"))
    _, facts, _ = end(running(), End(Report(outcomes=(outcome,))), shop(), NOW)
    part = made_of(facts)[0].part
    assert (part.properties, part.serials) == ((SOFT, harder, length), ("s1", "s2"))


def test_lots_that_differ_say_nothing_of_their_mixture() -> None:
    run = running()
    other = replace(lot("b", "5", 500), properties=())
    run = replace(run, floor=replace(run.floor, staged=(lot("a", "5", 500), other)))
    _, facts, _ = end(run, End(Report()), shop(), NOW)
    made = made_of(facts)[0]
    assert (made.part.properties, made.parents) == ((HARD,), ("a", "b"))


def test_minutes_that_were_really_needed_stand_instead_of_the_recipes() -> None:
    times = (Time(10, Quantity(70), Quantity(64)),)
    run, told, _ = report(running(), Report(runs=Quantity(4), times=times), shop())
    assert (run.floor.labour_minutes, run.floor.machine_minutes) == (Quantity(70), Quantity(64))
    run, facts, _ = end(run, End(Report()), shop(), NOW)
    closed = facts[-1]
    assert isinstance(closed, RunClosed)
    assert (closed.labour_minutes, closed.machine_minutes) == (Quantity(73), Quantity(67))
    assert closed.cost == CostVector(0, 3_650, 6_700, 1_035, "EUR")
    assert costs(told + facts) == into(told + facts)


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        (Report(runs=Quantity(1), times=(Time(20, Quantity(1), Quantity(1)),)), "/times/0/operation_no"),
        (Report(runs=Quantity(1), times=(Time(10, Quantity(-1), Quantity(1)),)), "/times/0"),
        (Report(runs=Quantity(1), times=(Time(10, Quantity(1), Quantity(1)),) * 2), "/times"),
        (Report(times=(Time(10, Quantity(1), Quantity(1)),)), "/times"),
    ],
)
def test_minutes_that_cannot_be_are_refused(said: Report, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        report(running(), said, shop())
    assert pointer in dict(refused.value.pointers)


def test_a_rework_says_that_it_consumes_the_blocked_lot() -> None:
    _, facts, _ = end(replace(running(), rework_lot_id="in-shaft"), End(Report()), shop(), NOW)
    consumed = facts[0]
    assert isinstance(consumed, MaterialConsumed)
    assert consumed.rework


def test_a_run_keeps_no_more_than_so_many_records() -> None:
    run = running()
    many = (Scrap("shaft", Quantity(0), "none"),) * (RECORDS_COUNT_MAX + 1)
    with pytest.raises(TooManyRecords):
        report(run, Report(runs=Quantity(1), scraps=many), shop())


def test_a_closed_run_takes_no_more_acts() -> None:
    run, _, _ = end(running(), End(Report()), shop(), NOW)
    with pytest.raises(WrongState, match="nothing any more"):
        end(run, End(Report()), shop(), NOW)
    assert run.staged(Quantity(1), (lot("late", "1"),)) is run
    assert run.left == Quantity(0)


def test_a_stop_has_its_reason_and_its_end() -> None:
    run, _ = running().held("no power", NOW)
    with pytest.raises(WrongState):
        run.started(NOW)
    run, _ = run.aborted("no power for days", NOW)
    (stop,) = run.floor.stops
    assert (stop.reason, stop.to_at, run.floor.staged) == ("no power", NOW, ())


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.integers(0, 10**6))
def test_a_lot_is_cut_without_losing_a_cent_or_a_crumb(micro: int, first: int, bought_in: int) -> None:
    whole = replace(lot("a", "1", bought_in), quantity=Quantity.of_micro(micro), serials=("s1", "s2"))
    one, other = cut(whole, Quantity.of_micro(first))
    (again,) = merged((*one, *other))
    assert again == whole


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 10**6))
def test_a_share_of_open_material_leaves_the_rest_open(over: int, under: int, bought_in: int) -> None:
    whole = lot("a", "7", bought_in)
    mine, rest = shared((whole,), over, under)
    assert merged((*mine, *rest)) == (whole,)
    assert (rest == ()) == (over >= under)
