"""Orders priced in another currency than what they cost: rates by day, and values that wait for one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.orders import (
    CostExchanged,
    OrderCompleted,
    RateMissed,
    ValueRevised,
)
from contracts.values import CostVector, Money, Quantity
from orders.domain.order import Order
from orders.domain.rates import Exchange, RateIsImpossible, Rates, rate_micro
from orders.domain.spending import credited, delivered, rated, shipped
from services.orders.tests.stage import NOW
from services.orders.tests.test_order import promised

TODAY = NOW.date()
TO_EUR = Exchange("USD", "EUR", TODAY)
COST = CostVector(101, 20, 30, 10, "USD")
KNOWN = Rates(TODAY, {TO_EUR: 500_000})


def fulfilled(rates: Rates) -> tuple[Order, list[object]]:
    order, _ = delivered(promised(), [("g", Quantity(4))], CostVector(0, 5, 0, 0, "EUR"), rates=rates)
    order, _ = delivered(order, [("s", Quantity(1))], None, rates=rates)
    return shipped(order, "g", Quantity(4), COST, rates=rates)


def test_a_cost_in_another_currency_is_exchanged_at_the_rate_of_its_day_each_kind_rounded_once() -> None:
    order, facts = fulfilled(KNOWN)
    worth = CostVector(50, 10, 15, 5, "EUR")
    assert facts[0] == CostExchanged("o", "g", COST, worth, Quantity("0.5"), TODAY)
    assert isinstance(facts[1], OrderCompleted)
    value = facts[1].value
    assert (value.currency, value.price, value.bought_in, value.labour, value.margin) == (
        "EUR",
        2000,
        50,
        15,
        1915,
    )
    assert order.state == "completed"


def test_without_a_rate_the_order_waits_for_it_with_all_its_lines_delivered_and_is_completed_by_it() -> None:
    order, facts = fulfilled(Rates(TODAY))
    assert facts == [RateMissed("o", "g", "USD", "EUR", TODAY)]
    assert [line.lifecycle for line in order.lines] == ["fulfilled", "fulfilled"]
    assert order.state == "open"
    order, facts = shipped(order, "g", Quantity(1), COST, rates=Rates(TODAY))
    assert facts == []  # the same rate is missed once
    assert rated(order, Rates(TODAY)) == (order, [])
    order, facts = rated(order, KNOWN)
    assert [type(fact) for fact in facts] == [CostExchanged, CostExchanged, OrderCompleted]
    assert (order.cost.bought_in, order.cost.labour) == (100, 25)
    assert rated(order, KNOWN) == (order, [])


def test_a_cost_after_the_end_revises_the_value_when_its_rate_is_known() -> None:
    order, _ = fulfilled(KNOWN)
    tomorrow = TODAY + timedelta(days=1)
    order, facts = shipped(order, "g", Quantity(1), COST, rates=replace(KNOWN, today=tomorrow))
    assert facts == [RateMissed("o", "g", "USD", "EUR", tomorrow)]
    order, facts = shipped(order, "g", Quantity(1), CostVector(7, 0, 0, 0, "EUR"), rates=KNOWN)
    assert facts == []  # a value that leaves out what is not known yet is not told
    _, facts = rated(order, Rates(tomorrow, {replace(TO_EUR, day=tomorrow): 1_000_000}))
    assert [type(fact) for fact in facts] == [CostExchanged, ValueRevised]
    assert isinstance(facts[1], ValueRevised)
    assert facts[1].value.bought_in == 50 + 7 + 101


def test_what_was_credited_is_no_price_and_the_last_answer_to_a_ticket_counts() -> None:
    order, facts = credited(promised(), "t1", Money(300, "EUR"))
    assert facts == []
    order, facts = delivered(order, [("g", Quantity(4)), ("s", Quantity(1))], None, rates=KNOWN)
    order, facts = shipped(order, "g", Quantity(4), CostVector(100, 0, 0, 0, "EUR"), rates=KNOWN)
    assert isinstance(facts[-1], OrderCompleted)
    assert (facts[-1].value.price, facts[-1].value.margin) == (1700, 1600)
    order, facts = credited(order, "t2", Money(50, "EUR"))
    assert isinstance(facts[0], ValueRevised)
    assert (facts[0].value.price, facts[0].value.margin) == (1650, 1550)
    assert credited(order, "t2", Money(50, "EUR")) == (order, [])
    order, facts = credited(order, "t1", None)
    assert isinstance(facts[0], ValueRevised)
    assert facts[0].value.price == 1950
    assert credited(order, "t1", None) == (order, [])


@pytest.mark.parametrize(
    ("currency", "into", "rate"), [("EUR", "EUR", "1"), ("usd", "EUR", "1"), ("USD", "EUR", "0")]
)
def test_what_is_no_rate_is_refused(currency: str, into: str, rate: str) -> None:
    with pytest.raises(RateIsImpossible):
        rate_micro(currency, into, Quantity(rate))
