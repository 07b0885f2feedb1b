"""Rows: what is written is what is read, a batch is one statement, and the database itself refuses the impossible."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from tests.desk_made import DAY, HOUR, NOW, asked, at, lot, parts, placed, ready, service, technician
from tests.desk_stage import Stage, record

from contracts.service_desk import CapacityChanged, PartUsed
from contracts.shapes import Slot
from contracts.values import CostVector, Money, Quantity
from service_desk import commands, store
from service_desk.domain.case import Case
from service_desk.domain.conversation import Conversation
from service_desk.domain.goods import Goods
from service_desk.domain.hold import HeldSlot, SlotHold
from service_desk.domain.order import Order, Ready
from service_desk.domain.report import Report
from service_desk.domain.sla import Agreement
from service_desk.domain.slot import Diary, Team
from service_desk.domain.technician import Leave
from service_desk.domain.ticket import opened
from service_desk.domain.visit import Visit

AGREED = Agreement()
HOLD = SlotHold(
    "p1",
    "n1",
    1,
    "c1",
    "main",
    "held",
    (HeldSlot(Slot("s1", "L1", at(8), at(9)), "setup", ("anna", "ben")),),
    NOW + DAY,
)


def case() -> Case:
    """An order with a visit that was reported and a hand-over."""
    order = replace(Order.of(placed(), {}), ready=(Ready("L1", 1, Quantity(4), "v2"),))
    report = Report(
        Quantity(3),
        50,
        (PartUsed("cable", Quantity(1), "plant-1"),),
        "why",
        CostVector(1, 2, 3, 4, "EUR"),
        "t",
        NOW,
    )
    visit = Visit(
        "v1", "visit", "o1", "n1", "c1", "c1/main", "plant-1", "EUR", ("L1",), "reported", service_id="setup",
        quantity=Quantity("2.5"), slot_id="s1", starts_at=at(8), ends_at=at(9), technician_ids=("anna",),
        offer_no=2, missed_times=1, report=report,
    )  # fmt: skip
    goods = Visit(
        "v2", "hand-over", "o1", "n1", "c1", "c1/main", "plant-1", "EUR", ("L1", "L2"), "completed",
        goods=(Goods("L1", 1, (lot("a"), lot("b"))),), freight_minor=900, ended_by="warehouse:w",
        signed_by="Ada", reason="scratched",
    )  # fmt: skip
    return Case(order, (visit, goods))


async def test_a_case_comes_back_as_it_was_written_and_as_it_was_saved(stage: Stage) -> None:
    made = case()
    async with stage.host.begin() as tx:
        await store.save_cases(tx, [made], {})
    async with stage.host.begin() as tx:
        kept = (await store.lock_cases(tx, ["o1", "o9"]))["o1"]
        assert kept == Case(
            replace(made.order, version=1), tuple(replace(each, version=1) for each in made.visits)
        )
        changed = kept.put(replace(kept.visits[0], state="completed", ended_by="customer:x"))
        await store.save_cases(
            tx, [replace(changed, order=replace(kept.order, cancelled=True))], {"o1": kept}
        )
    async with stage.host.begin() as tx:
        again = (await store.lock_cases(tx, ["o1"]))["o1"]
        assert again.order == replace(kept.order, cancelled=True, version=2)
        assert again.visits[0] == replace(changed.visits[0], version=2)
        # What is as it was is not written again.
        assert again.visits[1] == kept.visits[1]
        assert await store.load_services_of(tx, orders=["o1"]) == ({"setup"}, {"plant-1"})
        assert await store.load_services_of(tx, visits=["v2"]) == (set(), set())


async def test_masters_come_back_as_they_were_written(stage: Stage) -> None:
    made = service(parts=parts("cable", "screw"), capital_minor=5, overhead_minor=6)
    anna = technician("anna", "it", "lift", leaves=(Leave(at(8), at(9)),), travel_minutes=20, active=False)
    async with stage.host.begin() as tx:
        await store.save_services(tx, [made])
        await store.save_technicians(tx, [anna, technician("ben", site_id="plant-2")])
    async with stage.host.begin() as tx:
        assert await store.lock_services(tx, ["setup", "none"]) == {"setup": replace(made, version=1)}
        assert await store.load_services(tx, ["setup"]) == await store.lock_services(tx, ["setup"])
        assert await store.lock_crew(tx, ["plant-1"]) == [replace(anna, version=1)]
        assert set(await store.load_technicians(tx, ["anna", "ben", "cleo"])) == {"anna", "ben"}


async def test_holds_and_diaries_come_back_as_they_were_written(stage: Stage) -> None:
    diary = Diary()
    diary.take("s1", Team(at(8), at(9), ("anna", "ben")), "c1/main")
    async with stage.host.begin() as tx:
        await store.save_holds(tx, [HOLD])
        await store.save_diary(tx, diary)
    async with stage.host.begin() as tx:
        assert await store.lock_holds(tx, ["p1"]) == {"p1": replace(HOLD, version=1)}
        kept = await store.load_diary(tx, ["anna"], NOW)
        assert list(kept.slots) == ["s1"]
        assert (await store.load_diary(tx, ["anna"], at(9))).slots == {}
        kept.free("s1")
        await store.save_diary(tx, kept)
    assert await stage.engaged() == []


async def test_tickets_and_conversations_come_back_as_they_were_written(stage: Stage) -> None:
    ticket = opened(
        ticket_id="t1",
        order_id="o1",
        visit_id="v1",
        customer_id="c1",
        need_id="n1",
        kind="call",
        priority=1,
        subject="call",
        agreement=AGREED,
        now=NOW,
    )
    solved, _ = ticket.resolved("done", Money(5, "EUR"), AGREED, NOW + 2 * HOUR)
    conversation = Conversation("order-o1", "c1", "o1", "n1")
    async with stage.host.begin() as tx:
        await store.save_tickets(tx, [ticket, replace(solved, ticket_id="t2")], AGREED.hours)
        await store.save_conversations(tx, [conversation])
    async with stage.host.begin() as tx:
        kept = await store.lock_tickets(tx, ["t1", "t2"])
        assert kept["t1"] == replace(ticket, version=1)
        assert kept["t2"] == replace(solved, ticket_id="t2", version=1)
        assert await store.lock_conversations(tx, ["order-o1"]) == {
            "order-o1": replace(conversation, version=1)
        }
    rows = await stage.rows("SELECT answer_by_at, solve_by_at FROM tickets ORDER BY ticket_id")
    assert rows == [(at(9), at(16)), (None, None)]


async def test_capacity_follows_the_people_who_work(stage: Stage) -> None:
    await stage.do(commands.DefineTechnician(technician("anna", "it", "lift")))
    await stage.do(commands.DefineTechnician(technician("ben")))
    await stage.do(commands.DefineTechnician(technician("ben")))
    await stage.do(commands.DefineTechnician(technician("anna", "it", active=False)))
    told = [(each.skill, str(each.hours_per_week)) for each in await stage.told(CapacityChanged)]
    assert told == [("it", "40"), ("lift", "40"), ("it", "80"), ("it", "40"), ("lift", "0")]


async def test_two_people_with_one_new_skill_at_once_are_both_counted(stage: Stage) -> None:
    await asyncio.gather(
        *(stage.do(commands.DefineTechnician(technician(name))) for name in ("anna", "ben", "cleo"))
    )
    rows = await stage.rows("SELECT hours_micro, told FROM capacities")
    assert rows == [(120_000_000, 3)]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"state": "completed"}, "clients_word"),
        ({"service_id": None}, "kinds"),
        ({"ends_at": at(8)}, "a_stretch_of_time"),
        ({"ends_at": None}, "a_stretch_of_time"),
    ],
)
async def test_what_cannot_be_is_refused_by_the_database(
    stage: Stage, change: dict[str, Any], rule: str
) -> None:
    made = case()
    with pytest.raises(IntegrityError, match=rule):
        async with stage.host.begin() as tx:
            await store.save_cases(tx, [made.put(replace(made.visits[0], **change))], {})


async def test_round_trips_do_not_grow_with_the_batch(stage: Stage) -> None:
    await stage.opened("anna", "ben")
    engine: Any = stage.host.engine.sync_engine
    counts: list[int] = []
    for size in (1, 20):
        sent: list[str] = []

        def note(*given: Any, into: list[str] = sent) -> None:
            into.append(str(given[2]))

        event.listen(engine, "before_cursor_execute", note)
        names = [f"{size}-{number}" for number in range(size)]
        await stage.host.hear([record(asked(name)) for name in names])
        await stage.host.hear([record(placed(name, (("L1", "pc"),), promise_id=name)) for name in names])
        await stage.host.hear([record(ready(order_id=name)) for name in names])
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(sent))
    assert counts[0] == counts[1]
