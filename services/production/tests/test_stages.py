"""Reports of operations: what comes there is made there, the rest waits behind it, and every cent goes somewhere."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.errors import Invalid
from contracts.production import MaterialConsumed
from contracts.recipes import Operation, RecipeInput, RecipeOutput
from contracts.values import ZERO, CostVector, Quantity
from production.domain.act import Abort, End, Outcome, Report, Scrap, Time
from production.domain.balance import MoreMassThanTaken, demand_balance
from production.domain.costing import FixedShare
from production.domain.ending import end
from production.domain.parting import CannotBeSplit, split
from production.domain.period import begun, booked
from production.domain.points import NotInspectedYet, Point
from production.domain.recipe import Content
from production.domain.reporting import report
from production.domain.standard import step_outputs
from production.domain.variance import reckoned
from services.production.tests.made import CENTRES, NOW, hardening
from services.production.tests.test_run import costs, made_of, running, shop

HALF = Quantity("0.5")


def step(operation_no: int, after: tuple[int, ...] | None = None, kept: str = "1") -> Operation:
    return Operation(
        operation_no, f"step {operation_no}", "furnace", Quantity(60), HALF, 1, Quantity(kept), after=after
    )


def columns(**changes: object) -> Content:
    """Crude: naphtha and gas are drawn at the first column, a catalyst is taken and diesel comes at the second."""
    made = hardening(
        kind="separation",
        inputs=(RecipeInput("crude", Quantity(100), 10), RecipeInput("catalyst", Quantity(2), 20)),
        outputs=(
            RecipeOutput("naphtha", Quantity(30), "co-product", operation_no=10),
            RecipeOutput("gas", Quantity(10), "by-product", (), 2, 10),
            RecipeOutput("diesel", Quantity(60), "main"),
        ),
        operations=(step(10), step(20)),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


COLUMNS = columns()


def lots_of(facts: tuple[object, ...]) -> dict[str, Quantity]:
    found: dict[str, Quantity] = {}
    for each in made_of(facts):
        found[each.part.sku] = found.get(each.part.sku, ZERO) + each.part.quantity
    return found


def taken_of(facts: tuple[object, ...]) -> dict[str, Quantity]:
    found: dict[str, Quantity] = {}
    for fact in facts:
        for part in fact.lots if isinstance(fact, MaterialConsumed) else ():
            found[part.sku] = found.get(part.sku, ZERO) + part.quantity
    return found


def at(number: int | None, runs: str | None = None, **more: object) -> Report:
    return replace(Report(None if runs is None else Quantity(runs), operation_no=number), **more)  # type: ignore[arg-type]


def test_what_is_drawn_at_the_first_column_is_made_there_and_bears_its_share_of_what_was_spent() -> None:
    run, facts, lots = report(running(content=COLUMNS), at(10, "4"), shop(COLUMNS))
    assert lots_of(facts) == {"naphtha": Quantity(120), "gas": Quantity(40)}
    assert taken_of(facts) == {"crude": Quantity(400)}
    assert (run.done_runs, run.through(10), run.through(20)) == (ZERO, Quantity(4), ZERO)
    assert {lot.parents for lot in lots} == {("in-crude",)}
    # Four tenths of the crude (400), and 62 minutes at 50.00 and 100.00 an hour with a tenth on top: 3,100 + 6,200 +
    # 930. Gas bears its stated 80, naphtha a third of the rest beside the diesel that is still to come.
    borne = {each.part.sku: each.part.cost.total for each in made_of(facts)}
    assert borne["gas"] == 80
    assert run.floor.stages[0].cost.total + sum(borne.values()) == 400 + 3_100 + 6_200 + 930
    assert abs(Fraction(10_630 - 80, 3) - borne["naphtha"]) <= 2


def test_the_rest_goes_on_and_all_costs_are_borne_in_the_end() -> None:
    sure = shop(COLUMNS)
    run, first, _ = report(running(content=COLUMNS), at(10, "4"), sure)
    run, second, _ = report(run, at(None, "3"), sure)
    assert lots_of(second) == {"diesel": Quantity(180)}
    assert taken_of(second) == {"catalyst": Quantity(6)}
    run, third, _ = end(run, End(Report()), sure, NOW)
    assert lots_of(third) == {"naphtha": Quantity(180), "gas": Quantity(60), "diesel": Quantity(420)}
    assert taken_of((*first, *second, *third)) == {"crude": Quantity(1_000), "catalyst": Quantity(20)}
    assert run.floor.stages == ()
    at_once = costs(end(running(content=COLUMNS), End(Report()), sure, NOW)[1])
    assert costs((*first, *second, *third)) == at_once


def test_a_report_of_an_operation_names_what_comes_there_and_no_more() -> None:
    run, sure = running(content=COLUMNS), shop(COLUMNS)
    drawn = (Outcome("naphtha", Quantity(118)),)
    run, facts, _ = report(run, at(10, "4", outcomes=drawn), sure)
    assert lots_of(facts)["naphtha"] == Quantity(118)
    for wrong in (
        at(10, outcomes=(Outcome("diesel", Quantity(1)),)),
        at(10, scraps=(Scrap("diesel", Quantity(1), "dark"),)),
        at(10, "7"),
        at(30),
        at(10, "1", times=(Time(20, ZERO, ZERO),)),
        at(10, "1", outcomes=(Outcome("naphtha", Quantity(250)),)),
    ):
        with pytest.raises(Invalid):
            report(run, wrong, sure)
    run, _, _ = report(run, at(10), sure)
    assert run.through(10) == Quantity(10)


def test_an_operation_is_reported_where_all_before_it_lead_to_it() -> None:
    apart = columns(operations=(step(10), step(20, ()), step(30, (10, 20))))
    run = running(content=apart)
    with pytest.raises(Invalid, match="no report of this run"):
        report(run, at(20, "1"), shop(apart))
    assert report(run, at(30, "1"), shop(apart))[0].through(20) == Quantity(1)


def test_a_later_operation_takes_on_what_waits_before_it() -> None:
    three = columns(operations=(step(10), step(20), step(30)))
    sure = shop(three)
    run, first, _ = report(running(content=three), at(10, "6"), sure)
    run, second, lots = report(run, at(20, "8"), sure)
    assert [(stage.operation_no, stage.runs) for stage in run.floor.stages] == [(20, Quantity(8))]
    assert lots_of(second) == {"naphtha": Quantity(60), "gas": Quantity(20)}
    run, third, _ = report(run, at(None, "8"), sure)
    run, last, _ = end(run, End(Report()), sure, NOW)
    told = (*first, *second, *third, *last)
    assert lots_of(told) == {"naphtha": Quantity(300), "gas": Quantity(100), "diesel": Quantity(600)}
    assert costs(told) == costs(end(running(content=three), End(Report()), sure, NOW)[1])
    assert len(lots) == 2


def test_what_waits_is_begun_written_off_when_given_up_and_cannot_be_split_off() -> None:
    run, facts, _ = report(running(content=COLUMNS), at(10, "4"), shop(COLUMNS))
    spent = sum(part.cost.total for part in run.floor.consumed) + (run.floor.work or costs(())).total
    assert begun(run) == spent - costs(facts).total
    gone, more = run.aborted("a leak", NOW)
    off = booked(run, Abort("a leak"), gone, more, "EUR")
    assert off is not None
    assert off.written_off == begun(run)
    with pytest.raises(CannotBeSplit, match="6 of its runs"):
        split(run, Quantity(7), "r2", "p2", COLUMNS, {})
    rest, part, _ = split(run, Quantity(5), "r2", "p2", COLUMNS, {})
    assert (rest.runs, rest.through(10), part.through(10)) == (Quantity(5), Quantity(4), ZERO)


def test_what_waits_when_nothing_more_is_made_is_scrap() -> None:
    run, first, _ = report(running(content=COLUMNS), at(10, "4"), shop(COLUMNS))
    with pytest.raises(Invalid, match="say what is scrap"):
        end(run, End(Report(), "nothing"), shop(COLUMNS), NOW)
    scrap = (Scrap("diesel", Quantity(240), "the second column leaks"),)
    run, last, _ = end(run, End(Report(scraps=scrap), "nothing"), shop(COLUMNS), NOW)
    assert run.floor.work is not None
    assert costs((*first, *last)).total == run.floor.work.total + sum(
        part.cost.total for part in run.floor.consumed
    )


def test_a_point_behind_the_first_column_holds_the_second_and_not_the_first() -> None:
    run = running(content=COLUMNS)
    run = replace(run, floor=replace(run.floor, points=(Point(10, "naphtha", Quantity(2)),)))
    run, _, _ = report(run, at(10, "4"), shop(COLUMNS))
    assert report(run, at(None, "2"), shop(COLUMNS))[0].done_runs == Quantity(2)
    with pytest.raises(NotInspectedYet):
        report(run, at(20, "3"), shop(COLUMNS))


def test_the_work_of_each_step_is_that_of_the_runs_that_went_through_it() -> None:
    run, _, _ = report(running(content=COLUMNS), at(10, "4"), shop(COLUMNS))
    first, second = reckoned(run, COLUMNS, CENTRES, None).steps
    assert (first.machine_minutes, second.machine_minutes) == (Quantity(62), ZERO)
    assert run.floor.work is not None
    assert (first.added.total, second.added.total) == (run.floor.work.total, 0)


def test_what_comes_early_has_the_losses_up_to_where_it_comes_and_weighs_with_the_rest() -> None:
    lossy = columns(operations=(step(10, kept="0.9"), step(20, kept="0.5")))
    assert [(output.sku, quantity) for output, quantity in step_outputs(lossy)] == [
        ("naphtha", Quantity(27)), ("gas", Quantity(9)), ("diesel", Quantity(27))
    ]  # fmt: skip
    units = dict.fromkeys(("crude", "catalyst", "naphtha", "gas", "diesel"), "kg")
    demand_balance(columns(), units)
    heavy = columns(
        outputs=(
            RecipeOutput("naphtha", Quantity(80), "co-product", operation_no=10),
            RecipeOutput("diesel", Quantity(60), "main"),
        ),
        operations=(step(10), step(20, kept="0.5")),
    )
    with pytest.raises(MoreMassThanTaken):
        demand_balance(heavy, units)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"operations": (step(20), step(30))}, "/outputs/0/operation_no"),
        ({"operations": (step(5), step(10, ()), step(20))}, "/outputs/0/operation_no"),
        ({"operations": (step(10, ()),), "outputs": COLUMNS.outputs[:2]}, None),
        ({"outputs": COLUMNS.outputs[:2]}, "/outputs"),
    ],
)
def test_outputs_come_where_all_before_lead_to_and_one_at_the_end(
    changes: dict[str, object], pointer: str | None
) -> None:
    inputs = (RecipeInput("crude", Quantity(100), 10),)
    wrong = dict(columns(inputs=inputs, **changes).wrong())
    wrong.pop("/inputs/0/operation_no", None)
    assert (pointer in wrong) if pointer else not wrong


@given(
    st.lists(st.tuples(st.sampled_from([10, 20, None]), st.integers(1, 5)), max_size=12),
    st.integers(0, 10**6),
    st.sampled_from(["physical-measure", "fixed"]),
)
def test_in_whatever_order_operations_are_reported_every_cent_and_every_litre_goes_somewhere(
    acts: list[tuple[int | None, int]], bought_in: int, rule: str
) -> None:
    shares = (FixedShare("naphtha", 3_000), FixedShare("diesel", 7_000)) if rule == "fixed" else ()
    content = columns(operations=(step(10), step(20), step(30)), cost_rule=rule, fixed_shares=shares)
    run, sure = running("20", bought_in, content), shop(content)
    told: tuple[object, ...] = ()
    for number, runs in acts:
        free = run.staged_runs - run.through(number)
        if free <= ZERO:
            continue
        run, facts, _ = report(run, Report(min(Quantity(runs), free), operation_no=number), sure)
        told = (*told, *facts)
        bearing = costs(told).total
        into = sum(part.cost.total for part in run.floor.consumed)
        assert begun(run) == into + (run.floor.work or CostVector(0, 0, 0, 0, "EUR")).total - bearing
        assert all(each.part.cost.total >= 0 for each in made_of(facts))
    run, facts, _ = end(run, End(Report()), sure, NOW)
    told = (*told, *facts)
    assert lots_of(told) == {"naphtha": Quantity(600), "gas": Quantity(200), "diesel": Quantity(1_200)}
    assert taken_of(told) == {"crude": Quantity(2_000), "catalyst": Quantity(40)}
    assert costs(told) == costs(end(running("20", bought_in, content), End(Report()), sure, NOW)[1])
    assert run.state == "closed"
