"""The main road on real rows: slots are held, visits and hand-overs offered, answered, carried out and ended."""

from __future__ import annotations

import pytest
from tests.desk_made import DAY, NOW, at, demand, lot, parts, placed, ready
from tests.desk_stage import Stage

from contracts.materials import GoodsReady
from contracts.orders import OrderCancelled, PromiseAtRisk
from contracts.service_desk import (
    GoodsDispatched,
    HandOverCompleted,
    HandOverRefused,
    PartUsed,
    SlotsOffered,
    TicketOpened,
    VisitBooked,
    VisitCancelled,
    VisitCompleted,
    VisitConfirmed,
    VisitMissed,
    VisitOffered,
    VisitRefused,
    VisitRescheduled,
    VisitStarted,
)
from contracts.shapes import LineDate
from contracts.values import CostVector, Quantity
from service_desk import commands
from service_desk.domain.desk import NobodyIsFree
from service_desk.domain.goods import RefusedLot
from service_desk.domain.report import PartsNeedAReason, Saying
from service_desk.domain.states import WrongState
from service_desk.domain.visit_rules import NotThisKind, OfferIsOutdated, TimeIsAhead


async def test_a_service_goes_the_whole_road_to_the_clients_word(stage: Stage) -> None:
    await stage.opened()
    slots = await stage.promised()
    await stage.hear(placed(slots=slots))
    (booked,) = await stage.told(VisitBooked)
    assert (booked.starts_at, booked.ends_at, booked.technician_ids) == (at(8, 3), at(10, 3), ("anna",))
    (offer,) = await stage.told(VisitOffered)
    assert (offer.kind, offer.starts_at, offer.offer_no) == ("visit", at(8, 3), 1)
    visit_id = await stage.confirm()
    await stage.report(visit_id, 90)
    assert await stage.told(VisitCompleted) == []
    visit = await stage.accept(visit_id)
    (done,) = await stage.told(VisitCompleted)
    assert (visit.state, done.quantity, done.minutes, done.confirmed_by) == (
        "completed",
        Quantity(4),
        90,
        "customer:c",
    )
    assert done.cost == CostVector(0, 9_000, 0, 0, "EUR")
    assert len(await stage.told(VisitConfirmed)) == len(await stage.told(VisitStarted)) == 1


