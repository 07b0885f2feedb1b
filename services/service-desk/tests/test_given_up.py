"""Lines that end while something is under way for them: nothing more of it is offered to their client."""

from __future__ import annotations

from tests.desk_made import lot, placed, ready
from tests.desk_stage import Stage

from contracts.orders import OrderCancelled, OrderLineShortClosed
from contracts.service_desk import GoodsDispatched, TicketOpened, VisitCancelled, VisitMissed, VisitOffered
from contracts.values import Quantity
from service_desk import commands


def short(line_id: str = "L1") -> OrderLineShortClosed:
    """A line was closed before all of it was delivered."""
    return OrderLineShortClosed("o1", line_id, Quantity(4), "nobody is ever there")


async def sent(stage: Stage) -> str:
    """The newest offer's goods have left, and their time has come."""
    visit_id = await stage.confirm()
    await stage.do(commands.DispatchGoods(visit_id, 0))
    await stage.pass_time(days=2)
    return visit_id


async def test_goods_of_a_line_that_has_ended_are_not_offered_again_when_nobody_was_there(
    stage: Stage,
) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(ready())
    visit_id = await sent(stage)
    await stage.hear(short(), OrderCancelled("o1", "p1", "nobody is ever there"))
    assert await stage.states() == [("hand-over", "dispatched")]
    visit = await stage.do(commands.MissVisit(visit_id))
    assert visit.state == "cancelled"
    assert [fact.visit_id for fact in await stage.told(VisitCancelled)] == [visit_id]
    # What had left comes back all the same.
    assert [fact.lots for fact in await stage.told(VisitMissed)] == [ready().lots]
    assert (len(await stage.told(VisitOffered)), await stage.told(TicketOpened)) == (1, [])


async def test_what_went_with_a_line_that_has_ended_is_offered_again_without_it(stage: Stage) -> None:
    await stage.hear(placed(lines=(("L1", "pc"), ("L2", "screen"))))
    await stage.hear(ready("L1", lot("a")), ready("L2", lot("b")))
    visit_id = await sent(stage)
    await stage.hear(short())
    await stage.do(commands.MissVisit(visit_id))
    assert [offer.line_ids for offer in await stage.told(VisitOffered)] == [("L1", "L2"), ("L2",)]
    await sent(stage)
    again = (await stage.told(GoodsDispatched))[-1]
    assert [(line.line_id, [each.lot_id for each in line.lots]) for line in again.lines] == [("L2", ["b"])]


async def test_the_rest_of_work_is_not_planned_for_a_line_that_has_ended(stage: Stage) -> None:
    await stage.opened()
    await stage.ordered()
    visit_id = await stage.confirm()
    await stage.report(visit_id, quantity=Quantity(2))
    await stage.hear(short())
    await stage.accept(visit_id)
    assert await stage.states() == [("visit", "completed")]


async def test_the_rest_of_the_work_waits_for_people_when_nobody_can_come(stage: Stage) -> None:
    await stage.opened()
    await stage.ordered()
    visit_id = await stage.confirm()
    await stage.report(visit_id, 60, quantity=Quantity(3))
    await stage.opened(skills=frozenset({"flying"}))
    await stage.accept(visit_id)
    assert await stage.states() == [("visit", "completed"), ("visit", "unplanned")]
    await stage.opened()
    (rest,) = [key for (key,) in await stage.rows("SELECT visit_id FROM visits WHERE state = 'unplanned'")]
    await stage.do(commands.RescheduleVisit(rest, None))
    assert (await stage.offer()).visit_id == rest
