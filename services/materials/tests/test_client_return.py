"""Goods that clients send back: in quality check where they were sent from, at what they had cost when they left."""

from __future__ import annotations

import pytest

from contracts.materials import GoodsReady, StockMoved
from contracts.production import LotInspected
from contracts.returns import ReturnReceived
from contracts.service_desk import DeliveredLine, GoodsDispatched, HandOverCompleted, HandOverRefused
from contracts.shapes import LotPart
from contracts.values import Quantity
from services.materials.tests.made import ask, cost, line, part, placed
from services.materials.tests.stage import Stage


def back(lot_id: str, quantity: str, return_id: str = "r") -> ReturnReceived:
    """So much of a lot is back; what it has cost is not the desk's to say."""
    return ReturnReceived(return_id, "order-p", "l1", "plant-1", (part(lot_id, "gear", quantity),))


async def shipped(stage: Stage, taken: str = "10", stocked: str = "10") -> None:
    """Ten gears have left for a client, who took so many of them."""
    await stage.opened("gear")
    await stage.stock("L", "gear", stocked, bought_in=1_001)
    asked = ask("p", line("gear", "10"))
    await stage.hear(asked, placed(asked))
    lots = (await stage.last(GoodsReady)).lots
    await stage.hear(GoodsDispatched("v", "order-p", "plant-1", (DeliveredLine("l1", lots),)))
    whole: LotPart = lots[0]
    left = Quantity(10) - Quantity(taken)
    accepted = (DeliveredLine("l1", (part("L", "gear", taken),)),)
    await stage.hear(HandOverCompleted("v", "order-p", "plant-1", accepted, cost(), "client"))
    if left:
        refused = (DeliveredLine("l1", (part("L", "gear", str(left)),)),)
        await stage.hear(HandOverRefused("v", "order-p", "plant-1", refused, "too many"))
    assert whole.lot_id == "L"


async def returned(stage: Stage) -> list[tuple[str, int]]:
    """What came back by returns, with what it had cost."""
    moves = [move for move in await stage.told(StockMoved) if move.return_id is not None]
    assert all((move.reason, move.order_id, move.line_id) == ("returned", "order-p", "l1") for move in moves)
    return [(str(move.quantity), move.cost.bought_in) for move in moves]


async def test_what_comes_back_in_parts_has_cost_what_it_had_cost_to_the_cent(stage: Stage) -> None:
    await shipped(stage)
    await stage.hear(back("L", "3", "r1"))
    await stage.hear(back("L", "7", "r2"))
    assert await returned(stage) == [("3", 300), ("7", 701)]
    assert await stage.balances() == {("L", "main"): ("10", "0")}
    assert await stage.rows("SELECT status FROM lots") == [("in-quality-check",)]
    assert await stage.rows("SELECT bought_in_minor FROM stocks WHERE store = 'main'") == [(1_001,)]


async def test_nobody_gets_it_before_it_was_looked_at_and_then_the_first_who_waits(stage: Stage) -> None:
    await shipped(stage)
    other = ask("q", line("gear", "4"))
    await stage.hear(other, placed(other))
    await stage.hear(back("L", "4"))
    assert [fact.order_id for fact in await stage.told(GoodsReady)] == ["order-p"]
    await stage.hear(LotInspected("L", "gear", None, passed=True, properties=()))
    assert (await stage.last(GoodsReady)).order_id == "order-q"
    assert await stage.balances() == {("L", "main"): ("4", "4")}


async def test_the_rest_of_its_lot_which_never_left_is_looked_at_with_it(stage: Stage) -> None:
    await shipped(stage, stocked="30")
    await stage.hear(back("L", "1"))
    assert await returned(stage) == [("1", 33)]
    assert await stage.balances() == {("L", "main"): ("21", "0")}
    assert await stage.rows("SELECT status FROM lots") == [("in-quality-check",)]


@pytest.mark.parametrize(("taken", "fits"), [("4", True), ("3", False)])
async def test_only_what_the_client_has_taken_comes_back(stage: Stage, taken: str, fits: bool) -> None:
    await shipped(stage, taken=taken)
    await stage.hear(back("L", "4"))
    assert bool(await returned(stage)) == fits
    assert [wait for *_, wait in await stage.parked()] == ([] if fits else ["L"])
