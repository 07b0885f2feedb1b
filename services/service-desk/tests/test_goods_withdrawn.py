"""Goods that lay ready and do so no more: nobody hands them over until they are ready again."""

from __future__ import annotations

import pytest
from tests.desk_made import lot, placed, ready
from tests.desk_stage import Stage

from contracts.instead import GoodsWithdrawn
from contracts.service_desk import GoodsDispatched, VisitOffered
from service_desk import commands
from service_desk.domain.states import WrongState


def withdrawn(line_id: str = "L1", order_id: str = "o1") -> GoodsWithdrawn:
    """A lot of a line was blocked."""
    return GoodsWithdrawn(order_id, line_id, 1, "plant-1", "lot a is blocked")


async def test_goods_that_are_not_ready_any_more_do_not_leave_and_are_offered_anew_when_they_are(
    stage: Stage,
) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(ready("L1", lot("a")))
    visit_id = await stage.confirm()
    await stage.hear(withdrawn())
    assert await stage.states() == [("hand-over", "gathering")]
    with pytest.raises(WrongState, match="gathering and cannot become dispatched"):
        await stage.do(commands.DispatchGoods(visit_id, 0))
    assert await stage.told(GoodsDispatched) == []
    await stage.hear(ready("L1", lot("b")))
    offers = await stage.told(VisitOffered)
    assert [(offer.visit_id, offer.offer_no) for offer in offers] == [(visit_id, 1), (visit_id, 2)]
    await stage.do(commands.DispatchGoods(await stage.confirm(), 0))
    (left,) = await stage.told(GoodsDispatched)
    assert [each.lot_id for line in left.lines for each in line.lots] == ["b"]


async def test_goods_that_have_left_are_not_called_back(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(ready("L1", lot("a")))
    await stage.do(commands.DispatchGoods(await stage.confirm(), 0))
    await stage.hear(withdrawn())
    assert await stage.states() == [("hand-over", "dispatched")]


async def test_what_goes_together_waits_for_the_line_that_is_not_ready_any_more(stage: Stage) -> None:
    await stage.hear(placed(lines=(("L1", "pc"), ("L2", "screen"))))
    await stage.hear(ready("L1", lot("a")), ready("L2", lot("b")))
    assert len(await stage.told(VisitOffered)) == 1
    await stage.hear(withdrawn("L2"))
    await stage.hear(ready("L1", lot("a")))
    assert await stage.states() == [("hand-over", "gathering")]
    await stage.hear(ready("L2", lot("c")))
    assert [offer.line_ids for offer in await stage.told(VisitOffered)] == [("L1", "L2")] * 2


async def test_nobody_waits_for_an_answer_to_what_cannot_be_offered(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(ready("L1", lot("a")))
    await stage.hear(withdrawn())
    assert await stage.rows("SELECT kind FROM due WHERE kind = 'visit-answer'") == []