async def test_goods_go_the_whole_road_to_the_clients_word(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(ready())
    offer = await stage.offer()
    assert (offer.kind, offer.line_ids, offer.starts_at) == ("hand-over", ("L1",), at(8, 3))
    visit_id = await stage.confirm()
    await stage.do(commands.DispatchGoods(visit_id, 4_500))
    (sent,) = await stage.told(GoodsDispatched)
    assert [each.lot_id for line in sent.lines for each in line.lots] == ["lot-L1"]
    await stage.accept(visit_id)
    (done,) = await stage.told(HandOverCompleted)
    assert (done.lines, done.cost) == (sent.lines, CostVector(4_500, 0, 0, 0, "EUR"))


async def test_a_bundle_waits_for_its_goods_and_keeps_the_quoted_slot(stage: Stage) -> None:
    await stage.opened()
    lines = (demand("L2", "setup"),)
    slots = await stage.promised(*lines, not_before=at(10, 10))
    await stage.ordered(("L1", "pc"), ("L2", "setup"), slots=slots)
    assert await stage.told(VisitOffered) == []
    await stage.hear(ready("L1"))
    visit, goods = await stage.offer("visit"), await stage.offer("hand-over")
    assert visit.starts_at == at(10, 10)
    assert goods.ends_at <= visit.starts_at
    assert await stage.told(VisitRescheduled) == []


async def test_goods_that_are_ready_late_move_the_visit_and_travel_before_it(stage: Stage) -> None:
    await stage.opened()
    slots = await stage.promised(demand("L2", "setup"))
    await stage.ordered(("L1", "pc"), ("L2", "setup"), slots=slots)
    stage.clock.advance(at(12, 4))
    await stage.hear(ready("L1"))
    (moved,) = await stage.told(VisitRescheduled)
    assert (moved.was_at, moved.asked_by) == (at(8, 3), "supply")
    assert moved.starts_at >= at(12, 5)


async def test_a_service_with_parts_waits_for_them(stage: Stage) -> None:
    await stage.opened(parts=parts("cable"))
    await stage.ordered()
    assert await stage.states() == [("visit", "booked")]
    await stage.hear(ready("L1", lot("c", "4", "cable")))
    assert await stage.states() == [("visit", "offered")]


async def test_parts_other_than_planned_need_a_reason(stage: Stage) -> None:
    await stage.opened(parts=parts("cable"))
    await stage.ordered()
    await stage.hear(ready("L1", lot("c", "4", "cable")))
    visit_id = await stage.confirm()
    with pytest.raises(PartsNeedAReason):
        await stage.report(visit_id)
    used = (PartUsed("cable", Quantity(5), "plant-1"),)
    await stage.do(commands.ReportVisit(visit_id, Saying(60, used, None, "one was torn"), "technician:t"))
    await stage.accept(visit_id)
    assert (await stage.last(VisitCompleted)).parts == used


async def test_complete_orders_wait_for_all_lines_and_partial_ones_do_not(stage: Stage) -> None:
    two = (("L1", "pc"), ("L2", "screen"))
    await stage.hear(placed("o1", two), placed("o2", two, policy="partial", promise_id="p2"))
    await stage.hear(ready("L1"), ready("L1", order_id="o2"))
    assert [each.order_id for each in await stage.told(VisitOffered)] == ["o2"]
    await stage.hear(ready("L2"), ready("L2", order_id="o2"))
    assert [(each.order_id, each.line_ids) for each in await stage.told(VisitOffered)] == [
        ("o2", ("L1",)),
        ("o1", ("L1", "L2")),
        ("o2", ("L2",)),
    ]


async def test_complete_lines_gather_their_schedule_lines(stage: Stage) -> None:
    await stage.hear(placed(lines=(("L1", "pc"), ("L2", "screen")), policy="complete-line"))
    await stage.hear(ready("L1", lot("a", "3")))
    assert await stage.told(VisitOffered) == []
    await stage.hear(ready("L1", lot("b", "1"), schedule_no=2))
    (offer,) = await stage.told(VisitOffered)
    assert offer.line_ids == ("L1",)
    assert len(await stage.states()) == 1


async def test_goods_that_are_ready_anew_replace_those_that_have_not_left(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(ready("L1", lot("a")))
    await stage.hear(ready("L1", lot("b")))
    visit_id = await stage.confirm()
    await stage.do(commands.DispatchGoods(visit_id, 0))
    (sent,) = await stage.told(GoodsDispatched)
    assert [each.lot_id for line in sent.lines for each in line.lots] == ["b"]


async def test_what_the_client_refuses_goes_back_and_comes_again_in_a_new_hand_over(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(ready())
    visit_id = await stage.confirm()
    await stage.do(commands.DispatchGoods(visit_id, 0))
    await stage.accept(visit_id, RefusedLot("L1", "lot-L1", Quantity(1)), reason="scratched")
    (taken,), (left,) = await stage.told(HandOverCompleted), await stage.told(HandOverRefused)
    assert (taken.lines[0].lots[0].quantity, left.lines[0].lots[0].quantity) == (Quantity(3), Quantity(1))
    assert left.reason == "scratched"
    await stage.hear(ready("L1", lot("new", "1")))
    assert await stage.states() == [("hand-over", "completed"), ("hand-over", "offered")]


async def test_work_that_is_refused_can_be_offered_again(stage: Stage) -> None:
    await stage.opened()
    await stage.ordered()
    visit_id = await stage.confirm()
    await stage.report(visit_id)
    await stage.do(commands.RefuseVisit(visit_id, "does not work", "customer:c", None, "c1"))
    assert (await stage.last(VisitRefused)).reason == "does not work"
    assert (await stage.last(TicketOpened)).kind == "call"
    await stage.do(commands.RescheduleVisit(visit_id, None))
    assert (await stage.offer()).offer_no == 2


async def test_the_rest_of_the_work_gets_a_visit_of_its_own(stage: Stage) -> None:
    await stage.opened()
    await stage.ordered()
    visit_id = await stage.confirm()
    await stage.report(visit_id, 60, quantity=Quantity(3))
    await stage.accept(visit_id)
    assert (await stage.last(VisitCompleted)).quantity == Quantity(3)
    rows = await stage.rows("SELECT state, quantity_micro FROM visits ORDER BY visit_id")
    assert rows == [("completed", 4_000_000), ("offered", 1_000_000)]
    rest = await stage.confirm()
    assert (rest != visit_id, (await stage.last(VisitBooked)).visit_id) == (True, rest)
    await stage.report(rest)
    await stage.accept(rest)
    assert await stage.states() == [("visit", "completed"), ("visit", "completed")]


async def test_a_client_moves_a_visit_to_a_time_when_people_are_free(stage: Stage) -> None:
    await stage.opened()
    await stage.ordered()
    visit_id = await stage.confirm()
    await stage.do(commands.MoveVisit(visit_id, at(13, 3), "c1"))
    moved = await stage.last(VisitRescheduled)
    assert (moved.starts_at, moved.asked_by, (await stage.offer()).offer_no) == (at(13, 3), "client", 2)
    with pytest.raises(NobodyIsFree, match="next possible"):
        await stage.do(commands.MoveVisit(visit_id, at(15, 3), "c1"))
    with pytest.raises(OfferIsOutdated):
        await stage.do(commands.ConfirmVisit(visit_id, 1, "c1"))
    assert await stage.engaged() == ["anna"]


async def test_a_declined_visit_frees_its_people_and_somebody_calls(stage: Stage) -> None:
    await stage.opened()
    await stage.ordered()
    offer = await stage.offer()
    await stage.do(commands.DeclineVisit(offer.visit_id, "not needed", "c1"))
    assert await stage.engaged() == []
    assert (await stage.last(VisitCancelled)).reason == "not needed"
    assert (await stage.last(TicketOpened)).order_id == "o1"
    assert await stage.rows("SELECT kind FROM due WHERE kind = 'visit-answer'") == []


async def test_a_missed_hand_over_comes_back_and_after_the_third_time_a_person_decides(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(ready())
    for times in (1, 2, 3):
        visit_id = await stage.confirm()
        await stage.do(commands.DispatchGoods(visit_id, 0))
        with pytest.raises(TimeIsAhead):
            await stage.do(commands.MissVisit(visit_id))
        stage.clock.advance((await stage.offer()).ends_at)
        await stage.do(commands.MissVisit(visit_id))
        missed = await stage.last(VisitMissed)
        assert (missed.times, [each.lot_id for each in missed.lots]) == (times, ["lot-L1"])
        await stage.hear(ready())
    assert await stage.states() == [("hand-over", "held")]
    assert [each.kind for each in await stage.told(TicketOpened)] == ["call"]


async def test_lateness_frees_the_slot_and_offers_one_after_the_new_date(stage: Stage) -> None:
    await stage.opened()
    slots = await stage.promised(demand("L2", "setup"))
    await stage.ordered(("L1", "pc"), ("L2", "setup"), slots=slots)
    await stage.hear(PromiseAtRisk("o1", "c1", "vendor late", "s", (LineDate("L1", at(8), at(8, 18)),)))
    (moved,) = await stage.told(VisitRescheduled)
    assert (moved.starts_at, moved.asked_by) == (at(8, 18), "supply")
    assert await stage.states() == [("visit", "booked")]
    await stage.hear(PromiseAtRisk("o1", "c1", "vendor silent", "s", (LineDate("L1", at(8), None),)))
    assert (await stage.states(), await stage.engaged()) == ([("visit", "unplanned")], [])


async def test_a_cancelled_order_frees_all_that_has_not_begun(stage: Stage) -> None:
    await stage.opened()
    slots = await stage.promised()
    await stage.hear(placed(slots=slots))
    await stage.hear(OrderCancelled("o1", "p1", "changed their mind"))
    assert (await stage.states(), await stage.engaged()) == ([("visit", "cancelled")], [])
    await stage.hear(ready())
    assert len(await stage.told(VisitCancelled)) == 1


async def test_a_visit_without_people_waits_for_a_dispatcher(stage: Stage) -> None:
    await stage.ordered()
    assert await stage.states() == [("visit", "unplanned")]
    assert await stage.told(VisitBooked) == []


async def test_acts_that_do_not_fit_are_refused(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.hear(ready())
    visit_id = (await stage.offer()).visit_id
    for command, refusal in (
        (commands.DispatchGoods(visit_id, 0), WrongState),
        (commands.StartVisit(visit_id), NotThisKind),
        (commands.AcceptVisit(visit_id, (), None, "x", None, "c1"), WrongState),
    ):
        with pytest.raises(refusal):
            await stage.do(command)


async def test_an_expired_hold_is_booked_anew_and_later_if_need_be(stage: Stage) -> None:
    await stage.opened()
    slots = await stage.promised()
    await stage.pass_time(days=8)
    assert await stage.engaged() == []
    await stage.hear(placed(slots=slots))
    (booked,) = await stage.told(VisitBooked)
    assert booked.starts_at >= NOW + 8 * DAY
    assert len(await stage.told(SlotsOffered)) == 1


async def test_late_goods_of_an_unknown_line_change_nothing(stage: Stage) -> None:
    await stage.ordered()
    await stage.hear(GoodsReady("o1", "L9", 1, "plant-1", Quantity(1), (lot("x", "1"),)))
    assert await stage.states() == [("visit", "unplanned")]
