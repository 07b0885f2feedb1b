"""Recipes that are said in any unit of their items, and kept in the items' own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backbone.errors import Invalid
from contracts.materials import ItemDefined
from contracts.units import Counted, ItemUnit
from contracts.values import Quantity
from production.domain.said import SaidUnits, in_own_units
from services.production.tests.door import PLANNER, Door
from services.production.tests.made import hardening
from services.production.tests.test_api import RECIPE, opened

SHAFT = Counted("shaft", "piece", Quantity(1), (ItemUnit("box", Quantity(10), Quantity(1)),))
THIRDS = Counted("shaft", "piece", Quantity(1), (ItemUnit("third", Quantity(1), Quantity(3)),))
BOXES = SaidUnits(("box",), ("box",))


def test_quantities_and_prices_are_turned_exactly() -> None:
    said = hardening()
    said = replace(said, outputs=(replace(said.outputs[0], split_off_price_minor=5_000),))
    kept = in_own_units(said, BOXES, {"shaft": SHAFT})
    assert kept.inputs[0].quantity.micro == 10 * said.inputs[0].quantity.micro
    assert kept.outputs[0].quantity.micro == 10 * said.outputs[0].quantity.micro
    assert kept.outputs[0].split_off_price_minor == 500


@pytest.mark.parametrize(
    ("said", "known", "pointer"),
    [
        (SaidUnits(("kg",), (None,)), {"shaft": SHAFT}, "/inputs/0"),
        (BOXES, {}, "/inputs/0/unit"),
        (
            SaidUnits((None,), ("third",)),
            {"shaft": replace(SHAFT, units=(ItemUnit("third", Quantity(1), Quantity(3)),))},
            "/outputs/0",
        ),
    ],
)
def test_what_cannot_be_turned_exactly_is_refused_with_its_place(
    said: SaidUnits, known: dict[str, Counted], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        in_own_units(hardening(), said, known)
    assert [place for place, _ in refused.value.pointers] == [pointer]


async def test_a_recipe_is_drafted_in_boxes_and_shown_in_pieces(door: Door) -> None:
    await opened(door)
    await door.stage.hear(ItemDefined("shaft", "Shaft", "piece", Quantity(1), units=SHAFT.units))
    parts = {
        name: [{**each, "quantity": "1", "unit": "box"} for each in RECIPE[name]]
        for name in ("inputs", "outputs")
    }
    drafted = await door.post(
        PLANNER, "/v1/recipes", {**RECIPE, **parts, "recipe_id": "in-boxes"}, status=201
    )
    assert [each["quantity"] for each in drafted["content"]["outputs"]] == ["10"]
    parts["inputs"][0]["unit"] = "kg"
    refused = await door.send(PLANNER, "POST", "/v1/recipes", {**RECIPE, **parts, "recipe_id": "in-boxes"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/inputs/0")
