"""What an item is made of and where it is used: through levels, states, phantoms, recycles and losses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from contracts.recipes import Operation, RecipeInput, RecipeOutput
from contracts.values import PropertyWindow, Quantity
from production.domain.bill import LEVELS_COUNT_MAX, BillLine, exploded, used
from production.domain.recipe import Recipe
from services.production.tests.made import HARD, hardening

WINDOW = (PropertyWindow("hardness", "HRC", Quantity(55)),)
Row = tuple[int, str, str, str | None]


def recipe(name: str, takes: dict[str, str], makes: dict[str, str], **changes: Any) -> Recipe:
    content = hardening(
        kind="congregation",
        title=name,
        inputs=tuple(RecipeInput(sku, Quantity(quantity), 10) for sku, quantity in takes.items()),
        outputs=tuple(RecipeOutput(sku, Quantity(quantity), "main") for sku, quantity in makes.items()),
    )
    return Recipe(name, 1, replace(content, **changes), "approved", "erik", "ava")


COMPUTER = (
    recipe("computer", {"board": "1", "kit": "1"}, {"computer": "1"}),
    recipe("kit", {"screw": "8", "cable": "2"}, {"kit": "1"}, phantom=True),
    recipe("board", {"chip": "2", "screw": "4"}, {"board": "1"}),
)


def shown(lines: Sequence[BillLine]) -> list[Row]:
    return [(line.level, line.sku, str(line.quantity), line.recipe_id) for line in lines]


def test_a_bill_is_exploded_through_all_levels_with_its_phantoms() -> None:
    lines = list(exploded("computer", COMPUTER))
    assert shown(lines) == [
        (0, "computer", "1", "computer"),
        (1, "board", "1", "board"),
        (2, "chip", "2", None),
        (2, "screw", "4", None),
        (1, "kit", "1", "kit"),
        (2, "screw", "8", None),
        (2, "cable", "2", None),
    ]
    assert [line.sku for line in lines if line.phantom] == ["kit"]
    assert shown(list(exploded("chip", COMPUTER))) == [(0, "chip", "1", None)]


def test_where_an_item_is_used_multiplies_along_each_way_up() -> None:
    lines = list(used("screw", COMPUTER))
    assert shown(lines) == [
        (1, "board", "4", "board"),
        (2, "computer", "4", "computer"),
        (1, "kit", "8", "kit"),
        (2, "computer", "8", "computer"),
    ]
    assert list(used("computer", COMPUTER)) == []


def test_both_are_read_in_parts_from_any_place_on() -> None:
    for tree, sku in ((exploded, "computer"), (used, "screw")):
        whole = list(tree(sku, COMPUTER))
        for number, line in enumerate(whole):
            assert list(tree(sku, COMPUTER, line.place)) == whole[number + 1 :]


def test_losses_of_operations_and_what_is_given_back_count() -> None:
    steps = (
        Operation(10, "a", "furnace", Quantity(0), Quantity(1), 1, Quantity("0.5")),
        Operation(20, "b", "furnace", Quantity(0), Quantity(1), 1, Quantity("0.8")),
    )
    takes = (RecipeInput("bar", Quantity(2), 10), RecipeInput("oil", Quantity(1), 20))
    lossy = recipe("turn", {}, {"pin": "1"}, operations=steps, inputs=takes)
    # Of what is begun 0.4 is left in the end, 0.5 before the oil is taken.
    assert shown(list(exploded("pin", [lossy])))[1:] == [(1, "bar", "5", None), (1, "oil", "1.25", None)]
    recycles = recipe("wash", {"dirt": "10", "water": "5"}, {"stone": "4", "water": "3"})
    assert shown(list(exploded("stone", [recycles])))[1:] == [
        (1, "dirt", "2.5", None),
        (1, "water", "0.5", None),
    ]


def test_an_item_in_a_state_is_found_through_what_gives_it_that_state() -> None:
    hard = Recipe("harden", 1, hardening(), "approved", "erik", "ava")
    axle = recipe("axle", {}, {"axle": "1"}, inputs=(RecipeInput("shaft", Quantity(2), 10, WINDOW),))
    lines = list(used("shaft", [axle, hard]))
    assert shown(lines) == [(1, "shaft", "1", "harden"), (2, "axle", "2", "axle")]
    assert lines[0].properties == (HARD,)
    assert shown(list(exploded("axle", [axle, hard]))) == [
        (0, "axle", "1", "axle"), (1, "shaft", "2", "harden"), (2, "shaft", "2", None)
    ]  # fmt: skip


def test_a_tree_that_leads_back_to_itself_ends_there_and_a_deep_one_somewhere() -> None:
    circle = [recipe("a", {"b": "1"}, {"a": "1"}), recipe("b", {"a": "1"}, {"b": "1"})]
    lines = list(exploded("a", circle))
    assert [(line.sku, line.again) for line in lines] == [("a", False), ("b", False), ("a", True)]
    assert [(line.sku, line.again) for line in used("a", circle)] == [("b", False), ("a", True)]
    deep = [recipe(f"r{n}", {f"i{n + 1}": "1"}, {f"i{n}": "1"}) for n in range(LEVELS_COUNT_MAX + 50)]
    assert len(list(exploded("i0", deep))) == LEVELS_COUNT_MAX


def test_what_is_waste_is_no_use_and_a_by_product_is() -> None:
    outputs = (
        RecipeOutput("diesel", Quantity(60), "main"),
        RecipeOutput("gas", Quantity(10), "by-product", (), 2),
        RecipeOutput("sludge", Quantity(5), "waste"),
    )
    crack = recipe("crack", {"crude": "100"}, {}, kind="separation", outputs=outputs)
    lines = list(used("crude", [crack]))
    assert [(line.sku, line.role, str(line.quantity)) for line in lines] == [
        ("diesel", "main", "1.666667"), ("gas", "by-product", "10")
    ]  # fmt: skip
