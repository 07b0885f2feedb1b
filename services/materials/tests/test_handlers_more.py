"""More of an order's lines, other moments, new lines: held as promises are, taken over by the order or let go."""

from __future__ import annotations

from datetime import datetime

import pytest

from contracts.changes import ChangeAnswered, ChangeProbed
from contracts.materials import GoodsReady, PurchaseRequested
from contracts.orders import AmendmentRequested, ChangeCommitted, ChangeWithdrawn
from contracts.service_desk import DeliveredLine, GoodsDispatched
from contracts.shapes import DateStep, DemandLine, LineQuantity
from contracts.values import Quantity
from services.materials.tests.made import DAY, NOW, ask, line, placed, terms
from services.materials.tests.stage import Stage
from services.materials.tests.test_handlers_changes import HOLD_UNTIL, NO, YES, bought


def wanted(*lines: DemandLine, change_id: str = "x", ordered: int = 10) -> AmendmentRequested:
    """Lines as they are wanted; those of which more is wanted are named with their quantity, too."""
    quantities = tuple(
        LineQuantity(each.line_id, each.quantity)
        for each in lines
        if each.line_id == "l1" and each.quantity != Quantity(ordered)
    )
    return AmendmentRequested("order-p", change_id, quantities, HOLD_UNTIL, lines)


async def needs(stage: Stage) -> list[tuple[str, str, int, datetime]]:
    return [
        (line_id, kind, whole, promised_at)
        for line_id, kind, whole, promised_at in await stage.rows(
            "SELECT line_id, kind, quantity_micro / 1000000, promised_at FROM demands "
            "WHERE line_id IS NOT NULL ORDER BY line_id, schedule_no"
        )
    ]


async def test_more_is_held_in_addition_and_the_orders_once_its_customer_takes_it(stage: Stage) -> None:
    await bought(stage)
    await stage.hear(wanted(line("bolt", "14")))
    at = NOW + 30 * DAY
    assert (await stage.last(ChangeAnswered)).steps == (DateStep("l1", Quantity(14), at),)
    assert [(kind, whole) for _, kind, whole, _ in await needs(stage)] == [("order", 10), ("hold", 4)]
    await stage.hear(YES)
    assert await needs(stage) == [("l1", "order", 10, at), ("l1", "order", 4, at)]
    assert sorted(quantity for *_, quantity in await stage.planned()) == ["10", "4"]
    await stage.pass_time(days=26)
    asked = [each.quantity for each in await stage.told(PurchaseRequested)]
    assert sorted(asked) == [Quantity(4), Quantity(10)]
    assert await stage.told(ChangeProbed) == []
    await stage.books_are_whole()


async def test_what_is_not_taken_is_let_go_and_was_never_asked_for(stage: Stage) -> None:
    await bought(stage)
    await stage.hear(wanted(line("bolt", "14")), NO)
    assert [(kind, whole) for _, kind, whole, _ in await needs(stage)] == [("order", 10)]
    await stage.pass_time(days=26)
    assert [each.quantity for each in await stage.told(PurchaseRequested)] == [Quantity(10)]
    await stage.books_are_whole()


async def test_more_than_can_be_there_says_by_when(stage: Stage) -> None:
    await stage.opened("bolt")
    await stage.hear(terms("bolt"))
    await stage.stock("B", "bolt", "10")
    asked = ask("p", line("bolt", "10", 2))
    await stage.hear(asked, placed(asked))
    await stage.hear(wanted(line("bolt", "12", 2)))
    (step,) = (await stage.last(ChangeAnswered)).steps
    # A hold of a day, and five days from order to receipt.
    assert (step.quantity, step.at) == (Quantity(12), NOW + 6 * DAY)
    await stage.hear(YES)
    assert [at for *_, at in await needs(stage)] == [NOW + 2 * DAY, NOW + 6 * DAY]


