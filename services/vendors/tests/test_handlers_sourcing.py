"""RFQs, awards, terms, the policy and rates on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from backbone.errors import NotFound, Stale
from contracts.rfqs import QuotationReceived, RfqAwarded, RfqIssued, RfqWithdrawn
from contracts.values import Money, Quantity
from contracts.vendors import PurchaseOrderIssued, PurchaseRefused, TermsExpired
from services.vendors.tests.made import DAY, NOW, request, terms, vendor
from services.vendors.tests.stage import Stage
from vendors import commands
from vendors.domain.policy import Policy
from vendors.domain.receipt import NotInWholeQuanta
from vendors.domain.rfq import RfqIsAwarded, RfqIsWithdrawn, SecondPersonNeeded
from vendors.domain.terms import TermsAreImpossible


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
    (withdrawn,) = await stage.told(RfqWithdrawn)
    assert (withdrawn.rfq_id, withdrawn.reason) == (issued.rfq_id, "it is ordered from another vendor")
    with pytest.raises(RfqIsWithdrawn, match="another vendor"):
        await stage.do(commands.AwardRfq(issued.rfq_id, "q1", "too late", "buyer-1"))
    with pytest.raises(RfqIsWithdrawn, match="another vendor"):
        await stage.do(commands.AnswerRfq(issued.rfq_id, "q2", "a", Money(1, "EUR"), 0, 4, ()))
    assert await stage.states() == [("b", "ordered")]


async def test_an_award_that_waits_for_a_second_person_ends_with_an_order_from_elsewhere(
    stage: Stage,
) -> None:
    await stage.do(commands.SetPolicy(Policy(approval_limit_minor=100), 0))
    await stage.do(commands.RegisterVendor(vendor("a", skus=frozenset({"shaft"}))))
    await stage.requested()
    (issued,) = await stage.told(RfqIssued)
    await stage.pass_time(days=3)
    await stage.do(commands.AnswerRfq(issued.rfq_id, "q1", "a", Money(700, "EUR"), 0, 4, ()))
    await stage.do(commands.AwardRfq(issued.rfq_id, "q1", "the only one", "buyer-1"))
    await stage.opened("b")
    await stage.hear(request())
    with pytest.raises(RfqIsWithdrawn):
        await stage.do(commands.DecideAward(issued.rfq_id, True, "chief"))
    assert await stage.rows("SELECT state, withdrawn_because FROM rfqs") == [
        ("withdrawn", "it is ordered from another vendor")
    ]
    assert len(await stage.told(RfqAwarded)) == 0


async def test_of_two_rfqs_for_one_order_the_award_of_one_withdraws_the_other(stage: Stage) -> None:
    await stage.do(commands.RegisterVendor(vendor("a", skus=frozenset({"shaft"}))))
    await stage.requested()
    await stage.pass_time(days=3)
    await stage.hear(request())
    first, second = [each.rfq_id for each in await stage.told(RfqIssued)]
    await stage.do(commands.AnswerRfq(first, "q1", "a", Money(700, "EUR"), 0, 4, ()))
    await stage.do(commands.AwardRfq(first, "q1", "the earlier answer", "buyer-1"))
    assert [each.rfq_id for each in await stage.told(RfqWithdrawn)] == [second]
    assert len(await stage.told(PurchaseOrderIssued)) == 1
    await stage.pass_time(days=3)
    assert len(await stage.told(PurchaseRefused)) == 1, "nothing is missed of what was withdrawn"


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


async def test_of_first_policies_that_race_one_is_set(stage: Stage) -> None:
    racing = [stage.do(commands.SetPolicy(Policy(answer_hours=hours), 0)) for hours in (24, 48, 72)]
    ended = await asyncio.gather(*racing, return_exceptions=True)
    assert sorted(type(each).__name__ for each in ended) == ["Policy", "Stale", "Stale"]


async def test_a_foreign_price_is_compared_and_landed_at_the_rate(stage: Stage) -> None:
    await stage.do(commands.SetRate("USD", Quantity("0.9"), 0))
    await stage.opened("dollars", currency="USD")
    await stage.requested()
    receipt = await stage.receive()
    assert receipt.parts[0].lots[0].cost.bought_in == 18_000
