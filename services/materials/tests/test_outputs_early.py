"""Outputs that come before the last operation lose what is lost up to there, and no more."""

from __future__ import annotations

from dataclasses import replace

from contracts.recipes import Operation, RecipeOutput
from contracts.values import MICRO, ZERO, Quantity
from materials.domain.recipe import Ratio, Recipe
from services.materials.tests.made import recipe


def columns() -> Recipe:
    """Naphtha is drawn at the first column (nine tenths are left), diesel comes at the second (half of that)."""
    steps = tuple(
        Operation(number, "column", "wc-1", Quantity(10), ZERO, 1, Quantity(kept))
        for number, kept in ((10, "0.9"), (20, "0.5"))
    )
    outputs = (
        RecipeOutput("naphtha", Quantity(40), "co-product", operation_no=10),
        RecipeOutput("diesel", Quantity(60), "main"),
    )
    told = recipe("crack", {"crude": "100"}, {"diesel": "60"}, "separation")
    return Recipe.of(replace(told, outputs=outputs, operations=steps))


def test_what_comes_early_is_given_after_the_losses_up_to_there() -> None:
    crack = columns()
    start = Ratio(10, 1)
    assert [crack.given(number, start, 1) for number in (0, 1)] == [360 * MICRO, 270 * MICRO]


def test_runs_for_a_cut_that_is_drawn_early_count_its_own_losses() -> None:
    crack = columns()
    assert crack.starts_for([(0, 36 * MICRO)]) == MICRO
    assert crack.starts_for([(0, 36 * MICRO + 1)]) == 2 * MICRO
    assert crack.starts_for([(1, 27 * MICRO)]) == MICRO
    assert crack.start_for(0, 9 * MICRO, MICRO) == 10 * MICRO
    assert crack.start_for(1, 9 * MICRO, MICRO) == 20 * MICRO
