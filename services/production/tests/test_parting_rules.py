"""The rules by which runs are parted and put together, without any database, each with a defect that it catches."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.shapes import ItemPart, LotPart
from contracts.values import CostVector, Quantity, total
from production.domain import parting
from production.domain.act import Report
from production.domain.material import Take
from production.domain.parting import CannotBeMerged, CannotBeSplit
from production.domain.reporting import report
from production.domain.run import Run
from services.production.tests.made import NOW, hardening, lot
from services.production.tests.test_planted import Defect, planted
from services.production.tests.test_run import running, shop

PIECE = {"shaft": Quantity(1), "oil": Quantity(1)}
NOTHING = CostVector(0, 0, 0, 0, "EUR")


def waiting(name: str, pieces: int, cost: int, **changes: object) -> Run:
    """A run of so many shafts, which lie staged in a lot of its own, and of one can of oil for every four."""
    parts = (ItemPart("shaft", Quantity(pieces)),)
    inputs = (*parts, ItemPart("oil", Quantity(pieces // 4)))
    run = Run(
        name, f"p-{name}", "harden", 1, "plant-1", Quantity(pieces), inputs, parts, NOW, 2, "scheduled", name
    )
    lots = (
        lot(f"bar-{name}", str(pieces), cost),
        lot(f"oil-{name}", str(pieces // 4), 10 * pieces, sku="oil"),
    )
    return replace(run, **changes).staged(Quantity(pieces), lots)  # type: ignore[arg-type]


def split(run: Run, runs: str) -> tuple[Run, Run]:
    """What is left of a run, and the part."""
    rest, part, _ = parting.split(run, Quantity(runs), "part", "p-part", hardening(), PIECE)
    return rest, part


def staged(*runs: Run) -> tuple[dict[str, Quantity], CostVector]:
    """What lies staged for runs by item, and what it has cost."""
    parts: list[LotPart] = [part for run in runs for part in run.floor.staged]
    found = {
        sku: total(part.quantity for part in parts if part.sku == sku) for sku in {part.sku for part in parts}
    }
    return found, sum((part.cost for part in parts), start=NOTHING)


def asked(run: Run) -> dict[str, Quantity]:
    """What a run takes by item."""
    return {part.sku: part.quantity for part in run.inputs}


def test_parts_take_in_whole_cans_and_add_up_to_the_whole() -> None:
    run = waiting("a", 40, 10_007)
    rest, part = split(run, "15")
    # 3.75 cans: the part takes four, and the rest what is left.
    assert asked(part) == {"shaft": Quantity(15), "oil": Quantity(4)}
    assert asked(rest) == {"shaft": Quantity(25), "oil": Quantity(6)}
    assert rest.runs + part.runs == run.runs


def test_what_lies_staged_goes_to_one_of_them_with_its_cost() -> None:
    run = waiting("a", 40, 10_007)
    rest, part = split(run, "15")
    assert staged(rest, part) == staged(run)
    assert (staged(rest)[0], staged(part)[0]) == (asked(rest), asked(part))


def test_no_part_is_begun_with_less_than_it_needs() -> None:
    run, _, _ = report(running("10"), Report(takes=(Take("in-shaft", Quantity(8)),)), shop())
    with pytest.raises(CannotBeSplit, match="would lack some"):
        split(run, "5")
    rest, part = split(run, "2")
    assert (staged(part)[0], rest.left) == ({"shaft": Quantity(2)}, Quantity(8))


def test_what_is_done_is_no_part_of_what_can_be_split_off() -> None:
    run, _, _ = report(running("10"), Report(Quantity(7)), shop())
    assert (run.done_runs, run.left) == (Quantity(7), Quantity(3))
    with pytest.raises(CannotBeSplit, match="3 of its runs are not done"):
        split(run, "3")
    rest, part = split(run, "2")
    assert (rest.left, part.left) == (Quantity(1), Quantity(2))
    assert staged(rest, part)[0] == {"shaft": Quantity(3)}


def test_half_a_product_is_made_by_nobody() -> None:
    with pytest.raises(CannotBeSplit, match="not a multiple of 1"):
        split(waiting("a", 40, 10_007), "1.5")


def test_runs_put_together_take_and_have_what_all_of_them_did() -> None:
    runs = [waiting("a", 40, 10_007), waiting("b", 32, 5_003), waiting("c", 8, 991)]
    whole, gone, told = parting.merge(runs[0], runs[1:])
    assert (whole.runs, told.runs) == (Quantity(80), Quantity(80))
    assert asked(whole) == {"shaft": Quantity(80), "oil": Quantity(20)}
    assert [part.quantity for part in whole.outputs] == [Quantity(80)]
    assert staged(whole) == staged(*runs)
    assert ([each.state for each in gone], staged(*gone)[0]) == (["merged", "merged"], {})


def test_what_is_made_otherwise_is_not_put_together() -> None:
    with pytest.raises(CannotBeMerged):
        parting.merge(waiting("a", 40, 10_007), [waiting("b", 32, 5_003, recipe_version=2)])


def test_runs_put_together_are_due_when_the_first_of_them_is() -> None:
    soon = NOW.replace(hour=1)
    whole, _, told = parting.merge(waiting("a", 40, 1), [waiting("b", 32, 1, due_at=soon, priority=1)])
    assert (whole.due_at, told.due_at, whole.priority) == (soon, soon, 1)


DEFECTS = [
    Defect(
        "a part takes its share rounded down",
        parting,
        "_divided",
        lambda right: lambda part, over, under, quanta, *, up: right(part, over, under, quanta, up=False),
        test_parts_take_in_whole_cans_and_add_up_to_the_whole,
    ),
    Defect(
        "what a part takes along stays, too",
        parting,
        "drawn",
        lambda right: lambda lots, needs: (right(lots, needs)[0], tuple(lots)),
        test_what_lies_staged_goes_to_one_of_them_with_its_cost,
    ),
    Defect(
        "a part never lacks anything",
        parting,
        "_short",
        lambda right: lambda needs, lots: None,
        test_no_part_is_begun_with_less_than_it_needs,
    ),
    Defect(
        "what is done can be split off again",
        parting,
        "_demand_splittable",
        lambda right: lambda run, runs, content: None,
        test_what_is_done_is_no_part_of_what_can_be_split_off,
    ),
    Defect(
        "half a product is a product",
        parting,
        "_demand_products",
        lambda right: lambda *_: None,
        test_half_a_product_is_made_by_nobody,
    ),
    Defect(
        "who is put together brings no inputs",
        parting,
        "_summed",
        lambda right: lambda parts: right([next(iter(parts))]),
        test_runs_put_together_take_and_have_what_all_of_them_did,
    ),
    Defect(
        "what others had staged is forgotten",
        parting,
        "merged",
        lambda right: lambda lots: right(list(lots)[:1]),
        test_runs_put_together_take_and_have_what_all_of_them_did,
    ),
    Defect(
        "every run is made as every other",
        parting,
        "_made_by",
        lambda right: lambda run: (),
        test_what_is_made_otherwise_is_not_put_together,
    ),
]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_defect_planted_in_the_rules_of_parting_is_caught(defect: Defect) -> None:
    defect.demand()
    with planted(defect), pytest.raises((AssertionError, pytest.fail.Exception)):
        defect.demand()
