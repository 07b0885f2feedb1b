"""Work that a vendor does: what its recipe may say, what it takes and costs, and what a vendor has of ours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from backbone.errors import Invalid
from contracts.outside import OutsideWork
from contracts.shapes import Shift
from contracts.values import CostVector, Quantity
from production.domain.difference import difference
from production.domain.outside import Bought, timed
from production.domain.plant import Calendar
from production.domain.recipe import Recipe
from production.domain.standard import StandardPrice, roll_up
from services.production.tests.made import CALENDAR, CENTRES, HARD, NOW, hardening, lot, outside

WORK = OutsideWork("hardening", Quantity(1), 1, 3, 1)


def wrong(**changes: Any) -> list[str]:
    """Where a recipe with that work outside is wrong."""
    return [place for place, _ in outside(**changes).wrong()]


def test_a_recipe_whose_one_operation_a_vendor_does_can_be_drafted() -> None:
    assert wrong() == []
    assert Recipe.drafted("harden", 1, outside(), author="erik", centres=CENTRES).state == "draft"


@pytest.mark.parametrize(
    ("work", "place"),
    [
        (replace(WORK, sku=" "), "/operations/0/outside/sku"),
        (replace(WORK, sku="shaft"), "/operations/0/outside/sku"),
        (replace(WORK, quantity=Quantity(0)), "/operations/0/outside/quantity"),
        (replace(WORK, out_days=-1), "/operations/0/outside/out_days"),
        (replace(WORK, work_days=0), "/operations/0/outside/work_days"),
        (replace(WORK, back_days=367), "/operations/0/outside/back_days"),
        (replace(WORK, work_days=6), "/lead_days"),
    ],
)
def test_work_that_no_vendor_could_do_is_refused_with_its_place(work: OutsideWork, place: str) -> None:
    (operation,) = outside().operations
    assert wrong(operations=(replace(operation, outside=work),)) == [place]


@pytest.mark.parametrize(
    "changes",
    [
        {"people": 1},
        {"run_minutes": Quantity(1)},
        {"alternates": ("oven",)},
        {"batch_runs": Quantity(10)},
        {"send_ahead": Quantity(10)},
    ],
)
def test_work_outside_has_days_and_nothing_of_our_own(changes: dict[str, Any]) -> None:
    (operation,) = outside().operations
    place = "send_ahead" if "send_ahead" in changes else "outside"
    assert wrong(operations=(replace(operation, **changes),)) == [f"/operations/0/{place}"]


def test_what_comes_before_work_outside_is_a_recipe_of_its_own() -> None:
    (cut,), (work,) = hardening().operations, outside().operations
    assert wrong(operations=(cut, replace(work, operation_no=20))) == ["/operations/1/outside"]


def test_days_outside_are_working_days_of_their_work_centre() -> None:
    (operation,) = timed(outside().operations, {"furnace": CALENDAR})
    assert operation.setup_minutes == Quantity(5 * 16 * 60)
    always = Calendar.defined("always", tuple(range(7)), 0, 24, ())
    (operation,) = timed(outside().operations, {"furnace": always})
    assert operation.setup_minutes == Quantity(5 * 24 * 60)
    half = Calendar.of_shifts("half", (Shift((0, 1, 2), 360, 840), Shift((0,), 840, 1_200)), ())
    (operation,) = timed(outside().operations, {"furnace": half})
    # Eight hours on three days and six more on one of them: ten hours a day on average.
    assert operation.setup_minutes == Quantity(5 * 600)
    with pytest.raises(Invalid, match="days are those of a calendar"):
        timed(outside().operations, {})
    assert timed(hardening().operations, {}) == hardening().operations


def test_the_standard_cost_of_work_outside_is_what_it_should_be_bought_for() -> None:
    prices = [StandardPrice("shaft", Quantity(500)), StandardPrice("hardening", Quantity(120))]
    free = {"furnace": replace(CENTRES["furnace"], labour_rate_minor=0, machine_rate_minor=0)}
    recipe = replace(Recipe.drafted("harden", 1, outside(), author="erik"), state="approved")
    standards = roll_up(prices, [recipe], free, "EUR")
    assert standards.costs["shaft", (HARD,)].cost == CostVector(620_000_000, 0, 0, 0, "EUR")
    assert roll_up(prices[:1], [recipe], free, "EUR").missing == ("hardening",)


def test_what_a_vendor_has_and_did_not_use_comes_back_with_its_cost() -> None:
    sent = (lot("bar", "300", 900), lot("rod", "200", 700))
    bought = Bought("hardening", Quantity(500), "piece", NOW, sent=sent)
    left = bought.back([lot("bar", "120", 360)], [lot("bar", "180", 540), lot("rod", "200", 700)])
    assert [(part.lot_id, part.quantity, part.cost.bought_in) for part in left] == [
        ("bar", Quantity(180), 540),
        ("rod", Quantity(200), 700),
    ]
    # What was staged after the goods had left never was at the vendor's.
    later = bought.back([], [lot("bar", "350", 1_050), lot("pin", "10", 10)])
    assert [(part.lot_id, part.quantity, part.cost.bought_in) for part in later] == [
        ("bar", Quantity(300), 900)
    ]
    assert bought.back(sent, []) == ()


def test_versions_that_differ_in_the_days_outside_say_so_in_words() -> None:
    (step,) = outside().operations
    longer = replace(step, outside=replace(WORK, work_days=4))
    (change,) = difference(outside(), outside(operations=(longer,)))
    assert (change.field, change.was) == (
        "outside", "1 hardening, 1, 3 and 1 days there, at work and back",
    )  # fmt: skip
    assert change.now == "1 hardening, 1, 4 and 1 days there, at work and back"
