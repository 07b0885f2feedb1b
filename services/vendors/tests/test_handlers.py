"""Purchases from request to receipt on a real PostgreSQL, each told fact heard several times."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from backbone.errors import NotFound
from contracts.values import Money, Quantity
from contracts.vendors import (
    AcknowledgementOverdue,
    GoodsReceived,
    GoodsRejected,
    GoodsReturned,
    OrderAcknowledged,
    PurchaseOrderCancelled,
    PurchaseOrderClosed,
    PurchaseOrderIssued,
    PurchaseOrderRefused,
    PurchaseRefused,
    ShipmentNotified,
)
from services.vendors.tests.made import DAY, NOW, request
from services.vendors.tests.stage import Stage
from vendors import commands
from vendors.domain.line import MoreThanOrdered
from vendors.domain.policy import Policy
from vendors.domain.receipt import TurnedAway
from vendors.domain.rfq import SecondPersonNeeded
from vendors.domain.states import WrongState


async def test_a_purchase_goes_from_request_to_receipt_and_every_fact_counts_once(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    await stage.requested()
    (issued,) = await stage.told(PurchaseOrderIssued)
    assert (issued.vendor_id, issued.lines[0].quantity) == ("steel-ltd", Quantity(20))
    assert issued.lines[0].unit_price == Money(1_000, "EUR")
    await stage.acknowledge("steel-ltd")
    await stage.ship(party="steel-ltd")
    await stage.receive((("heat-1", "15"), ("heat-2", "5")), extras=400)
    (acknowledged,) = await stage.told(OrderAcknowledged)
    assert acknowledged.lines[0].as_asked
    assert len(await stage.told(ShipmentNotified)) == 1
    (received,) = await stage.told(GoodsReceived)
    (line,) = received.lines
    assert line.complete
    assert [lot.cost.bought_in for lot in line.lots] == [15_300, 5_100]
    assert len(await stage.told(PurchaseOrderClosed)) == 1
    assert await stage.states() == [("steel-ltd", "received")]


async def test_facts_of_an_order_are_counted_without_gap_and_carry_the_root(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    await stage.requested()
    await stage.acknowledge()
    await stage.receive()
    order_id, _ = await stage.order()
    mine = [each for each in await stage.records() if each.key == order_id]
    assert [int(each.attributes["ce_sequence"]) for each in mine] == [1, 2, 3, 4]
    assert {each.attributes["ce_correlationid"] for each in mine} == {"root"}


async def test_a_batch_of_requests_is_sourced_together_and_each_has_its_own_order(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    keys = [f"p{number:03}" for number in range(60)]
    await stage.requested(*keys)
    issued = await stage.told(PurchaseOrderIssued)
    assert sorted(each.lines[0].planned_order_id for each in issued) == keys


async def test_a_refused_order_goes_to_the_next_source_and_then_to_nobody(stage: Stage) -> None:
    await stage.opened("first", "second")
    await stage.requested()
    for party in ("first", "second"):
        order_id, _ = await stage.order()
        await stage.do(commands.RefuseOrder(order_id, "sold out", party))
    assert await stage.states() == [("first", "cancelled"), ("second", "cancelled")]
    assert [each.vendor_id for each in await stage.told(PurchaseOrderRefused)] == ["first", "second"]
    (refused,) = await stage.told(PurchaseRefused)
    assert refused.planned_order_id == "p1"
    await stage.hear(request())
    assert (await stage.states())[-1] == ("first", "ordered")


async def test_a_changed_request_that_is_served_already_changes_nothing(stage: Stage) -> None:
    await stage.opened("first", "second")
    await stage.requested()
    await stage.hear(request(quantity=Quantity(40)))
    assert await stage.states() == [("first", "ordered")]


async def test_silence_is_told_at_its_deadline_and_a_late_answer_is_still_taken(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    await stage.requested()
    await stage.pass_time(hours=23)
    assert await stage.told(AcknowledgementOverdue) == []
    await stage.pass_time(hours=1)
    await stage.pass_time(hours=30)
    (overdue,) = await stage.told(AcknowledgementOverdue)
    assert overdue.planned_order_ids == ("p1",)
    await stage.acknowledge("steel-ltd")
    assert len(await stage.told(OrderAcknowledged)) == 1
    assert await stage.rows("SELECT kind FROM due WHERE kind = 'acknowledgement'") == []


async def test_an_answer_in_time_clears_the_deadline(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    await stage.requested()
    await stage.acknowledge()
    await stage.pass_time(days=3)
    assert await stage.told(AcknowledgementOverdue) == []


async def test_a_vendor_sees_no_order_of_another_and_none_that_waits_for_approval(stage: Stage) -> None:
    await stage.opened("steel-ltd", policy=Policy(approval_limit_minor=0))
    await stage.requested()
    assert await stage.told(PurchaseOrderIssued) == []
    with pytest.raises(NotFound):
        await stage.acknowledge("steel-ltd")
    order_id, _ = await stage.order()
    await stage.do(commands.ApproveOrder(order_id, True, "fair price", "chief"))
    assert len(await stage.told(PurchaseOrderIssued)) == 1
    with pytest.raises(NotFound):
        await stage.acknowledge("another")
    await stage.acknowledge("steel-ltd")
    await stage.pass_time(days=3)
    assert await stage.told(AcknowledgementOverdue) == []


async def test_an_order_that_is_not_approved_is_refused_to_materials_alone(stage: Stage) -> None:
    await stage.opened("steel-ltd", policy=Policy(approval_limit_minor=0))
    await stage.requested()
    order_id, _ = await stage.order()
    with pytest.raises(SecondPersonNeeded):
        await stage.do(commands.ApproveOrder(order_id, False, "too dear", "system"))
    await stage.do(commands.ApproveOrder(order_id, False, "too dear", "chief"))
    assert [each.reason for each in await stage.told(PurchaseRefused)] == ["too dear"]
    assert await stage.told(PurchaseOrderCancelled) == []


async def test_a_dearer_price_waits_for_a_buyer_and_a_declined_one_goes_to_the_next_source(
    stage: Stage,
) -> None:
    await stage.opened("first", "second")
    await stage.requested()
    await stage.acknowledge("first", unit_price_minor=1_500)
    assert await stage.told(OrderAcknowledged) == []
    order_id, _ = await stage.order()
    await stage.do(commands.DecidePrice(order_id, False, "too dear"))
    assert await stage.states() == [("first", "cancelled"), ("second", "ordered")]
    await stage.acknowledge("second", unit_price_minor=1_500)
    order_id, _ = await stage.order()
    await stage.do(commands.DecidePrice(order_id, True, "no choice"))
    (acknowledged,) = await stage.told(OrderAcknowledged)
    assert acknowledged.lines[0].unit_price == Money(1_500, "EUR")
    receipt = await stage.receive()
    assert receipt.parts[0].lots[0].cost.bought_in == 30_000


async def test_what_is_cancelled_goes_to_the_next_source_or_is_refused(stage: Stage) -> None:
    await stage.opened("first", "second")
    await stage.requested()
    order_id, _ = await stage.order()
    await stage.do(commands.CancelOrder(order_id, "never answers", ask_next=True))
    assert await stage.states() == [("first", "cancelled"), ("second", "ordered")]
    order_id, _ = await stage.order()
    await stage.do(commands.CancelOrder(order_id, "not needed", ask_next=False))
    assert [each.reason for each in await stage.told(PurchaseRefused)] == ["not needed"]
    assert len(await stage.told(PurchaseOrderCancelled)) == 2
    with pytest.raises(WrongState):
        await stage.acknowledge("second")


async def test_a_rest_that_is_not_wanted_is_closed_and_materials_hears_it(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    await stage.requested()
    await stage.receive((("heat-1", "12"),))
    order_id, _ = await stage.order()
    await stage.do(commands.CloseOrder(order_id, "enough"))
    assert await stage.states() == [("steel-ltd", "closed")]
    assert [each.reason for each in await stage.told(PurchaseRefused)] == ["enough"]


async def test_rejected_goods_open_the_balance_and_returned_ones_are_owed_again(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    await stage.requested()
    receipt = await stage.receive((("heat-1", "15"),), rejected=[TurnedAway(Quantity(5), "rust")])
    (rejected,) = await stage.told(GoodsRejected)
    assert (rejected.quantity, rejected.reason) == (Quantity(5), "rust")
    await stage.receive((("heat-2", "5"),))
    assert await stage.states() == [("steel-ltd", "received")]
    order_id, line_id = await stage.order()
    lot = receipt.parts[0].lots[0].lot_id
    back = commands.ReturnGoods(
        order_id, line_id, "b1", ((lot, Quantity(15)),), True, "porous", "warehouse-1"
    )
    await stage.do(back)
    (returned,) = await stage.told(GoodsReturned)
    assert [(part.lot_id, part.vendor_lot) for part in returned.lots] == [(lot, "heat-1")]
    assert await stage.states() == [("steel-ltd", "part-received")]
    with pytest.raises(Exception, match="did not go back already"):
        await stage.do(replace(back, return_id="b2"))


async def test_another_date_that_we_asked_for_is_what_the_vendor_is_held_to(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    await stage.requested()
    await stage.acknowledge()
    order_id, line_id = await stage.order()
    await stage.do(commands.RedateLine(order_id, line_id, NOW + 30 * DAY))
    order = await stage.acknowledge()
    assert order.lines[0].first_at == NOW + 30 * DAY
    assert len(await stage.told(OrderAcknowledged)) == 2


async def test_receipts_that_race_never_take_in_more_than_was_ordered(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    await stage.requested()
    ended = await asyncio.gather(
        *(stage.receive(((f"heat-{number}", "5"),)) for number in range(8)), return_exceptions=True
    )
    assert sum(isinstance(each, MoreThanOrdered) for each in ended) == 4
    assert sum(len(each.lines) for each in await stage.told(GoodsReceived)) == 4
    assert await stage.states() == [("steel-ltd", "received")]
