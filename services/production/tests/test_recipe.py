"""Recipes from draft to retired, without any database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from backbone.errors import Invalid
from contracts.recipes import Operation, ParameterLimit, RecipeInput, RecipeOutput
from contracts.values import PropertyValue, Quantity
from production.domain.costing import FixedShare
from production.domain.recipe import Content, Recipe, SecondPersonNeeded
from production.domain.states import WrongState

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
HARD = PropertyValue("hardness", Quantity(60), "HRC")
HEAT = ParameterLimit("temperature", "degC", Quantity(850), Quantity(840), Quantity(860))
STEP = Operation(10, "Harden", "oven", Quantity(30), Quantity(60), 1, Quantity(1), (HEAT,))
SHAFT = RecipeOutput("shaft", Quantity(4), "main", (HARD,))
CONTENT = Content(
    "modification",
    "Harden shafts",
    "plant-1",
    (RecipeInput("shaft", Quantity(4), 10),),
    (SHAFT,),
    (STEP,),
    NOW,
    None,
    2,
)


def sending(ahead: str, **changes: Any) -> Content:
    """Two operations, the first of which sends runs ahead to the second."""
    first = replace(STEP, send_ahead=Quantity(ahead), **changes)
    return replace(CONTENT, operations=(first, replace(STEP, operation_no=20)))


CUTS = (
    RecipeOutput("petrol", Quantity(45), "main", (), 100),
    RecipeOutput("diesel", Quantity(30), "co-product", (), 80),
)


def drafted(content: Content = CONTENT) -> Recipe:
    return Recipe.drafted("r1", 1, content, author="ann")


def test_a_recipe_is_approved_by_a_second_person_and_says_who() -> None:
    recipe = drafted().submitted()
    with pytest.raises(SecondPersonNeeded):
        recipe.approved(by="ann")
    fact = recipe.approved(by="bob").told()
    assert (fact.author, fact.approver, fact.version, fact.outputs) == ("ann", "bob", 1, (SHAFT,))


def test_a_recipe_nobody_approved_is_not_told() -> None:
    with pytest.raises(SecondPersonNeeded):
        drafted().told()


def test_a_draft_is_not_approved_unread() -> None:
    with pytest.raises(WrongState, match="in-review"):
        drafted().approved(by="bob")


def test_a_retired_version_stays_retired() -> None:
    recipe, fact = drafted().submitted().approved(by="bob").retired()
    assert (fact.recipe_id, fact.version) == ("r1", 1)
    with pytest.raises(WrongState, match="nothing any more"):
        recipe.retired()


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        (replace(CONTENT, inputs=()), "/inputs"),
        (replace(CONTENT, inputs=(RecipeInput("shaft", Quantity(0), 10),)), "/inputs/0/quantity"),
        (replace(CONTENT, inputs=(RecipeInput("shaft", Quantity(4), 20),)), "/inputs/0/operation_no"),
        (replace(CONTENT, inputs=(RecipeInput("bar", Quantity(4), 10),)), "/outputs"),
        (replace(CONTENT, outputs=(replace(SHAFT, role="waste"),)), "/outputs"),
        (replace(CONTENT, outputs=(SHAFT, SHAFT)), "/outputs"),
        (replace(CONTENT, kind="separation"), "/outputs"),
        (replace(CONTENT, kind="congregation", outputs=CUTS), "/outputs"),
        (replace(CONTENT, cost_rule="sales-value"), "/outputs"),
        (replace(CONTENT, operations=()), "/operations"),
        (
            replace(CONTENT, operations=(replace(STEP, operation_yield=Quantity(2)),)),
            "/operations/0/operation_yield",
        ),
        (
            replace(CONTENT, operations=(replace(STEP, parameters=(HEAT, HEAT)),)),
            "/operations/0/parameters",
        ),
        (
            replace(CONTENT, operations=(replace(STEP, parameters=(replace(HEAT, target=Quantity(1)),)),)),
            "/operations/0/parameters",
        ),
        (sending("0"), "/operations/0/send_ahead"),
        (sending("1000001"), "/operations/0/send_ahead"),
        (sending("5", batch_runs=Quantity(6)), "/operations/0/send_ahead"),
        (replace(CONTENT, operations=(replace(STEP, send_ahead=Quantity(5)),)), "/operations/0/send_ahead"),
        (replace(sending("5"), operations=sending("5").operations[::-1]), "/operations"),
        (replace(CONTENT, effective_to=NOW), "/effective_to"),
        (replace(CONTENT, lead_days=-1), "/lead_days"),
        (replace(CONTENT, cost_rule="equivalence"), "/fixed_shares"),
        (replace(CONTENT, cost_rule="equivalence", fixed_shares=(FixedShare("shaft", 0),)), "/fixed_shares"),
        (
            replace(CONTENT, cost_rule="net-realisable-value", fixed_shares=(FixedShare("shaft", 1),)),
            "/outputs",
        ),
        (replace(CONTENT, fixed_shares=(FixedShare("shaft", 1),)), "/fixed_shares"),
        (replace(CONTENT, cost_rule="fixed", fixed_shares=(FixedShare("shaft", -1),)), "/fixed_shares"),
        (replace(CONTENT, cost_rule="fixed"), "/fixed_shares"),
        (replace(CONTENT, cost_rule="fixed", fixed_shares=(FixedShare("shaft", 1),)), "/fixed_shares"),
    ],
)
def test_what_could_never_be_run_is_refused_with_its_place(wrong: Content, pointer: str) -> None:
    with pytest.raises(Invalid) as refusal:
        drafted(wrong)
    assert pointer in dict(refusal.value.pointers)


def test_runs_are_sent_ahead_in_whole_loads_to_whatever_follows() -> None:
    assert drafted(sending("6", batch_runs=Quantity(6))).state == "draft"
    first, second = sending("5").operations
    branch = (first, replace(second, after=(), send_ahead=Quantity(5)), replace(second, operation_no=30))
    with pytest.raises(Invalid) as refusal:
        drafted(replace(CONTENT, operations=branch))
    none = "to an operation that follows it, and none does"
    assert list(refusal.value.pointers) == [("/operations/0/send_ahead", none)]
    joined = (*branch[:2], replace(branch[2], after=(10, 20)))
    assert drafted(replace(CONTENT, operations=joined)).state == "draft"


def test_a_separation_with_fixed_shares_stands() -> None:
    shares = (FixedShare("petrol", 7_000), FixedShare("diesel", 3_000))
    content = replace(CONTENT, kind="separation", outputs=CUTS, cost_rule="fixed", fixed_shares=shares)
    assert drafted(content).state == "draft"
