"""Recalled lots do not leave; whoever was sent some has one ticket, and its answer is told."""

from __future__ import annotations

import pytest
from tests.desk_made import lot, ready
from tests.desk_stage import Stage

from contracts.recalls import (
    RecallAnswered,
    RecallClosed,
    RecalledDelivery,
    RecalledLot,
    RecallNotified,
    RecallTraced,
    SentPart,
)
from contracts.service_desk import GoodsDispatched, TicketOpened
from contracts.values import Quantity
from service_desk import commands
from service_desk.domain.recall import LotIsRecalled


async def confirmed(stage: Stage) -> str:
    """A hand-over of four of lot-L1 that the client has confirmed."""
    await stage.opened()
    await stage.ordered(("L1", "pc"))
    await stage.hear(ready())
    return await stage.confirm("hand-over")


def traced(*, sent: str = "0", kept: bool = True, lot_id: str = "lot-L1") -> RecallTraced:
    parts = (SentPart("o1", Quantity(sent)),) if sent != "0" else ()
    found = RecalledLot(
        lot_id, "pc", "plant-1", None, "blocked", Quantity(4), Quantity(0), parts, ("o1",) if kept else ()
    )
    return RecallTraced("r1", "brittle", (found,), complete=True)


async def test_what_is_called_back_does_not_leave_until_other_lots_lie_ready(stage: Stage) -> None:
    visit_id = await confirmed(stage)
    await stage.hear(traced())
    (notified,) = await stage.told(RecallNotified)
    assert (notified.lot_ids, notified.tickets) == (("lot-L1",), ())
    with pytest.raises(LotIsRecalled, match="lot-L1"):
        await stage.do(commands.DispatchGoods(visit_id, 0))
    assert not await stage.told(TicketOpened)
    await stage.hear(RecallClosed("r1", "quinn", "it was another heat"))
    await stage.do(commands.DispatchGoods(visit_id, 0))
    assert len(await stage.told(GoodsDispatched)) == 1


async def test_other_lots_that_lie_ready_instead_may_leave(stage: Stage) -> None:
    await confirmed(stage)
    await stage.hear(traced(), ready("L1", lot("other")))
    await stage.do(commands.DispatchGoods(await stage.confirm("hand-over"), 0))
    (fact,) = await stage.told(GoodsDispatched)
    assert [part.lot_id for line in fact.lines for part in line.lots] == ["other"]


async def test_a_customer_who_was_sent_some_has_one_ticket_and_its_answer_is_told(stage: Stage) -> None:
    visit_id = await confirmed(stage)
    await stage.do(commands.DispatchGoods(visit_id, 0))
    await stage.hear(traced(sent="4", kept=False))
    (ticket,) = (await stage.last(RecallNotified)).tickets
    assert (ticket.customer_id, ticket.order_id) == ("c1", "o1")
    assert ticket.deliveries == (RecalledDelivery("lot-L1", Quantity(4)),)
    (opened,) = await stage.told(TicketOpened)
    assert (opened.ticket_id, opened.kind, opened.priority) == (ticket.ticket_id, "call", 1)
    await stage.hear(traced(sent="2", kept=False, lot_id="another"))
    assert (await stage.last(RecallNotified)).tickets[0].ticket_id == ticket.ticket_id
    assert len(await stage.told(TicketOpened)) == 1
    await stage.do(commands.ResolveTicket(ticket.ticket_id, "others were sent", None, "anna"))
    await stage.do(commands.ReopenTicket(ticket.ticket_id, None))
    await stage.do(commands.ResolveTicket(ticket.ticket_id, "and a credit", None, "anna"))
    assert [answer.how for answer in await stage.told(RecallAnswered)] == [
        "others were sent",
        None,
        "and a credit",
    ]


async def test_goods_that_left_before_materials_had_heard_are_found_all_the_same(stage: Stage) -> None:
    visit_id = await confirmed(stage)
    await stage.do(commands.DispatchGoods(visit_id, 0))
    assert len(await stage.told(GoodsDispatched)) == 1
    await stage.hear(traced(kept=True))
    (ticket,) = (await stage.last(RecallNotified)).tickets
    assert ticket.deliveries == (RecalledDelivery("lot-L1", Quantity(4)),)


async def test_an_order_that_is_not_known_here_yet_is_waited_for(stage: Stage) -> None:
    await stage.hear(traced(sent="4"))
    assert [wait for *_, wait in await stage.parked()] == ["o1"]
