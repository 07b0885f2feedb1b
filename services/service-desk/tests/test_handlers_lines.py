"""Lines that ended before all of them was delivered: nothing more takes place for them, the others go on."""

from __future__ import annotations

from tests.desk_made import at, lot, placed, ready
from tests.desk_stage import Stage

from contracts.orders import OrderLineShortClosed
from contracts.service_desk import GoodsDispatched, TicketOpened, TicketResolved, VisitCancelled, VisitOffered
from contracts.values import Quantity
from service_desk import commands


def closed(line_id: str = "L1", order_id: str = "o1") -> OrderLineShortClosed:
    """Four of a line are not wanted any more."""
    return OrderLineShortClosed(order_id, line_id, Quantity(4), "nobody was there")


async def test_the_visit_of_a_line_that_ended_does_not_take_place_and_nobody_calls(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(placed(slots=await stage.promised(not_before=at(8, 20))))
    for _ in range(3):
        await stage.pass_time(days=1)
    assert len(await stage.told(TicketOpened)) == 1
    await stage.hear(closed(), closed())
    assert (await stage.states(), await stage.engaged()) == ([("visit", "cancelled")], [])
    assert len(await stage.told(VisitCancelled)) == 1
    assert [each.how for each in await stage.told(TicketResolved)] == ["it will not take place"]
    assert await stage.rows("SELECT kind FROM due WHERE kind = 'visit-answer'") == []


async def test_the_other_lines_of_an_order_wait_for_it_no_longer(stage: Stage) -> None:
    await stage.hear(placed(lines=(("L1", "pc"), ("L2", "screen"))))
    await stage.hear(ready("L2"))
    assert await stage.told(VisitOffered) == []
    await stage.hear(closed("L1"))
    (offer,) = await stage.told(VisitOffered)
    assert offer.line_ids == ("L2",)
    await stage.hear(ready("L1"))
    assert len(await stage.told(VisitOffered)) == 1


async def test_goods_that_go_with_others_stay_behind(stage: Stage) -> None:
    await stage.hear(placed(lines=(("L1", "pc"), ("L2", "screen"))))
    await stage.hear(ready("L1", lot("a")), ready("L2", lot("b")))
    await stage.hear(closed("L1"))
    visit_id = await stage.confirm()
    await stage.do(commands.DispatchGoods(visit_id, 0))
    (left,) = await stage.told(GoodsDispatched)
    assert [(line.line_id, [each.lot_id for each in line.lots]) for line in left.lines] == [("L2", ["b"])]


async def test_what_is_under_way_may_still_be_accepted(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(ready())
    await stage.do(commands.DispatchGoods(await stage.confirm(), 0))
    await stage.hear(closed())
    assert await stage.states() == [("hand-over", "dispatched")]
    assert await stage.told(VisitCancelled) == []
