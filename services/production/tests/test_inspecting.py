"""Runs at their inspection points: nothing goes on before it has passed, and what fails waits for a decision."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backbone.errors import Invalid
from contracts.outside import OutsideWork
from contracts.production import MaterialProduced, RunAborted, RunHeld, RunResumed
from contracts.recipes import Operation
from contracts.values import ZERO, Quantity
from production.domain.act import Decide, End, Inspect, Report, Verdict
from production.domain.ending import end
from production.domain.inspecting import decided, demand_place, inspected, looked_at, points_of
from production.domain.parting import CannotBeSplit, split
from production.domain.points import InspectionPoint, NotDecidedYet, NotInspectedYet, Point
from production.domain.quality import Characteristic, Judged, Sampling
from production.domain.recipe import SecondPersonNeeded
from production.domain.reporting import Moved, report
from production.domain.run import Run
from production.domain.shop import Shop
from production.domain.states import WrongState
from services.production.tests.made import NOW, hardening
from services.production.tests.test_run import costs, running, shop

BURR = Characteristic("burr", "attribute")
TURN = InspectionPoint("harden", 10, "shaft", (BURR,), (Sampling(ZERO, 3, 0),))
GRIND = replace(TURN, operation_no=20)
STEPS = (
    Operation(10, "turn", "furnace", Quantity(60), Quantity("0.5"), 1, Quantity(1)),
    Operation(20, "grind", "furnace", ZERO, Quantity("0.5"), 1, Quantity(1)),
)
CONTENT = hardening(operations=STEPS)


def begun(*points: Point) -> Run:
    """Ten shafts at work, inspected behind operation 10 and at the end."""
    run = running(content=CONTENT)
    here = points or points_of([GRIND, TURN], "harden", CONTENT)
    return replace(run, floor=replace(run.floor, points=here))


def by(name: str = "quinn") -> Shop:
    return replace(shop(CONTENT), by=name)


def sample(bad: int = 0, operation_no: int = 10, runs: str | None = None) -> Inspect:
    found = Judged("burr", "attribute", "count", None, None, (), 3, bad, 0, None)
    return Inspect(operation_no, "shaft", (found,), "i1", None if runs is None else Quantity(runs))


def decide(run: Run, verdict: Verdict, runs: str | None = None, who: str = "quinn") -> Moved:
    said = Decide(10, "shaft", verdict, "chatter marks", None if runs is None else Quantity(runs))
    return decided(run, said, by(who), NOW)


def failed() -> Run:
    return inspected(begun(), sample(bad=1), NOW)[0]


def test_a_run_has_the_points_in_force_of_its_recipe_that_are_at_its_operations() -> None:
    planned = [GRIND, TURN, replace(TURN, operation_no=30), replace(TURN, recipe_id="other")]
    assert points_of(planned, "harden", CONTENT) == (Point(10, "shaft"), Point(20, "shaft"))
    assert points_of([replace(TURN, in_force=False)], "harden", CONTENT) == ()


def test_nothing_is_reported_or_ended_beyond_what_has_passed_every_point() -> None:
    run = begun()
    with pytest.raises(NotInspectedYet, match="operation 10"):
        report(run, Report(Quantity(4)), by())
    run, facts = inspected(run, sample(runs="4"), NOW)
    assert facts == ()
    with pytest.raises(NotInspectedYet, match="operation 20"):
        report(run, Report(Quantity(4)), by())
    run, _ = inspected(run, sample(operation_no=20, runs="4"), NOW)
    run, told, _ = report(run, Report(Quantity(4)), by())
    assert run.done_runs == Quantity(4)
    with pytest.raises(NotInspectedYet):
        end(run, End(Report()), by(), NOW)
    run, _ = inspected(inspected(run, sample(), NOW)[0], sample(operation_no=20), NOW)
    run, more, _ = end(run, End(Report()), by(), NOW)
    assert run.state == "closed"
    assert costs((*told, *more)) == costs(end(running(content=CONTENT), End(Report()), by(), NOW)[1])


def test_a_later_point_lets_no_more_through_than_the_one_before() -> None:
    with pytest.raises(NotInspectedYet):
        inspected(begun(), sample(operation_no=20), NOW)
    run, _ = inspected(begun(), sample(runs="4"), NOW)
    with pytest.raises(NotInspectedYet):
        inspected(run, sample(operation_no=20, runs="5"), NOW)
    assert inspected(run, sample(operation_no=20, runs="4"), NOW)[0].floor.points[1].passed == Quantity(4)


def test_only_what_waits_is_inspected_and_by_its_quantity() -> None:
    run, _ = inspected(begun(), sample(runs="4"), NOW)
    assert looked_at(run, 10, "shaft", None) == (Quantity(6), Quantity(6))
    for runs in ("0", "6.000001"):
        with pytest.raises(Invalid):
            looked_at(run, 10, "shaft", Quantity(runs))
    run, _ = inspected(run, sample(), NOW)
    with pytest.raises(Invalid, match="nothing waits there"):
        looked_at(run, 10, "shaft", None)
    with pytest.raises(Invalid, match="not inspected there"):
        looked_at(run, 10, "bar", None)
    with pytest.raises(WrongState):
        looked_at(run.held("no power", NOW)[0], 20, "shaft", None)


def test_what_fails_stands_still_and_nobody_but_quality_lets_it_go_on() -> None:
    run, facts = inspected(begun(), sample(bad=1), NOW)
    assert facts == (RunHeld("r", "p", "operation 10 failed its inspection: burr 1 of 3 bad"),)
    assert (run.state, run.floor.points[0].failed) == ("held", True)
    with pytest.raises(NotDecidedYet, match="burr 1 of 3 bad"):
        run.resumed(NOW)
    with pytest.raises(WrongState):
        report(run, Report(Quantity(1)), by())
    with pytest.raises(CannotBeSplit, match="quality decides first"):
        split(run, Quantity(4), "r2", "p2", CONTENT, {})


def test_what_is_worked_again_is_inspected_again() -> None:
    run, facts, _ = decide(failed(), "rework")
    assert (run.state, facts) == ("running", (RunResumed("r", "p"),))
    with pytest.raises(NotInspectedYet):
        report(run, Report(Quantity(1)), by())
    assert inspected(run, sample(), NOW)[0].floor.points[0].passed == Quantity(10)


def test_it_goes_on_as_it_is_when_two_people_say_so() -> None:
    run, facts, _ = decide(failed(), "use-as-is")
    assert (run.state, facts) == ("held", ())
    with pytest.raises(SecondPersonNeeded):
        decide(run, "use-as-is")
    run, facts, _ = decide(run, "use-as-is", who="ava")
    assert (run.state, facts) == ("running", (RunResumed("r", "p"),))
    assert run.floor.points[0] == Point(10, "shaft", Quantity(10))


def test_two_people_may_let_a_run_go_on_without_an_inspection() -> None:
    run, _, _ = decide(begun(), "use-as-is")
    assert run.state == "running"
    held = run.held("no power", NOW)[0]
    after, facts, _ = decide(held, "use-as-is", who="ava")
    assert (after.state, facts, after.floor.points[0].passed) == ("held", (), Quantity(10))
    assert inspected(run, sample(), NOW)[0].floor.points[0] == Point(10, "shaft", Quantity(10))


def test_a_part_is_scrapped_and_the_rest_goes_on() -> None:
    run, facts, lots = decide(failed(), "scrap", runs="3")
    assert facts[0] == RunResumed("r", "p")
    assert (run.done_runs, lots) == (Quantity(3), ())
    assert [(each.sku, each.quantity, each.reason) for each in run.floor.scrapped] == [
        ("shaft", Quantity(3), "chatter marks")
    ]
    assert [point.passed for point in run.floor.points] == [Quantity(10), Quantity(3)]
    run, _ = inspected(run, sample(operation_no=20), NOW)
    run, more, _ = end(run, End(Report()), by(), NOW)
    (made,) = [lot for fact in more if isinstance(fact, MaterialProduced) for lot in fact.lots]
    assert (made.part.quantity, run.state) == (Quantity(7), "closed")
    assert costs((*facts, *more)) == costs(end(running(content=CONTENT), End(Report()), by(), NOW)[1])


def test_all_of_it_is_scrapped_and_the_run_ends_with_lots_of_scrap() -> None:
    run, facts, _ = decide(failed(), "scrap")
    assert run.left == ZERO
    run, more, lots = end(run, End(Report()), by(), NOW)
    assert [(lot.state, lot.quantity) for lot in lots] == [("scrapped", Quantity(10))]
    assert costs((*facts, *more)) == costs(end(running(content=CONTENT), End(Report()), by(), NOW)[1])


def test_the_run_is_given_up() -> None:
    run, facts, _ = decide(failed(), "abort")
    assert (run.state, facts) == ("aborted", (RunAborted("r", "p", "chatter marks"),))
    with pytest.raises(WrongState):
        decide(run, "use-as-is")


@pytest.mark.parametrize(
    ("verdict", "runs"),
    [("scrap", "11"), ("scrap", "0"), ("rework", "1"), ("use-as-is", "1"), ("abort", "1")],
)
def test_no_more_is_scrapped_than_failed_and_nothing_else_has_a_number(verdict: Verdict, runs: str) -> None:
    with pytest.raises(Invalid):
        decide(failed(), verdict, runs=runs)


@pytest.mark.parametrize("verdict", ["rework", "scrap", "abort"])
def test_where_nothing_failed_there_is_nothing_to_put_right(verdict: Verdict) -> None:
    with pytest.raises(WrongState, match="nothing has failed"):
        decide(begun(), verdict)


def test_a_point_is_at_an_operation_of_its_recipe_by_an_item_of_it() -> None:
    demand_place(TURN, CONTENT)
    work = OutsideWork("hardening", Quantity(1), 1, 3, 1)
    away = hardening(operations=(replace(STEPS[0], outside=work),))
    for point, content, pointer in (
        (TURN, None, "/recipe_id"),
        (replace(TURN, operation_no=30), CONTENT, "/operation_no"),
        (TURN, away, "/operation_no"),
        (replace(TURN, sku="bar"), CONTENT, "/sku"),
    ):
        with pytest.raises(Invalid) as refused:
            demand_place(point, content)
        assert dict(refused.value.pointers).keys() == {pointer}
