"""In which currency we reckon: rates are said in it, and it stays once something was bought in it."""

from __future__ import annotations

import pytest

from contracts.rfqs import RfqIssued
from contracts.values import Money, Quantity
from contracts.vendors import PurchaseOrderIssued
from services.vendors.tests.made import vendor
from services.vendors.tests.stage import Stage
from vendors import commands
from vendors.domain.policy import CurrencyIsKept, Policy, PolicyIsImpossible

DOLLARS = Policy(currency="USD")


async def test_a_rate_that_was_said_in_one_currency_is_none_in_another(stage: Stage) -> None:
    await stage.do(commands.SetRate("GBP", Quantity("1.15"), 0))
    await stage.opened("pounds", policy=DOLLARS, currency="GBP")
    await stage.requested()
    assert await stage.told(PurchaseOrderIssued) == []
    assert [each.planned_order_id for each in await stage.told(RfqIssued)] == ["p1"]
    await stage.do(commands.SetRate("GBP", Quantity("1.3"), 0))
    await stage.requested("p2")
    receipt = await stage.receive(planned="p2")
    assert (receipt.parts[0].lots[0].cost.bought_in, receipt.parts[0].lots[0].cost.currency) == (
        26_000,
        "USD",
    )
    said = await stage.rows("SELECT home, currency, rate_micro FROM exchange_rates ORDER BY home")
    assert said == [("EUR", "GBP", 1_150_000), ("USD", "GBP", 1_300_000)]


async def test_our_currency_stays_once_something_was_ordered(stage: Stage) -> None:
    await stage.opened("steel-ltd", policy=Policy(), cancellation_points=2_000)
    await stage.requested()
    with pytest.raises(CurrencyIsKept, match="EUR"):
        await stage.do(commands.SetPolicy(DOLLARS, 1))
    assert (await stage.do(commands.SetPolicy(Policy(answer_hours=48), 1))).version == 2


async def test_our_currency_stays_once_vendors_were_asked_what_they_want(stage: Stage) -> None:
    await stage.do(commands.RegisterVendor(vendor("quoter", skus=frozenset({"shaft"}))))
    await stage.requested()
    ((rfq_id,),) = await stage.rows("SELECT rfq_id FROM rfqs")
    await stage.do(commands.AnswerRfq(rfq_id, "q1", "quoter", Money(700, "EUR"), 50, 4, ()))
    with pytest.raises(CurrencyIsKept):
        await stage.do(commands.SetPolicy(DOLLARS, 0))


async def test_our_currency_is_three_capital_letters(stage: Stage) -> None:
    with pytest.raises(PolicyIsImpossible) as refused:
        await stage.do(commands.SetPolicy(Policy(currency="euro"), 0))
    assert refused.value.pointers == (("/currency", "is three capital letters"),)
