"""Less of an order's lines, or none: deliveries wait for the customer's word and then follow it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from tests.desk_made import at, demand, lot, placed, ready
from tests.desk_stage import Stage

from backbone.replay import retry_due
from contracts.changes import DeliveryChangeAnswered
from contracts.orders import (
    AmendmentRequested,
    CancellationRequested,
    ChangeCommitted,
    ChangeWithdrawn,
    OrderCancelled,
)
from contracts.service_desk import GoodsDispatched, VisitCancelled, VisitOffered
from contracts.shapes import LineQuantity
from contracts.values import Quantity
from service_desk import commands
from service_desk.domain.goods import RefusedLot
from service_desk.domain.states import WrongState
from service_desk.domain.visit_rules import ChangeIsPending

YES, NO = ChangeCommitted("o1", "x"), ChangeWithdrawn("o1", "x", "not after all")


def less(quantity: str, line_id: str = "L1") -> AmendmentRequested:
    """So much of a line is wanted in all, for the next two hours."""
    return AmendmentRequested("o1", "x", (LineQuantity(line_id, Quantity(quantity)),), at(10))


async def refused(stage: Stage) -> str | None:
    return (await stage.last(DeliveryChangeAnswered)).refused


async def test_who_has_no_stake_answers_all_the_same(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(less("3"))
    assert await refused(stage) is None
    assert len(await stage.told(DeliveryChangeAnswered)) == 1


@pytest.mark.parametrize("end", ["withdrawn", "expired"])
async def test_goods_do_not_leave_before_the_customer_has_decided(stage: Stage, end: str) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(ready())
    visit_id = await stage.confirm()
    await stage.hear(less("3"))
    with pytest.raises(ChangeIsPending, match="waits until 2026-03-02 10:00"):
        await stage.do(commands.DispatchGoods(visit_id, 0))
    if end == "withdrawn":
        await stage.hear(NO)
    else:
        await stage.pass_time(hours=3)
    await stage.do(commands.DispatchGoods(visit_id, 0))
    assert len(await stage.told(GoodsDispatched)) == 1


async def test_goods_that_become_ready_meanwhile_wait_too(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(less("3"), ready())
    visit_id = await stage.confirm()
    with pytest.raises(ChangeIsPending):
        await stage.do(commands.DispatchGoods(visit_id, 0))


async def test_less_goes_out_as_a_hand_over_of_its_own(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(ready())
    old = await stage.confirm()
    await stage.hear(less("3"), YES, ready("L1", lot("a", "3")))
    with pytest.raises(WrongState, match="cancelled"):
        await stage.do(commands.DispatchGoods(old, 0))
    await stage.do(commands.DispatchGoods(await stage.confirm(), 0))
    (left,) = await stage.told(GoodsDispatched)
    assert [each.quantity for line in left.lines for each in line.lots] == [Quantity(3)]


async def test_what_is_under_way_refuses_and_nothing_waits(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(ready())
    visit_id = await stage.confirm()
    await stage.do(commands.DispatchGoods(visit_id, 0))
    await stage.hear(less("3"))
    assert await refused(stage) == f"hand-over {visit_id} is dispatched already"
    await stage.hear(YES)
    assert await stage.states() == [("hand-over", "dispatched")]


async def test_what_the_client_has_is_not_taken_back(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(ready())
    visit_id = await stage.confirm()
    await stage.do(commands.DispatchGoods(visit_id, 0))
    await stage.accept(visit_id)
    await stage.hear(less("3"))
    assert await refused(stage) == "4 of line L1 are delivered already"


async def test_a_cancelled_order_frees_its_people(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(placed(slots=await stage.promised(not_before=at(8, 20))))
    assert await stage.engaged() != []
    lines = (LineQuantity("L1", Quantity(0)),)
    await stage.hear(CancellationRequested("o1", "x", lines, "no feast", at(10)))
    assert await stage.engaged() != []
    await stage.hear(YES, OrderCancelled("o1", "p1", "no feast"))
    assert (await stage.engaged(), await stage.states()) == ([], [("visit", "cancelled")])
    assert len(await stage.told(VisitCancelled)) == 1


async def test_a_withdrawal_that_comes_first_changes_nothing(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(NO)
    assert await stage.parked() == []


async def test_what_the_client_did_not_take_is_not_counted_as_delivered(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"), policy="complete-line")
    await stage.hear(ready())
    visit_id = await stage.confirm()
    await stage.do(commands.DispatchGoods(visit_id, 0))
    await stage.accept(visit_id, RefusedLot("L1", "lot-L1", Quantity(1)), reason="scratched")
    await stage.hear(less("3"))
    assert await refused(stage) is None
    await stage.hear(NO, AmendmentRequested("o1", "y", (LineQuantity("L1", Quantity(6)),), at(10)))
    await stage.hear(ChangeCommitted("o1", "y"), ready("L1", lot("b", "2"), schedule_no=2))
    # Three are there, two lie ready, and a line that goes out as a whole wants three.
    assert [offer.visit_id for offer in await stage.told(VisitOffered)] == [visit_id]
    await stage.hear(ready("L1", lot("c", "1"), schedule_no=1))
    assert (await stage.offer()).visit_id != visit_id


async def test_a_hand_over_is_of_what_its_client_has_taken(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(ready("L1", lot("a", "1"), lot("b", "3")))
    visit_id = await stage.confirm()
    await stage.do(commands.DispatchGoods(visit_id, 0))
    refusals = (RefusedLot("L1", "a", Quantity(1)), RefusedLot("L1", "b", Quantity(1)))
    visit = await stage.accept(visit_id, *refusals, reason="scratched")
    assert [(each.lot_id, each.quantity) for each in visit.lots] == [("b", Quantity(2))]


async def test_goods_of_a_new_line_wait_until_this_desk_has_heard_of_it_too(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"), policy="partial")
    await stage.hear(AmendmentRequested("o1", "x", (), at(10), (demand("L2", "screen"),)))
    await stage.hear(ready("L2", lot("b")))
    assert await stage.parked() == [("on_goods_ready", "not yet", "o1")]
    await stage.hear(YES)
    assert await retry_due(stage.host) > 0
    assert (await stage.parked(), (await stage.offer()).line_ids) == ([], ("L2",))


async def test_goods_that_lie_ready_by_a_change_wait_until_this_desk_has_heard_it_committed(
    stage: Stage,
) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(ready())
    old = await stage.confirm()
    await stage.hear(less("3"))
    await stage.hear(replace(ready("L1", lot("a", "3")), change_id="x"))
    assert await stage.parked() == [("on_goods_ready", "not yet", "o1")]
    await stage.hear(YES)
    assert await retry_due(stage.host) > 0
    assert await stage.parked() == []
    visit_id = await stage.confirm()
    assert visit_id != old
    await stage.do(commands.DispatchGoods(visit_id, 0))
    (left,) = await stage.told(GoodsDispatched)
    assert [each.quantity for line in left.lines for each in line.lots] == [Quantity(3)]


async def test_goods_that_lay_ready_before_a_change_and_are_heard_of_after_it_are_not_handed_over(
    stage: Stage,
) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(less("3"), YES, ready())
    assert await stage.told(VisitOffered) == []
    await stage.hear(replace(ready("L1", lot("a", "3")), change_id="x"))
    await stage.do(commands.DispatchGoods(await stage.confirm(), 0))
    (left,) = await stage.told(GoodsDispatched)
    assert [each.quantity for line in left.lines for each in line.lots] == [Quantity(3)]


async def test_two_changes_of_an_order_are_each_carried_out_as_their_customer_decides(stage: Stage) -> None:
    await stage.opened()
    await stage.ordered(("L1", "pc"), ("L2", "setup"), ("L3", "setup-again"), policy="partial")
    await stage.hear(ready())
    goods = await stage.confirm("hand-over")
    dropped = AmendmentRequested("o1", "y", (LineQuantity("L2", Quantity(0)),), at(9))
    await stage.hear(dropped, less("3"), ChangeCommitted("o1", "y"))
    assert ("visit", "cancelled") in await stage.states()
    with pytest.raises(ChangeIsPending, match="waits until 2026-03-02 10:00"):
        await stage.do(commands.DispatchGoods(goods, 0))
    await stage.hear(NO)
    await stage.do(commands.DispatchGoods(goods, 0))


async def test_a_change_that_was_kept_when_there_was_one_only_is_carried_out(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(ready())
    await stage.hear(less("0"))
    async with stage.host.engine.begin() as sql:
        await sql.execute(text("UPDATE orders SET change = change -> 0"))
    await stage.hear(YES)
    assert await stage.states() == [("hand-over", "cancelled")]


async def test_what_goes_out_together_waits_for_the_line_of_which_less_is_wanted(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"), ("L2", "screen"))
    await stage.hear(ready("L1"), ready("L2"))
    visit_id = await stage.confirm()
    await stage.hear(less("3"), YES)
    assert await stage.states() == [("hand-over", "gathering")]
    await stage.hear(ready("L1", lot("a", "3")))
    assert await stage.confirm() == visit_id
    await stage.do(commands.DispatchGoods(visit_id, 0))
    (left,) = await stage.told(GoodsDispatched)
    assert {line.line_id: line.lots[0].quantity for line in left.lines} == {
        "L1": Quantity(3),
        "L2": Quantity(4),
    }
