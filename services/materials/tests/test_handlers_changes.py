"""Less of an order's lines, or none: kept possible, carried out or let go, each fact heard several times."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.changes import ChangeAnswered
from contracts.materials import GoodsReady, PurchaseRequested
from contracts.orders import AmendmentRequested, CancellationRequested, ChangeCommitted, ChangeWithdrawn
from contracts.service_desk import DeliveredLine, GoodsDispatched
from contracts.shapes import LineQuantity
from contracts.values import Quantity
from services.materials.tests.made import (
    DAY,
    NOW,
    ask,
    cancelled,
    line,
    part,
    placed,
    received,
    recipe,
    terms,
)
from services.materials.tests.stage import Stage

HOLD_UNTIL = NOW + DAY


def less(
    quantity: str, order_id: str = "order-p", change_id: str = "x", line_id: str = "l1"
) -> AmendmentRequested:
    """So much of a line is wanted in all."""
    return AmendmentRequested(order_id, change_id, (LineQuantity(line_id, Quantity(quantity)),), HOLD_UNTIL)


YES, NO = ChangeCommitted("order-p", "x"), ChangeWithdrawn("order-p", "x", "not after all")


async def bought(stage: Stage, days: float = 30) -> None:
    """Ten bolts are ordered, planned to be bought five days before they are wanted."""
    await stage.opened("bolt")
    await stage.hear(terms("bolt"))
    await stage.hear(placed(ask("p", line("bolt", "10", days))))


async def test_what_is_planned_and_not_asked_for_shrinks_when_the_customer_takes_it(stage: Stage) -> None:
    await bought(stage)
    await stage.hear(less("3"))
    assert [each.refused for each in await stage.told(ChangeAnswered)] == [None]
    assert await stage.planned() == [("bolt", "buy", "planned", "10")]
    await stage.hear(YES)
    assert await stage.planned() == [("bolt", "buy", "planned", "3")]
    await stage.pass_time(days=26)
    (requested,) = await stage.told(PurchaseRequested)
    assert requested.quantity == Quantity(3)
    await stage.books_are_whole()


async def test_a_cancellation_takes_all_that_was_planned_down_to_the_purchase(stage: Stage) -> None:
    await stage.opened("frame", "bolt")
    await stage.hear(terms("bolt"), recipe("weld", {"bolt": "4"}, {"frame": "1"}))
    asked = ask("p", line("frame", "2"))
    order = placed(asked)
    await stage.hear(asked, order)
    assert [sku for sku, *_ in await stage.planned()] == ["bolt", "frame"]
    wish = CancellationRequested("order-p", "x", (LineQuantity("l1", Quantity(0)),), "no feast", HOLD_UNTIL)
    await stage.hear(wish)
    await stage.hear(YES, cancelled(order))
    assert await stage.planned() == []
    assert await stage.rows("SELECT demand_id FROM demands") == []
    await stage.books_are_whole()


@pytest.mark.parametrize("decision", ["withdrawn", "silent"])
async def test_nothing_of_it_is_asked_for_while_it_is_held_and_it_goes_out_afterwards(
    stage: Stage, decision: str
) -> None:
    await bought(stage, days=5.5)
    assert await stage.told(PurchaseRequested) == []
    await stage.hear(less("3"))
    await stage.pass_time(hours=18)
    assert await stage.told(PurchaseRequested) == []
    if decision == "withdrawn":
        await stage.hear(NO)
    else:
        await stage.pass_time(hours=7)
    assert [each.quantity for each in await stage.told(PurchaseRequested)] == [Quantity(10)]


async def test_stock_that_is_kept_goes_back_and_less_lies_ready(stage: Stage) -> None:
    await stage.opened("bolt")
    await stage.stock("B", "bolt", "10")
    asked = ask("p", line("bolt", "10"))
    await stage.hear(asked, placed(asked))
    await stage.hear(less("4"), YES)
    told = [(each.quantity, each.change_id) for each in await stage.told(GoodsReady)]
    assert told == [(Quantity(10), None), (Quantity(4), "x")]
    assert await stage.balances() == {("B", "main"): ("10", "4")}
    await stage.books_are_whole()


async def test_what_lies_ready_long_after_a_change_still_names_it(stage: Stage) -> None:
    await bought(stage, days=5.5)
    await stage.hear(less("3"), YES)
    await stage.pass_time(hours=18)
    (asked,) = await stage.told(PurchaseRequested)
    await stage.hear(received(asked.planned_order_id, part("B", "bolt", "3")))
    (ready,) = await stage.told(GoodsReady)
    assert (ready.quantity, ready.change_id) == (Quantity(3), "x")


async def test_ten_less_seven_with_three_delivered_leaves_no_open_order(stage: Stage) -> None:
    await stage.opened("bolt")
    await stage.hear(terms("bolt"))
    await stage.stock("B", "bolt", "3")
    asked = ask("p", line("bolt", "10", 1), delivery_policy="partial")
    await stage.hear(asked, placed(asked))
    (ready,) = await stage.told(GoodsReady)
    assert ready.quantity == Quantity(3)
    await stage.hear(GoodsDispatched("v", "order-p", "plant-1", (DeliveredLine("l1", ready.lots),)))
    await stage.hear(less("2"))
    assert (await stage.last(ChangeAnswered)).refused == "3 of line l1 have left already"
    await stage.hear(less("3", change_id="y"), ChangeCommitted("order-p", "y"))
    assert await stage.planned() == []
    open_rows = await stage.rows("SELECT demand_id FROM demands WHERE quantity_micro > done_micro")
    assert open_rows == []
    await stage.books_are_whole()


async def test_another_order_keeps_its_share_of_what_is_planned_for_both(stage: Stage) -> None:
    await stage.opened("bolt")
    await stage.planned_by("bolt", source="buy", minimum_micro=10_000_000, multiple_micro=10_000_000)
    await stage.hear(terms("bolt"))
    one, two = ask("p", line("bolt", "4")), ask("q", line("bolt", "3", 31))
    await stage.hear(one, placed(one), two, placed(two))
    await stage.hear(less("1"), YES)
    assert await stage.planned() == [("bolt", "buy", "planned", "10")]
    covered = await stage.rows("SELECT order_id, covered_micro / 1000000 FROM demands ORDER BY order_id")
    assert covered == [("order-p", 1), ("order-q", 3)]


async def test_a_withdrawal_that_comes_first_leaves_a_tombstone(stage: Stage) -> None:
    await bought(stage)
    await stage.hear(NO)
    await stage.hear(less("3"))
    answer = await stage.last(ChangeAnswered)
    assert answer.refused == "it was withdrawn before it was asked"
    await stage.hear(YES)
    assert await stage.planned() == [("bolt", "buy", "planned", "10")]


async def test_what_lies_ready_of_a_line_that_is_less_is_told_anew_also_where_it_is_as_it_was(
    stage: Stage,
) -> None:
    await stage.opened("bolt")
    await stage.hear(terms("bolt"))
    await stage.stock("B", "bolt", "3")
    asked = ask("p", line("bolt", "10", 1), delivery_policy="partial")
    await stage.hear(asked, placed(asked))
    (ready,) = await stage.told(GoodsReady)
    await stage.hear(less("8"), YES)
    # Whoever hands it over has let all of the line go.
    assert await stage.told(GoodsReady) == [ready, replace(ready, change_id="x")]
    await stage.books_are_whole()
