"""A lot that several runs share: what each hears that its part has cost is what is booked when it takes it."""

from __future__ import annotations

import pytest

from contracts.materials import MaterialsStaged, StockMoved
from contracts.values import CostVector
from services.materials.tests.made import (
    DAY,
    NOW,
    ask,
    consumed,
    issued,
    line,
    part,
    placed,
    received,
    recipe,
    scheduled,
    terms,
)
from services.materials.tests.stage import Stage


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
async def test_parts_of_a_lot_cost_what_the_lot_cost_in_whatever_order_runs_take_them(
    stage: Stage, order: tuple[int, ...]
) -> None:
    await stage.opened("box", "screw")
    await stage.hear(recipe("box", {"screw": "1"}, {"box": "1"}), terms("screw", 5))
    await stage.planned_by("screw", source="buy", minimum_micro=7_000_000)
    for name, quantity in (("p", "2"), ("q", "2"), ("r", "3")):
        asked = ask(name, line("box", quantity, days=10))
        await stage.hear(asked, placed(asked))
    await stage.pass_time(days=4)
    (purchase,) = await stage.rows("SELECT planned_order_id FROM planned_orders WHERE sku = 'screw'")
    await stage.pass_time(days=4)
    for (key,) in await stage.rows("SELECT planned_order_id FROM planned_orders WHERE sku = 'box'"):
        await stage.hear(scheduled(key, NOW + 8 * DAY, NOW + 9 * DAY))
    await stage.hear(issued(purchase[0], "screw", "7"), received(purchase[0], part("S", "screw", "7", 100)))
    staged = await stage.told(MaterialsStaged)
    costs = [each.lots[0].cost for each in staged]
    assert sum((each.bought_in for each in costs), start=0) == 100
    for number in order:
        await stage.hear(consumed(staged[number].planned_order_id, *staged[number].lots))
    booked = {
        each.planned_order_id: each.cost for each in await stage.told(StockMoved) if each.reason == "consumed"
    }
    assert booked == {each.planned_order_id: each.lots[0].cost for each in staged}
    assert await stage.balances() == {}


def test_shares_that_follow_upon_each_other_add_up_to_the_whole() -> None:
    from materials.domain.lot import MAIN, Stock

    stock = Stock("S", "plant-1", MAIN, "screw", 7_000_000, 0, 100, 11, 3, 1)
    parts = [(0, 2_000_000), (2_000_000, 2_000_000), (4_000_000, 3_000_000)]
    shares = [stock.cost_of(micro, "EUR", before) for before, micro in parts]
    assert shares[0] == CostVector(28, 3, 0, 0, "EUR")
    assert sum(shares[1:], start=shares[0]) == CostVector(100, 11, 3, 1, "EUR")
