"""Runs whose work a vendor does, on real rows: asked for, agreed, sent, received in parts, not done; heard often."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from contracts.answers import RunWishRefused
from contracts.changes import RunChangeAnswered
from contracts.materials import ItemDefined
from contracts.orders import ChangeCommitted
from contracts.outside import WorkRequested, WorkWithdrawn
from contracts.production import (
    MaterialConsumed,
    MaterialProduced,
    RunAborted,
    RunClosed,
    RunRefused,
    RunScheduled,
    RunStarted,
)
from contracts.shapes import ItemPart, LotPart
from contracts.values import CostVector, Money, PropertyValue, Quantity
from contracts.vendors import (
    AcknowledgedLine,
    GoodsReceived,
    OrderAcknowledged,
    PurchaseLine,
    PurchaseOrderCancelled,
    PurchaseOrderIssued,
    PurchaseRefused,
    ReceivedLine,
)
from production import commands
from production.domain.act import Abort, End, Report, Scrap, Start
from production.domain.parting import CannotBeSplit
from production.domain.scheduling.site import movable
from production.domain.states import WrongState
from services.production.tests.made import DAY, NOW, asked, lot, outside, staged
from services.production.tests.stage import Stage
from services.production.tests.test_changes import probed, resize, wish

MEASURED = PropertyValue("hardness", Quantity("61.5"), "HRC")


@pytest.fixture
async def ordered(stage: Stage) -> Stage:
    """A run whose work a vendor was asked to do."""
    await stage.opened(outside())
    await stage.hear(ItemDefined("hardening", "Hardening", "piece", Quantity(1)))
    await stage.hear(asked())
    await stage.hear(await issued(stage))
    return stage


async def issued(stage: Stage, order: str = "po1", vendor: str = "heat-works") -> PurchaseOrderIssued:
    """A purchase order for the work of the run."""
    run_id, work = await stage.run(), (await stage.told(WorkRequested))[-1]
    line = PurchaseLine(
        f"{order}-1",
        "p1",
        "hardening",
        work.quantity,
        "piece",
        Money(150, "EUR"),
        "plant-1",
        work.needed_at,
        (),
        (),
    )
    return PurchaseOrderIssued(order, vendor, "external", None, (line,), NOW + DAY, run_id, work.provided)


async def agreed(stage: Stage, at: datetime | None = None, order: str = "po1") -> OrderAcknowledged:
    """The vendor's answer."""
    at = at or (await stage.last(RunScheduled)).ends_at
    line = AcknowledgedLine(f"{order}-1", "p1", "hardening", Quantity(500), Money(150, "EUR"), at, True)
    return OrderAcknowledged(order, "heat-works", (line,), await stage.run())


async def came(stage: Stage, quantity: int, *, complete: bool = False, receipt: str = "r1") -> GoodsReceived:
    """So much of the work is done, a euro and a half for each."""
    cost = CostVector(150 * quantity, 0, 0, 0, "EUR")
    part = LotPart(f"w-{receipt}", "hardening", Quantity(quantity), cost, (MEASURED,), "load 7")
    line = ReceivedLine("po1-1", "p1", "plant-1", (part,), complete)
    return GoodsReceived("po1", "heat-works", "external", receipt, (line,), await stage.run())


async def test_the_work_of_a_run_is_asked_for_once_as_many_times_as_the_run_is_heard_of(
    ordered: Stage,
) -> None:
    scheduled = await ordered.last(RunScheduled)
    assert await ordered.told(WorkRequested) == [
        WorkRequested(
            await ordered.run(), "p1", "hardening", Quantity(500), "piece", "plant-1", scheduled.ends_at,
            (ItemPart("shaft", Quantity(500)),),
        )
    ]  # fmt: skip
    assert scheduled.operations[0].load_minutes == Quantity(5 * 16 * 60)


async def test_work_that_nobody_knows_to_count_is_no_run(stage: Stage) -> None:
    await stage.opened(outside())
    await stage.hear(asked())
    (refused,) = await stage.told(RunRefused)
    assert refused.reason == "nobody knows in what hardening is counted"
    assert await stage.told(WorkRequested) == []
    assert await stage.rows("SELECT count(*) FROM bookings") == [(0,)]


async def test_nothing_is_sent_before_a_vendor_has_agreed(ordered: Stage) -> None:
    await ordered.hear(staged(lot("bar", "500", 50_000)))
    with pytest.raises(WrongState, match="no vendor has agreed to do the work"):
        await ordered.act(Start())
    await ordered.hear(await agreed(ordered))
    await ordered.act(Start())
    (started,) = await ordered.told(RunStarted)
    assert [(part.lot_id, part.quantity) for part in started.sent] == [("bar", Quantity(500))]


