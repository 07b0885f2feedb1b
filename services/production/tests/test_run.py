"""Reports of a run without any database: every cent goes somewhere, in one report or in many."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.errors import Invalid
from contracts.production import MaterialConsumed, MaterialProduced, ProducedLot, RunClosed, RunEnded
from contracts.shapes import ItemPart
from contracts.values import CostVector, Quantity, total
from production.domain.act import End, Outcome, Reading, Report, Scrap
from production.domain.ending import end
from production.domain.material import Take
from production.domain.recipe import Content
from production.domain.reporting import report
from production.domain.run import Run
from production.domain.shop import Shop
from production.domain.states import WrongState
from services.production.tests.made import CENTRES, HARD, NOW, cracking, hardening, lot

_ids = count()


def shop(content: Content | None = None) -> Shop:
    return Shop(content or hardening(), CENTRES, lambda: f"made-{next(_ids)}")


def running(quantity: str = "10", bought_in: int = 1_000, content: Content | None = None) -> Run:
    """A run of hardening whose shafts lie staged in one lot."""
    content = content or hardening()
    runs = Quantity(quantity)
    inputs = tuple(ItemPart(part.sku, part.quantity.times(runs)) for part in content.inputs)
    outputs = tuple(ItemPart(part.sku, part.quantity.times(runs)) for part in content.outputs)
    run = Run("r", "p", "harden", 1, "plant-1", runs, inputs, outputs, NOW, 2, "scheduled", "need-1")
    lots = tuple(lot(f"in-{part.sku}", str(part.quantity), bought_in, part.sku) for part in inputs)
    return run.staged(runs, lots).started(NOW)[0]


def costs(facts: tuple[object, ...]) -> CostVector:
    """What all lots that were made have cost."""
    return sum((each.part.cost for each in made_of(facts)), start=CostVector(0, 0, 0, 0, "EUR"))


def made_of(facts: tuple[object, ...]) -> list[ProducedLot]:
    """All lots that were told as made."""
    return [each for fact in facts if isinstance(fact, MaterialProduced) for each in fact.lots]


def test_a_run_that_ends_as_planned_takes_everything_and_gives_one_hard_lot() -> None:
    run, facts, lots = end(running(), End(Report()), shop(), NOW)
    consumed, produced, ended, closed = facts
    assert isinstance(consumed, MaterialConsumed)
    assert [(part.lot_id, part.quantity) for part in consumed.lots] == [("in-shaft", Quantity(10))]
    assert isinstance(produced, MaterialProduced)
    (made,) = produced.lots
    assert (made.part.quantity, made.parents, made.blocked) == (Quantity(10), ("in-shaft",), False)
    assert HARD in made.part.properties
    # 65 minutes: labour 50.00 an hour (half a minute x 10 and an hour of heating), machine twice that, a tenth on top.
    assert made.part.cost == CostVector(1_000, 3_250, 6_500, 975, "EUR")
    assert isinstance(ended, RunEnded)
    assert isinstance(closed, RunClosed)
    assert (closed.planned_quantity, closed.good_quantity, closed.labour_minutes) == (
        Quantity(10),
        Quantity(10),
        Quantity(65),
    )
    assert (run.state, [each.lot_id for each in lots]) == ("closed", [made.part.lot_id])


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(0, 10**6))
def test_reports_in_parts_cost_what_one_report_costs_to_the_cent(parts: list[int], bought_in: int) -> None:
    whole = str(sum(parts))
    _, facts, _ = end(running(whole, bought_in), End(Report()), shop(), NOW)
    at_once = costs(facts)
    run = running(whole, bought_in)
    told: tuple[object, ...] = ()
    for part in parts:
        run, facts, _ = report(run, Report(runs=Quantity(part)), shop())
        told += facts
    assert costs(told) == at_once
    taken = total(part.quantity for fact in told if isinstance(fact, MaterialConsumed) for part in fact.lots)
    assert taken == Quantity(whole)


def test_a_separation_shares_its_cost_after_the_credit_of_its_by_product() -> None:
    run = running("2", 10_000, cracking())
    _, facts, lots = end(run, End(Report()), shop(cracking()), NOW)
    by_sku = {each.part.sku: each.part.cost for each in made_of(facts)}
    assert [each.sku for each in lots] == list(by_sku)
    assert by_sku["gas"].total == 40
    closed = facts[-1]
    assert isinstance(closed, RunClosed)
    material = CostVector(10_000, 0, 0, 0, "EUR")
    assert costs(facts) == closed.cost + material
    rest = costs(facts).total - 40
    assert abs(by_sku["diesel"].total - rest * 2 // 3) <= 4


def test_scrap_is_taken_off_and_its_cost_is_borne_by_what_is_good() -> None:
    scraps = (Scrap("shaft", Quantity(3), "bent"),)
    run, facts, _ = end(running(), End(Report(scraps=scraps)), shop(), NOW)
    (made,) = made_of(facts)
    assert (made.part.quantity, made.part.cost.bought_in) == (Quantity(7), 1_000)
    assert run.floor.scrapped == scraps


def test_more_and_less_than_planned_can_be_reported_and_named_lots_are_taken_first() -> None:
    run = running()
    run = replace(run, floor=replace(run.floor, staged=(lot("a", "6", 600), lot("b", "4", 400))))
    said = Report(
        runs=Quantity(4), takes=(Take("b", Quantity(4)),), outcomes=(Outcome("shaft", Quantity(5)),)
    )
    run, facts, lots = report(run, said, shop())
    assert isinstance(facts[0], MaterialConsumed)
    assert [part.lot_id for part in facts[0].lots] == ["b"]
    assert [each.quantity for each in lots] == [Quantity(5)]
    assert [part.lot_id for part in run.floor.staged] == ["a"]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (Report(Quantity(5), outcomes=(Outcome("shaft", Quantity(11)),)), Report(Quantity(5))),
        (Report(Quantity(5), outcomes=(Outcome("shaft", Quantity(11)),)), End(Report())),
        (
            Report(
                Quantity(5),
                outcomes=(Outcome("shaft", Quantity(5)),),
                scraps=(Scrap("shaft", Quantity(4), "x"),),
            ),
            Report(outcomes=(Outcome("shaft", Quantity(3)),)),
        ),
    ],
    ids=["as planned", "the rest", "after scrap"],
)
def test_the_tolerance_counts_what_came_in_all_reports_named_or_as_planned(
    first: Report, then: Report | End
) -> None:
    run, _, _ = report(running(), first, shop())
    with pytest.raises(Invalid) as refused:
        end(run, then, shop(), NOW) if isinstance(then, End) else report(run, then, shop())
    where = "/report/outcomes" if isinstance(then, End) else "/outcomes"
    assert list(refused.value.pointers) == [(where, "of shaft at most 11 may come")]
    run, _, lots = end(run, End(Report(), "nothing", "enough"), shop(), NOW)
    assert (run.state, lots) == ("closed", ())


def test_a_parameter_out_of_its_limits_blocks_what_the_run_makes() -> None:
    run, facts = running().measured(hardening(), (Reading(10, "temperature", Quantity(861)),), NOW, "olga")
    assert [fact.within for fact in facts] == [False]  # type: ignore[attr-defined]
    _, _, lots = end(run, End(Report()), shop(), NOW)
    assert [each.state for each in lots] == ["blocked"]


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        (Report(runs=Quantity(11)), "/runs"),
        (Report(runs=Quantity(0)), "/runs"),
        (Report(outcomes=(Outcome("nut", Quantity(1)),)), "/outcomes/0/sku"),
        (Report(takes=(Take("other", Quantity(1)),)), "/consumed/0"),
        (Report(scraps=(Scrap("shaft", Quantity(-1), "x"),)), "/scraps/0/quantity"),
    ],
)
def test_a_report_that_cannot_be_is_refused_and_points_at_its_fault(said: Report, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        report(running(), said, shop())
    assert [at for at, _ in refused.value.pointers] == [pointer]


def test_nothing_is_reported_before_the_start_or_while_the_run_stands_still() -> None:
    run = running()
    held, _ = run.held("no power", NOW)
    with pytest.raises(WrongState, match="held"):
        report(held, Report(), shop())
    again, _ = held.resumed(NOW)
    assert again.state == "running"
    with pytest.raises(Invalid, match="aborted"):
        end(run, End(Report(), "nothing"), shop(), NOW)
