"""Purchases from request to receipt on a real PostgreSQL, each told fact heard several times."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from backbone.errors import NotFound, Stale
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
    QuotationReceived,
    RfqAwarded,
    RfqIssued,
    ShipmentNotified,
    TermsExpired,
)
from services.vendors.tests.made import DAY, NOW, request, terms, vendor
from services.vendors.tests.stage import Stage
from vendors import commands
from vendors.domain.policy import Policy
from vendors.domain.receipt import NotInWholeQuanta, TurnedAway
from vendors.domain.rfq import RfqIsAwarded, SecondPersonNeeded
from vendors.domain.sourcing import AlreadySourced
from vendors.domain.states import WrongState
from vendors.domain.terms import TermsAreImpossible


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


async def test_a_request_without_terms_becomes_an_rfq_with_one_award(stage: Stage) -> None:
    for vendor_id in ("a", "b"):
        marked = vendor(vendor_id, skus=frozenset({"shaft"}))
        await stage.do(commands.RegisterVendor(marked))
    await stage.do(commands.RegisterVendor(vendor("unmarked")))
    await stage.requested()
    (issued,) = await stage.told(RfqIssued)
    assert issued.vendor_ids == ("a", "b")
    quote = commands.AnswerRfq(issued.rfq_id, "q1", "a", Money(700, "EUR"), 50, 4, ())
    await stage.do(quote)
    await stage.do(replace(quote, quotation_id="q2", vendor_id="b", unit_price=Money(600, "EUR")))
    with pytest.raises(NotFound):
        await stage.do(replace(quote, quotation_id="q3", vendor_id="unmarked"))
    await stage.do(commands.AwardRfq(issued.rfq_id, "q1", "shorter lead", "buyer-1"))
    (awarded,) = await stage.told(RfqAwarded)
    assert (awarded.vendor_id, awarded.reason) == ("a", "shorter lead")
    await stage.do(replace(quote, quotation_id="q4", vendor_id="b", unit_price=Money(1, "EUR")))
    with pytest.raises(RfqIsAwarded):
        await stage.do(commands.AwardRfq(issued.rfq_id, "q4", "a cent", "buyer-1"))
    assert len(await stage.told(QuotationReceived)) == 3
    (order,) = await stage.told(PurchaseOrderIssued)
    assert (order.vendor_id, order.lines[0].unit_price) == ("a", Money(700, "EUR"))
    await stage.pass_time(days=4)
    assert await stage.told(PurchaseRefused) == []


async def test_an_award_above_the_limit_waits_for_a_second_person(stage: Stage) -> None:
    await stage.do(commands.SetPolicy(Policy(approval_limit_minor=100), 0))
    await stage.do(commands.RegisterVendor(vendor("a", skus=frozenset({"shaft"}))))
    await stage.requested()
    (issued,) = await stage.told(RfqIssued)
    await stage.do(commands.AnswerRfq(issued.rfq_id, "q1", "a", Money(700, "EUR"), 0, 4, ()))
    await stage.do(commands.AwardRfq(issued.rfq_id, "q1", "only one", "buyer-1"))
    assert await stage.told(RfqAwarded) == []
    with pytest.raises(SecondPersonNeeded):
        await stage.do(commands.DecideAward(issued.rfq_id, True, "buyer-1"))
    await stage.do(commands.DecideAward(issued.rfq_id, False, "chief"))
    await stage.do(commands.AwardRfq(issued.rfq_id, "q1", "still the only one", "buyer-1"))
    await stage.do(commands.DecideAward(issued.rfq_id, True, "chief"))
    assert len(await stage.told(PurchaseOrderIssued)) == 1
    assert await stage.rows("SELECT requested_by, approved_by FROM purchase_orders") == [("buyer-1", "chief")]


async def test_an_rfq_that_nobody_answers_is_refused_and_a_late_quotation_may_still_win(stage: Stage) -> None:
    await stage.do(commands.RegisterVendor(vendor("a", skus=frozenset({"shaft"}))))
    await stage.requested()
    (issued,) = await stage.told(RfqIssued)
    await stage.pass_time(days=3)
    (refused,) = await stage.told(PurchaseRefused)
    assert "no vendor quoted" in refused.reason
    await stage.do(commands.AnswerRfq(issued.rfq_id, "q1", "a", Money(700, "EUR"), 0, 4, ()))
    await stage.do(commands.AwardRfq(issued.rfq_id, "q1", "late but here", "buyer-1"))
    assert len(await stage.told(PurchaseOrderIssued)) == 1


async def test_a_late_award_is_refused_when_somebody_else_was_ordered_from(stage: Stage) -> None:
    await stage.do(commands.RegisterVendor(vendor("a", skus=frozenset({"shaft"}))))
    await stage.requested()
    (issued,) = await stage.told(RfqIssued)
    await stage.pass_time(days=3)
    await stage.do(commands.AnswerRfq(issued.rfq_id, "q1", "a", Money(700, "EUR"), 0, 4, ()))
    await stage.opened("b")
    await stage.hear(request())
    assert await stage.states() == [("b", "ordered")]
    with pytest.raises(AlreadySourced):
        await stage.do(commands.AwardRfq(issued.rfq_id, "q1", "too late", "buyer-1"))
    assert await stage.states() == [("b", "ordered")]


async def test_two_awards_at_once_leave_one_winner_and_one_order(stage: Stage) -> None:
    await stage.do(commands.RegisterVendor(vendor("a", skus=frozenset({"shaft"}))))
    await stage.requested()
    (issued,) = await stage.told(RfqIssued)
    for name in ("q1", "q2"):
        await stage.do(commands.AnswerRfq(issued.rfq_id, name, "a", Money(700, "EUR"), 0, 4, ()))
    award = [stage.do(commands.AwardRfq(issued.rfq_id, name, "race", "buyer-1")) for name in ("q1", "q2") * 2]
    ended = await asyncio.gather(*award, return_exceptions=True)
    assert sum(isinstance(each, RfqIsAwarded) for each in ended) == 3
    assert len(await stage.told(RfqAwarded)) == len(await stage.told(PurchaseOrderIssued)) == 1


async def test_later_terms_end_earlier_ones_and_each_end_is_told_once(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    await stage.do(commands.PublishTerms(terms("later", valid_from=NOW + DAY)))
    assert await stage.told(TermsExpired) == []
    await stage.pass_time(days=1)
    assert [each.terms_id for each in await stage.told(TermsExpired)] == ["terms-steel-ltd"]
    await stage.do(commands.WithdrawTerms("later"))
    await stage.do(commands.WithdrawTerms("later"))
    assert [each.terms_id for each in await stage.told(TermsExpired)] == ["terms-steel-ltd", "later"]
    await stage.requested()
    assert (await stage.told(RfqIssued))[0].vendor_ids == ("steel-ltd",)


async def test_terms_need_their_vendor_and_lots_in_whole_quanta(stage: Stage) -> None:
    from contracts.materials import ItemDefined

    with pytest.raises(NotFound):
        await stage.do(commands.PublishTerms(terms()))
    await stage.hear(ItemDefined("shaft", "Shaft", "piece", Quantity(1)))
    await stage.do(commands.RegisterVendor(vendor()))
    with pytest.raises(NotInWholeQuanta):
        await stage.do(commands.PublishTerms(terms(multiple=Quantity("2.5"))))
    with pytest.raises(TermsAreImpossible):
        await stage.do(commands.PublishTerms(terms(rank=0)))
    await stage.do(commands.PublishTerms(terms()))
    await stage.requested()
    with pytest.raises(NotInWholeQuanta):
        await stage.receive((("heat-1", "1.5"),))


async def test_the_policy_is_changed_from_the_version_that_was_seen(stage: Stage) -> None:
    changed = await stage.do(commands.SetPolicy(Policy(answer_hours=48), 0))
    assert changed.version == 1
    with pytest.raises(Stale):
        await stage.do(commands.SetPolicy(Policy(), 0))
    await stage.opened("steel-ltd")
    await stage.requested()
    (issued,) = await stage.told(PurchaseOrderIssued)
    assert issued.answer_by == NOW + timedelta(hours=48)


async def test_a_foreign_price_is_compared_and_landed_at_the_rate(stage: Stage) -> None:
    await stage.do(commands.SetRate("USD", Quantity("0.9")))
    await stage.opened("dollars", currency="USD")
    await stage.requested()
    receipt = await stage.receive()
    assert receipt.parts[0].lots[0].cost.bought_in == 18_000