async def test_what_comes_back_in_parts_is_taken_made_and_paid_in_parts(ordered: Stage) -> None:
    await ordered.hear(staged(lot("bar", "500", 50_000)), await agreed(ordered))
    await ordered.act(Start())
    await ordered.hear(await came(ordered, 200))
    await ordered.hear(await came(ordered, 300, complete=True, receipt="r2"))
    taken = [part.quantity for fact in await ordered.told(MaterialConsumed) for part in fact.lots]
    made = [part for fact in await ordered.told(MaterialProduced) for part in fact.lots]
    assert taken == [Quantity(200), Quantity(300)]
    assert [part.part.quantity for part in made] == [Quantity(200), Quantity(300)]
    assert all(MEASURED in part.part.properties for part in made)
    assert [part.part.cost.bought_in for part in made] == [20_000 + 30_000, 30_000 + 45_000]
    (closed,) = await ordered.told(RunClosed)
    assert (closed.cost.bought_in, closed.good_quantity, closed.back) == (75_000, Quantity(500), ())
    whole = sum(part.part.cost.total for part in made)
    assert whole == 50_000 + closed.cost.total
    assert await ordered.told(WorkWithdrawn) == []
    assert await ordered.parked() == []


async def test_work_that_came_back_before_anybody_told_that_it_was_sent_was_sent(ordered: Stage) -> None:
    await ordered.hear(staged(lot("bar", "500", 50_000)), await agreed(ordered))
    await ordered.hear(await came(ordered, 500, complete=True))
    kinds = [type(fact) for fact in await ordered.all_told()]
    assert kinds.index(RunStarted) < kinds.index(MaterialConsumed) < kinds.index(RunClosed)
    (started,) = await ordered.told(RunStarted)
    assert [part.lot_id for part in started.sent] == ["bar"]


async def test_work_that_comes_back_before_its_material_is_known_to_lie_ready_waits(ordered: Stage) -> None:
    await ordered.hear(await agreed(ordered))
    await ordered.hear(await came(ordered, 500, complete=True))
    assert [kind for _, kind, _ in await ordered.parked()] == ["not yet"]
    assert await ordered.told(MaterialProduced) == []


async def test_what_the_vendor_did_no_more_of_comes_back_as_it_was(ordered: Stage) -> None:
    await ordered.hear(staged(lot("bar", "500", 50_000)), await agreed(ordered))
    await ordered.act(Start())
    await ordered.hear(await came(ordered, 200))
    cancelled = PurchaseOrderCancelled(
        "po1", "heat-works", "external", ("p1",), "the oven broke", run_id=await ordered.run()
    )
    await ordered.hear(cancelled)
    assert await ordered.told(RunClosed) == []
    await ordered.hear(PurchaseRefused("p1", "nobody else has such an oven", await ordered.run()))
    (closed,) = await ordered.told(RunClosed)
    assert [(part.lot_id, part.quantity, part.cost.bought_in) for part in closed.back] == [
        ("bar", Quantity(300), 30_000)
    ]
    assert closed.good_quantity == Quantity(200)


async def test_a_run_of_which_nothing_was_done_is_given_up_and_all_of_it_comes_back(ordered: Stage) -> None:
    await ordered.hear(staged(lot("bar", "500", 50_000)), await agreed(ordered))
    await ordered.act(Start(), Abort("the vendor is on strike"))
    (aborted,) = await ordered.told(RunAborted)
    assert [(part.lot_id, part.quantity) for part in aborted.back] == [("bar", Quantity(500))]
    (withdrawn,) = await ordered.told(WorkWithdrawn)
    assert withdrawn.reason == "the vendor is on strike"


async def test_scrap_at_the_vendors_is_said_by_us(ordered: Stage) -> None:
    await ordered.hear(staged(lot("bar", "500", 50_000)), await agreed(ordered))
    await ordered.act(Start(), Report(runs=Quantity(10), scraps=(Scrap("shaft", Quantity(10), "cracked"),)))
    await ordered.hear(await came(ordered, 490, complete=True))
    (closed,) = await ordered.told(RunClosed)
    assert (closed.good_quantity, closed.back) == (Quantity(490), ())


async def test_a_run_that_is_agreed_for_later_ends_later(ordered: Stage) -> None:
    before = await ordered.last(RunScheduled)
    later = before.ends_at + 7 * DAY
    await ordered.hear(await agreed(ordered, later))
    after = await ordered.last(RunScheduled)
    assert (after.ends_at, after.starts_at) == (later, before.starts_at + 7 * DAY)
    assert after.late_cause == "capacity"
    assert len(await ordered.told(WorkRequested)) == 1


async def test_a_run_at_the_vendors_ends_when_the_vendor_says_so_by_now(ordered: Stage) -> None:
    await ordered.hear(staged(lot("bar", "500", 50_000)), await agreed(ordered))
    await ordered.act(Start())
    before = await ordered.last(RunScheduled)
    later = before.ends_at + 7 * DAY
    await ordered.hear(await agreed(ordered, later))
    after = await ordered.last(RunScheduled)
    assert (after.starts_at, after.ends_at) == (before.starts_at, later)


