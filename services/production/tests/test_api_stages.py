"""Outputs at operations over HTTP: the recipe says where, a report of the operation makes them, the rest follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from contracts.production import MaterialProduced, RecipeApproved
from contracts.shapes import ItemPart
from contracts.values import Quantity
from services.production.tests.door import OPERATOR, PLANNER, Door
from services.production.tests.made import asked, lot, staged
from services.production.tests.test_stages import COLUMNS

PARTS: dict[str, Any] = {
    "inputs": (ItemPart("crude", Quantity(1_000)), ItemPart("catalyst", Quantity(20))),
    "outputs": (
        ItemPart("naphtha", Quantity(300)),
        ItemPart("gas", Quantity(100)),
        ItemPart("diesel", Quantity(600)),
    ),
}


async def begun(door: Door) -> str:
    """The place of a run of ten that draws naphtha and gas at its first operation."""
    await door.stage.opened(COLUMNS, "crack")
    lots = staged(lot("c1", "1000", 500_000, "crude"), lot("k1", "20", 4_000, "catalyst"), runs="10")
    await door.stage.hear(replace(asked(runs="10", recipe_id="crack"), **PARTS), lots)
    run = f"/v1/runs/{await door.stage.run()}"
    await door.post(OPERATOR, f"{run}/start")
    return run


async def test_what_comes_at_an_operation_is_made_when_that_is_reported(door: Door) -> None:
    run = await begun(door)
    told = await door.stage.last(RecipeApproved)
    assert [output.operation_no for output in told.outputs] == [10, 10, None]
    (first, second) = await door.page(OPERATOR, "/v1/work-centres/furnace/queue")
    assert (first["operation_no"], first["passes"], second["passes"]) == (10, True, False)
    drawn = {"operation_no": 10, "runs": "4", "outcomes": [{"sku": "naphtha", "quantity": "118"}]}
    await door.post(OPERATOR, f"{run}/report", drawn, status=200)
    made = await door.stage.last(MaterialProduced)
    assert [(each.part.sku, str(each.part.quantity)) for each in made.lots] == [
        ("naphtha", "118"),
        ("gas", "40"),
    ]
    shown = await door.get(PLANNER, run)
    assert (shown["done_runs"], shown["floor"]["stages"][0]["runs"]) == ("0", "4")
    (first, _) = await door.page(OPERATOR, "/v1/work-centres/furnace/queue")
    assert first["through"] == "4"
    await door.post(OPERATOR, f"{run}/report", {"operation_no": 10, "runs": "7"}, status=422)
    await door.post(OPERATOR, f"{run}/report", {"operation_no": 15}, status=422)
    await door.post(OPERATOR, f"{run}/end", {"report": {"operation_no": 10}}, status=422)
    ended = await door.post(OPERATOR, f"{run}/end", {}, status=200)
    assert ended["state"] == "closed"
    lots = await door.page(PLANNER, f"/v1/lots?run_id={run[9:]}")
    assert sorted((each["sku"], each["quantity"]) for each in lots) == [
        ("diesel", "600"), ("gas", "40"), ("gas", "60"), ("naphtha", "118"), ("naphtha", "180")
    ]  # fmt: skip
    record = await door.get(PLANNER, f"{run}/batch-record")
    (reported,) = [
        one["entry"] for one in record["entries"] if one["entry"]["what"] == "reported operation 10"
    ]
    assert (reported["runs"], len(reported["produced"])) == ("4", 2)


async def test_lots_bear_all_that_a_run_has_cost_whenever_they_come(door: Door) -> None:
    run = await begun(door)
    await door.post(OPERATOR, f"{run}/report", {"operation_no": 10, "runs": "4"}, status=200)
    await door.post(OPERATOR, f"{run}/report", {"runs": "3"}, status=200)
    await door.post(OPERATOR, f"{run}/end", {}, status=200)
    cost = await door.get(PLANNER, f"{run}/cost")
    spent = sum(
        cost[part][kind]
        for part in ("material", "work")
        for kind in ("bought_in", "labour", "capital", "overhead")
    )
    produced = [
        each.part.cost.total for fact in await door.stage.told(MaterialProduced) for each in fact.lots
    ]
    assert sum(produced) == spent