async def test_three_delivered_of_ten_and_ten_again_plans_exactly_seven_more(stage: Stage) -> None:
    await stage.opened("bolt")
    await stage.hear(terms("bolt"))
    await stage.stock("B", "bolt", "3")
    asked = ask("p", line("bolt", "10", 1), delivery_policy="partial")
    await stage.hear(asked, placed(asked))
    (ready,) = await stage.told(GoodsReady)
    await stage.hear(GoodsDispatched("v", "order-p", "plant-1", (DeliveredLine("l1", ready.lots),)))
    less = AmendmentRequested("order-p", "less", (LineQuantity("l1", Quantity(3)),), HOLD_UNTIL)
    await stage.hear(less)
    await stage.hear(ChangeCommitted("order-p", "less"))
    assert await stage.planned() == []
    await stage.hear(wanted(line("bolt", "10", 30), change_id="more", ordered=3))
    await stage.hear(ChangeCommitted("order-p", "more"))
    assert await stage.planned() == [("bolt", "buy", "planned", "7")]
    await stage.books_are_whole()


@pytest.mark.parametrize("taken", [True, False])
async def test_sooner_is_planned_a_second_time_and_replaces_the_first_when_it_is_taken(
    stage: Stage, taken: bool
) -> None:
    await bought(stage)
    await stage.hear(wanted(line("bolt", "10", 12)))
    at = NOW + 12 * DAY
    assert (await stage.last(ChangeAnswered)).steps == (DateStep("l1", Quantity(10), at),)
    assert sorted(state for _, _, state, _ in await stage.planned()) == ["planned", "planned"]
    await stage.hear(YES if taken else NO)
    assert await stage.planned() == [("bolt", "buy", "planned", "10")]
    due = [moment for (moment,) in await stage.rows("SELECT due_at FROM planned_orders")]
    assert due == [at if taken else NOW + 30 * DAY]
    open_needs = [promised for _, _, whole, promised in await needs(stage) if whole]
    assert open_needs == due
    await stage.books_are_whole()


async def test_what_is_kept_in_stock_may_come_sooner_without_planning_anything(stage: Stage) -> None:
    await stage.opened("bolt")
    await stage.stock("B", "bolt", "10")
    asked = ask("p", line("bolt", "10", 30))
    await stage.hear(asked, placed(asked))
    await stage.hear(wanted(line("bolt", "10", 3)), YES)
    assert await needs(stage) == [("l1", "order", 10, NOW + 3 * DAY)]
    assert await stage.planned() == []


async def test_what_cannot_be_sooner_is_refused_by_its_date(stage: Stage) -> None:
    await bought(stage, days=6)
    await stage.hear(wanted(line("bolt", "10", 2)))
    answer = await stage.last(ChangeAnswered)
    assert str(answer.refused).startswith("line l1 cannot be there before 2026-03-0")
    assert await stage.planned() == [("bolt", "buy", "planned", "10")]


async def test_later_keeps_what_is_there_and_moves_the_date(stage: Stage) -> None:
    await bought(stage)
    await stage.hear(wanted(line("bolt", "10", 40)), YES)
    assert await needs(stage) == [("l1", "order", 10, NOW + 40 * DAY)]
    assert await stage.planned() == [("bolt", "buy", "planned", "10")]


async def test_a_new_line_is_promised_as_one_of_a_quote_or_refused(stage: Stage) -> None:
    await bought(stage)
    await stage.opened("nut")
    new = line("nut", "5", 20, line_id="l2")
    await stage.hear(wanted(new))
    assert (await stage.last(ChangeAnswered)).refused == "nothing supplies nut at plant-1"
    await stage.hear(NO, terms("nut"))
    await stage.hear(wanted(new, change_id="y"))
    assert (await stage.last(ChangeAnswered)).steps == (DateStep("l2", Quantity(5), NOW + 20 * DAY),)
    await stage.hear(ChangeCommitted("order-p", "y"))
    assert [(line_id, kind) for line_id, kind, *_ in await needs(stage)] == [("l1", "order"), ("l2", "order")]
    await stage.hear(wanted(line("unknown", "1", 20, line_id="l3"), change_id="z"))
    assert (await stage.last(ChangeAnswered)).refused == "no item unknown"
    await stage.hear(ChangeWithdrawn("order-p", "z", "as it was"))
    await stage.books_are_whole()
