"""What others tell: each fact five times over, late or early; people are held, reminded of and let go in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.desk_made import DAY, NOW, asked, at, demand, placed, ready, service, technician
from tests.desk_stage import Stage, record

from contracts.orders import (
    ContactChanged,
    CustomerRegistered,
    NewDateAccepted,
    OrderCancelled,
    PromiseAtRisk,
    PromiseWithdrawn,
)
from contracts.service_desk import (
    MessageSent,
    ServiceDefined,
    SlaBreached,
    SlotsOffered,
    SlotsRefused,
    VisitBooked,
    VisitClientSilent,
    VisitOffered,
    VisitRescheduled,
)
from contracts.shapes import LineDate
from service_desk import commands
from service_desk.domain.technician import Leave

LATE = (LineDate("L1", at(8), at(8, 12)),)


async def test_slots_are_held_for_all_services_of_a_promise(stage: Stage) -> None:
    await stage.opened("anna", "ben")
    await stage.hear(asked("p1", demand("L1", "setup"), demand("L2", "setup"), demand("L3", "setup")))
    (offered,) = await stage.told(SlotsOffered)
    assert [(slot.line_id, slot.starts_at) for slot in offered.slots] == [
        ("L1", at(8, 3)),
        ("L2", at(8, 3)),
        ("L3", at(10, 3)),
    ]
    assert len(await stage.engaged()) == 3


async def test_goods_that_come_later_push_the_slot_behind_them(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked(not_before=at(9, 10)))
    assert (await stage.last(SlotsOffered)).slots[0].starts_at == at(9, 10)


async def test_the_same_question_gets_the_same_answer(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked())
    await stage.hear(asked())
    first, second = await stage.told(SlotsOffered)
    assert first == second
    assert len(await stage.engaged()) == 1


async def test_a_new_request_replaces_the_hold_and_an_old_one_is_nothing(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked())
    await stage.hear(asked(request_no=2, not_before=at(8, 5)))
    await stage.hear(asked())
    assert [each.request_no for each in await stage.told(SlotsOffered)] == [1, 2]
    assert await stage.rows("SELECT starts_at FROM engagements") == [(at(8, 5),)]


async def test_nothing_is_held_where_one_service_cannot_be_done(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked("p1", demand("L1", "setup"), demand("L2", "setup-of-nothing")))
    (refused,) = await stage.told(SlotsRefused)
    assert (refused.reason, refused.next_possible_at) == ("there is no service setup-of-nothing", None)
    assert await stage.engaged() == []


async def test_a_slot_that_is_far_away_is_refused_with_its_date_and_then_held(stage: Stage) -> None:
    await stage.do(commands.DefineService(service()))
    away = technician(leaves=(Leave(NOW, NOW + 60 * DAY),))
    await stage.do(commands.DefineTechnician(away))
    await stage.hear(asked())
    (refused,) = await stage.told(SlotsRefused)
    assert refused.next_possible_at is not None
    assert refused.next_possible_at >= NOW + 60 * DAY
    await stage.hear(asked(request_no=2, not_before=refused.next_possible_at))
    assert (await stage.last(SlotsOffered)).slots[0].starts_at == refused.next_possible_at


async def test_people_without_the_skill_are_refused_without_a_date(stage: Stage) -> None:
    await stage.opened()
    await stage.do(commands.DefineService(service("setup-heavy", skills=frozenset({"crane"}))))
    await stage.hear(asked("p1", demand("L1", "setup-heavy")))
    assert (await stage.last(SlotsRefused)).next_possible_at is None


async def test_a_withdrawn_promise_frees_its_people_even_when_it_never_asked(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked())
    await stage.hear(PromiseWithdrawn("p1", "need-p1", "x"), PromiseWithdrawn("p9", "n", "x"))
    assert (await stage.engaged(), await stage.parked()) == ([], [])
    assert await stage.rows("SELECT key FROM due") == []


async def test_a_hold_that_nobody_orders_expires(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked())
    await stage.pass_time(days=6)
    assert len(await stage.engaged()) == 1
    await stage.pass_time(days=1)
    assert await stage.engaged() == []
    assert await stage.rows("SELECT state FROM slot_holds") == [("expired",)]


async def test_a_booked_hold_neither_expires_nor_is_withdrawn(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(placed(slots=await stage.promised()))
    await stage.hear(PromiseWithdrawn("p1", "need-p1", "late word"))
    await stage.pass_time(days=8)
    assert await stage.rows("SELECT state FROM slot_holds") == [("booked",)]


async def test_slots_that_the_order_does_not_name_are_free_again(stage: Stage) -> None:
    await stage.opened()
    slots = await stage.promised(demand("L1", "setup"), demand("L2", "setup"))
    await stage.hear(placed(slots=slots))
    assert len(await stage.engaged()) == 1


async def test_an_order_told_twice_under_two_ids_is_booked_once(stage: Stage) -> None:
    await stage.opened()
    await stage.ordered()
    await stage.ordered()
    assert len(await stage.told(VisitBooked)) == 1


async def test_facts_of_an_order_that_is_not_here_wait_for_it(stage: Stage) -> None:
    early = [
        ready(order_id="later"),
        PromiseAtRisk("later", "c1", "x", None, LATE),
        OrderCancelled("later", "p", "x"),
    ]
    await stage.hear(*early)
    assert [(kind, subject) for _, kind, subject in await stage.parked()] == [("not yet", "later")] * 3


@pytest.mark.parametrize(
    "fact",
    [
        lambda: asked(),
        lambda: placed("o2", promise_id="p2"),
        lambda: ready("L1"),
        lambda: PromiseAtRisk("o1", "c1", "late", None, LATE),
        lambda: NewDateAccepted("o1", LATE),
        lambda: OrderCancelled("o1", "p1", "x"),
        lambda: PromiseWithdrawn("p1", "n", "x"),
        lambda: CustomerRegistered("c1", "k1", "main", 2),
        lambda: ContactChanged("k1", "c1", "Ada", "ada@example.org", "Street 1"),
    ],
)
async def test_a_fact_heard_five_times_is_heard_once(stage: Stage, fact: Callable[[], object]) -> None:
    await stage.opened("anna", "ben")
    await stage.ordered(("L1", "pc"), ("L2", "setup"))
    heard = record(fact())
    await stage.host.hear([heard])
    before = (await stage.all_told(), await stage.states(), await stage.rows("SELECT * FROM engagements"))
    for _ in range(4):
        await stage.host.hear([heard])
    after = (await stage.all_told(), await stage.states(), await stage.rows("SELECT * FROM engagements"))
    assert before == after
    assert await stage.parked() == []


async def test_a_new_date_that_changes_nothing_moves_nobody(stage: Stage) -> None:
    await stage.opened()
    await stage.ordered(("L1", "pc"), ("L2", "setup"))
    await stage.hear(PromiseAtRisk("o1", "c1", "late", None, LATE))
    await stage.hear(NewDateAccepted("o1", LATE))
    assert len(await stage.told(VisitRescheduled)) == 1


async def test_an_unknown_date_that_becomes_known_books_people_again(stage: Stage) -> None:
    await stage.opened()
    await stage.ordered(("L1", "pc"), ("L2", "setup"))
    await stage.hear(PromiseAtRisk("o1", "c1", "late", None, (replace(LATE[0], at=None),)))
    assert await stage.engaged() == []
    await stage.hear(NewDateAccepted("o1", LATE))
    assert (await stage.last(VisitBooked)).starts_at == at(8, 12)


async def test_a_confirmed_visit_that_is_hurt_is_offered_again(stage: Stage) -> None:
    await stage.opened()
    await stage.ordered(("L1", "pc"), ("L2", "setup"))
    await stage.hear(ready("L1"))
    await stage.confirm("visit")
    await stage.hear(PromiseAtRisk("o1", "c1", "lot blocked", None, LATE))
    offer = await stage.offer("visit")
    assert (offer.offer_no, offer.starts_at) == (2, at(8, 12))


async def test_an_answer_ends_the_reminders(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(placed(slots=await stage.promised(not_before=at(8, 20))))
    await stage.confirm()
    await stage.pass_time(days=10)
    assert await stage.told(MessageSent) == []


async def test_an_offer_whose_time_has_come_is_not_kept_open(stage: Stage) -> None:
    await stage.opened()
    await stage.ordered()
    await stage.pass_time(hours=2)
    assert await stage.states() == [("visit", "held")]
    assert len(await stage.told(VisitClientSilent)) == 1


async def test_a_clock_breaks_by_its_deadline_and_is_told_once(stage: Stage) -> None:
    await stage.do(commands.OpenTicket("t1", "c1", None, "complaint", 1, "late"))
    await stage.pass_time(minutes=59)
    assert await stage.told(SlaBreached) == []
    await stage.pass_time(minutes=1)
    await stage.pass_time(days=1)
    assert [each.clock for each in await stage.told(SlaBreached)] == ["first-response", "resolution"]
    await stage.pass_time(days=9)
    assert len(await stage.told(SlaBreached)) == 2


async def test_a_pause_moves_the_deadline(stage: Stage) -> None:
    await stage.do(commands.OpenTicket("t1", "c1", None, "question", 1, "how"))
    await stage.do(commands.AwaitClient("t1"))
    await stage.pass_time(days=4)
    assert [each.clock for each in await stage.told(SlaBreached)] == ["first-response"]
    await stage.do(commands.WriteMessage("m1", "c1", None, "so", None, "customer:c", "c1"))
    await stage.pass_time(days=4)
    assert [each.clock for each in await stage.told(SlaBreached)] == ["first-response", "resolution"]


async def test_copies_follow_the_last_word(stage: Stage) -> None:
    await stage.hear(
        CustomerRegistered("c1", "k1", "main", 2),
        CustomerRegistered("c1", "k2", "main", 1),
        ContactChanged("k2", "c1", "Ada", "a@example.org", "Street 1"),
        ContactChanged("k2", "c1", "Ada", "a@example.org", "Street 2"),
    )
    assert await stage.rows("SELECT contact_id, priority FROM customers") == [("k2", 1)]
    assert await stage.rows("SELECT address FROM contacts") == [("Street 2",)]


async def test_two_searches_at_once_never_take_the_same_hour(stage: Stage) -> None:
    await stage.opened()
    await asyncio.gather(*(stage.host.hear([record(asked(f"p{number}"))]) for number in range(4)))
    starts = sorted(each.slots[0].starts_at for each in await stage.told(SlotsOffered))
    assert starts == [at(8, 3), at(10, 3), at(12, 3), at(14, 3)]


async def test_the_root_goes_along(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(placed(slots=await stage.promised()), correlation="need-p1")
    await stage.confirm()
    found = [
        dict(each.headers).get("ce_correlationid")
        for each in await stage.records()
        if each.topic == "service-desk.visit.v1"
    ]
    assert found == ["need-p1"] * 3
    assert len(await stage.told(VisitOffered)) == 1
    assert len(await stage.told(ServiceDefined)) == 1
