"""Standard costs rolled up through levels: congregation, separation and modification alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.recipes import Operation, RecipeInput, RecipeOutput
from contracts.values import MICRO, PropertyValue, PropertyWindow, Quantity
from production.domain.costing import CurrenciesMixed, FixedShare
from production.domain.plant import WorkCentre
from production.domain.recipe import Content, Recipe
from production.domain.standard import (
    MadeOfItself,
    StandardPrice,
    Standards,
    intensity,
    roll_up,
)
from services.production.tests.made import CENTRES, HARD, cracking, hardening

ROBOT = WorkCentre("robot", "plant-1", "Robot", "week", 1, 0, 12_000, Quantity(0), "EUR")
RATES = {**CENTRES, "robot": ROBOT}


def step(number: int = 10, centre: str = "furnace", minutes: str = "6", **changes: object) -> Operation:
    made = Operation(number, "work", centre, Quantity(0), Quantity(minutes), 1, Quantity(1))
    return replace(made, **changes)  # type: ignore[arg-type]


def assembled(sku: str, *parts: tuple[str, str], operations: tuple[Operation, ...] = ()) -> Content:
    """So much of each part makes one."""
    return hardening(
        kind="congregation",
        inputs=tuple(RecipeInput(part, Quantity(quantity), 10) for part, quantity in parts),
        outputs=(RecipeOutput(sku, Quantity(1), "main"),),
        operations=operations or (step(),),
    )


def rolled(contents: dict[str, Content], **prices: str) -> Standards:
    recipes = [Recipe(key, 1, content, "approved", "ann", "bob") for key, content in contents.items()]
    return roll_up(
        [StandardPrice(sku, Quantity(minor)) for sku, minor in prices.items()], recipes, RATES, "EUR"
    )


def unit(standards: Standards, sku: str, *properties: PropertyValue) -> list[float]:
    """The standard cost in minor units: bought in, labour, capital, overhead."""
    cost = standards.costs[sku, properties].cost
    return [each / MICRO for each in (cost.bought_in, cost.labour, cost.capital, cost.overhead)]


def test_three_levels_add_up_by_kind_and_each_step_says_what_it_adds() -> None:
    contents = {
        "pc": assembled("pc", ("board", "1"), ("case", "1")),
        "board": assembled("board", ("chip", "4"), operations=(step(centre="robot"),)),
    }
    standards = rolled(contents, chip="250", case="3000")
    # Six minutes at the robot: 1200 of capital. At the furnace: 300 of labour, 600 of capital, a tenth on top of both.
    assert unit(standards, "board") == [1_000, 0, 1_200, 0]
    assert unit(standards, "pc") == [4_000, 300, 1_800, 90]
    pc = standards.costs["pc", ()]
    assert (pc.level, pc.added.labour, pc.added.capital) == (2, 300 * MICRO, 600 * MICRO)
    assert standards.missing == ()


def test_losses_before_an_operation_make_what_it_takes_dearer() -> None:
    lossy = (step(10, operation_yield=Quantity("0.8")), step(20, operation_yield=Quantity("0.5")))
    content = replace(
        assembled("ring", operations=lossy),
        inputs=(RecipeInput("bar", Quantity(1), 10), RecipeInput("seal", Quantity(1), 20)),
    )
    # Of what is started 40 % come: a ring takes 2.5 bars, and 0.8 / 0.4 = 2 seals.
    assert unit(rolled({"ring": content}, bar="100", seal="10"), "ring")[0] == 270


def test_setup_is_borne_by_the_runs_that_the_recipe_says() -> None:
    slow = (step(setup_minutes=Quantity(60)),)
    one = assembled("pin", ("wire", "1"), operations=slow)
    many = replace(one, costing_runs=Quantity(100))
    assert unit(rolled({"pin": one}, wire="1"), "pin")[1] == 3_300
    assert unit(rolled({"pin": many}, wire="1"), "pin")[1] == 330


def test_a_separation_shares_its_cost_and_credits_its_by_product() -> None:
    content = replace(
        cracking(),
        cost_rule="fixed",
        fixed_shares=(FixedShare("diesel", 7_000), FixedShare("petrol", 3_000)),
        operations=(step(minutes="0"),),
    )
    standards = rolled({"crack": content}, crude="10")
    assert unit(standards, "gas")[0] == 2
    # 1000 of crude, 20 of it borne by gas: 686 for 60 of diesel, 294 for 30 of petrol.
    assert unit(standards, "diesel")[0] == pytest.approx(686 / 60, abs=1e-6)
    assert unit(standards, "petrol")[0] == pytest.approx(294 / 30, abs=1e-6)


def test_a_hardened_item_has_a_cost_of_its_own_and_is_found_by_the_window() -> None:
    window = (PropertyWindow("hardness", "HRC", Quantity(58), Quantity(62)),)
    axle = replace(assembled("axle"), inputs=(RecipeInput("shaft", Quantity(2), 10, window),))
    standards = rolled({"harden": hardening(), "axle": axle}, shaft="400")
    assert unit(standards, "shaft") == [400, 0, 0, 0]
    hard = unit(standards, "shaft", HARD)
    assert hard == [400, 3_025, 6_050, 907.5]
    assert unit(standards, "axle") == [800, 6_350, 12_700, 1_905]


def test_what_nobody_prices_is_named_and_what_takes_it_is_left_out() -> None:
    contents = {"pc": assembled("pc", ("board", "1")), "board": assembled("board", ("chip", "1"))}
    standards = rolled(contents, case="1")
    assert standards.missing == ("chip",)
    assert set(standards.costs) == {("case", ())}


def test_recipes_that_lead_back_to_themselves_are_refused_with_their_road() -> None:
    contents = {"a": assembled("a", ("b", "1")), "b": assembled("b", ("a", "1"))}
    with pytest.raises(MadeOfItself, match="a > b > a"):
        rolled(contents)


def test_what_a_recipe_gives_back_to_itself_counts_net() -> None:
    content = hardening(
        kind="separation",
        inputs=(RecipeInput("crude", Quantity(10), 10), RecipeInput("solvent", Quantity(5), 10)),
        outputs=(
            RecipeOutput("oil", Quantity(10), "main"),
            RecipeOutput("solvent", Quantity(4), "by-product"),
        ),
        operations=(step(minutes="0"),),
    )
    assert unit(rolled({"wash": content}, crude="10", solvent="50"), "oil")[0] == 15


def test_one_currency_counts() -> None:
    with pytest.raises(CurrenciesMixed):
        roll_up([], [], RATES, "USD")


def test_labour_or_capital_is_named_by_its_own_figures() -> None:
    standards = rolled({"pin": assembled("pin", ("wire", "1"))}, wire="1")
    assert intensity(standards.costs["pin", ()].added) == "capital"
    assert intensity(standards.costs["wire", ()].added) == "even"


def test_a_chain_of_five_thousand_levels_is_rolled_up() -> None:
    contents = {f"r{level}": assembled(f"i{level + 1}", (f"i{level}", "1")) for level in range(5_000)}
    standards = rolled(contents, i0="7")
    assert unit(standards, "i5000") == [7, 1_500_000, 3_000_000, 450_000]
    assert standards.costs["i5000", ()].level == 5_000
