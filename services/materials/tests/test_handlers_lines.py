"""Lines closed short: what they had is free, what was planned for them alone goes, what waited for them is ready."""

from __future__ import annotations

from contracts.materials import GoodsReady
from contracts.orders import OrderLineShortClosed
from contracts.values import Quantity
from services.materials.tests.made import ask, line, placed, terms
from services.materials.tests.stage import Stage


def closed(order_id: str, line_id: str) -> OrderLineShortClosed:
    """A line is not wanted any more."""
    return OrderLineShortClosed(order_id, line_id, Quantity(4), "nobody was there")


async def test_a_line_lets_go_its_stock_and_its_plan_and_the_other_line_is_ready(stage: Stage) -> None:
    await stage.opened("bolt", "nut")
    await stage.hear(terms("bolt"), terms("nut"))
    await stage.stock("B", "bolt", "4")
    await stage.stock("N", "nut", "1")
    asked = ask("p", line("bolt", "4", line_id="l1"), line("nut", "4", line_id="l2"))
    await stage.hear(asked, placed(asked))
    assert await stage.told(GoodsReady) == []
    assert [sku for sku, *_ in await stage.planned()] == ["nut"]
    await stage.hear(closed("order-p", "l2"), closed("order-p", "l2"))
    (ready,) = await stage.told(GoodsReady)
    assert (ready.line_id, ready.quantity) == ("l1", Quantity(4))
    assert await stage.planned() == []
    assert await stage.balances() == {("B", "main"): ("4", "4"), ("N", "main"): ("1", "0")}


async def test_what_a_line_lets_go_serves_who_waits(stage: Stage) -> None:
    await stage.opened("bolt")
    await stage.stock("B", "bolt", "4")
    first, second = ask("p", line("bolt", "4")), ask("q", line("bolt", "4"))
    await stage.hear(first, placed(first), second, placed(second))
    assert [each.order_id for each in await stage.told(GoodsReady)] == ["order-p"]
    await stage.hear(closed("order-p", "l1"))
    assert [each.order_id for each in await stage.told(GoodsReady)] == ["order-p", "order-q"]