async def test_the_answer_of_a_vendor_that_is_asked_no_more_changes_nothing(ordered: Stage) -> None:
    await ordered.hear(await issued(ordered, "po2", "oven-works"))
    await ordered.hear(await agreed(ordered))
    await ordered.hear(staged(lot("bar", "500", 50_000)))
    with pytest.raises(WrongState, match="no vendor has agreed"):
        await ordered.act(Start())


async def test_the_next_vendor_does_what_one_does_not_do_any_more(ordered: Stage) -> None:
    await ordered.hear(staged(lot("bar", "500", 50_000)), await agreed(ordered))
    gone = PurchaseOrderCancelled(
        "po1", "heat-works", "external", ("p1",), "too dear", run_id=await ordered.run()
    )
    # Its topic has other keys than that of the next order: either may be heard first.
    await ordered.hear(await issued(ordered, "po2", "oven-works"), gone)
    with pytest.raises(WrongState, match="no vendor has agreed"):
        await ordered.act(Start())
    await ordered.hear(await agreed(ordered, order="po2"))
    run = await ordered.act(Start())
    assert run.floor.bought is not None
    assert (run.floor.bought.purchase_order_id, run.floor.bought.vendor_id) == ("po2", "oven-works")
    assert await ordered.told(WorkWithdrawn) == []


async def test_a_run_that_nobody_does_the_work_of_has_no_place(ordered: Stage) -> None:
    run_id = await ordered.run()
    await ordered.hear(PurchaseRefused("p1", "no vendor is left to ask for hardening", run_id))
    (refused,) = await ordered.told(RunRefused)
    assert refused == RunRefused(run_id, "p1", "no vendor is left to ask for hardening")
    assert await ordered.rows("SELECT count(*) FROM bookings") == [(0,)]
    assert await ordered.told(WorkWithdrawn) == []
    await ordered.hear(staged(lot("bar", "500", 50_000)))
    with pytest.raises(WrongState, match="no vendor is left to ask"):
        await ordered.act(Start())


async def test_a_run_whose_work_is_ordered_keeps_its_size(ordered: Stage) -> None:
    with pytest.raises(CannotBeSplit, match="ordered from a vendor"):
        await ordered.do(commands.SplitRun(await ordered.run(), Quantity(100), "pat"))


async def test_a_run_that_was_ended_by_hand_buys_no_more_of_its_work(ordered: Stage) -> None:
    await ordered.hear(staged(lot("bar", "500", 50_000)), await agreed(ordered))
    await ordered.act(Start(), Report(runs=Quantity(200)), End(Report(), "nothing", "the rest is not needed"))
    (withdrawn,) = await ordered.told(WorkWithdrawn)
    (closed,) = await ordered.told(RunClosed)
    assert withdrawn.run_id == closed.run_id
    assert [part.quantity for part in closed.back] == [Quantity(300)]


async def test_facts_of_goods_are_no_business_of_runs(ordered: Stage) -> None:
    fact = replace(await issued(ordered, "po9"), run_id=None)
    await ordered.hear(fact)
    rows = await ordered.rows("SELECT floor -> 'bought' ->> 'purchase_order_id' FROM runs")
    assert rows == [("po1",)]


async def test_a_customer_may_want_none_of_it_but_not_less(ordered: Stage) -> None:
    await ordered.hear(probed("100", "c1"))
    assert "ordered from a vendor" in str((await ordered.last(RunChangeAnswered)).refused)
    await ordered.hear(probed("0", "c2"), ChangeCommitted("o1", "c2"))
    assert (await ordered.last(RunAborted)).change_id == "c2"
    assert (await ordered.last(WorkWithdrawn)).planned_order_id == "p1"


async def test_a_planner_moves_it_and_the_vendor_hears_so_but_does_not_resize_it(ordered: Stage) -> None:
    await ordered.hear(await agreed(ordered))
    await ordered.hear(resize("decrease", "100"))
    assert "ordered from a vendor" in (await ordered.last(RunWishRefused)).reason
    await ordered.hear(wish("defer", 20))
    first, again = await ordered.told(WorkRequested)
    assert again == replace(first, needed_at=(await ordered.last(RunScheduled)).ends_at)
    assert again.needed_at > first.needed_at


async def test_what_a_vendor_has_agreed_to_stays_where_it_is_in_a_schedule_of_the_site(
    ordered: Stage,
) -> None:
    run = await ordered.do(commands.AllowRun("p1", Quantity(500), (lot("bar", "500"),)))
    assert run.floor.bought is not None
    assert not movable(run, NOW, NOW)
    assert movable(replace(run, floor=replace(run.floor, bought=None)), NOW, NOW)
