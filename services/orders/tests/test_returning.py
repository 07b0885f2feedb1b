"""What clients send back of an order, without any database: how much may come, and what is credited for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.errors import Invalid, NotFound
from contracts.orders import ValueRevised
from contracts.returns import CreditGranted, ReturnAuthorised
from contracts.units import Counted
from contracts.values import Money, Quantity, total
from orders.domain.order import Order
from orders.domain.returning import NothingToReturn, authorised, came_back
from orders.domain.spending import delivered, shipped, taken_back
from services.orders.tests.test_order import COST, RATES, promised


def completed() -> Order:
    """Four goods at 10.00 together and a service at 10.00, all of it accepted."""
    order, _ = delivered(promised(), [("s", Quantity(1))], None, rates=RATES)
    order, _ = delivered(order, [("g", Quantity(4))], None, rates=RATES)
    order, _ = shipped(order, "g", Quantity(4), COST, rates=RATES)
    assert order.state == "completed"
    return order


def allowed(order: Order, quantity: str, return_id: str = "r") -> Order:
    order, _ = authorised(order, "g", Quantity(quantity), "scratched", return_id, None)
    return order


def test_no_more_than_was_accepted_may_be_sent_back_and_only_goods() -> None:
    order, (told,) = authorised(completed(), "g", Quantity(3), "scratched", "r", None)
    assert told == ReturnAuthorised("r", "o", "n", "c", "g", Quantity(3), "scratched")
    for wrong in ("2", "0", "-1"):
        with pytest.raises(NothingToReturn, match="of line g 1 can be sent back"):
            authorised(order, "g", Quantity(wrong), "scratched", "r2", None)
    with pytest.raises(NothingToReturn):
        authorised(completed(), "s", Quantity(1), "not nice", "r", None)
    with pytest.raises(NothingToReturn, match="promised"):
        authorised(promised(), "g", Quantity(1), "not wanted", "r", None)
    with pytest.raises(NotFound):
        authorised(order, "x", Quantity(1), "what is it?", "r", None)
    with pytest.raises(Invalid):
        authorised(completed(), "g", Quantity("0.5"), "half", "r", Counted("PC", "piece", Quantity(1)))


def test_what_came_back_is_credited_by_its_share_and_the_order_stays_completed() -> None:
    order, facts = came_back(allowed(completed(), "3"), "r", Quantity(1))
    granted, revised = facts
    assert granted == CreditGranted("o", "r", "g", Quantity(1), Money(250, "EUR"))
    assert isinstance(revised, ValueRevised)
    assert (order.state, revised.value.price, order.line("g").fulfilment) == ("completed", 1750, "complete")
    order, facts = came_back(order, "r", Quantity(2))
    assert (facts[0], order.value.price) == (
        CreditGranted("o", "r", "g", Quantity(2), Money(500, "EUR")),
        1250,
    )
    order, _ = came_back(allowed(order, "1", "r2"), "r2", Quantity(1))
    assert (order.value.price, order.line("g").fulfilment) == (1000, "returned")


def test_goods_that_lie_in_stock_again_have_cost_the_order_nothing() -> None:
    order, (revised,) = taken_back(completed(), "g", COST, rates=RATES)
    assert isinstance(revised, ValueRevised)
    assert (order.cost.total, revised.value.margin) == (0, 2000)


@given(st.integers(0, 10**9), st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_what_comes_in_parts_is_credited_to_the_cent(price: int, parts: list[int]) -> None:
    order, whole = completed(), Quantity(sum(parts))
    line = replace(order.line("g"), price=Money(price, "EUR"), fulfilled=whole)
    order = order.with_line(replace(line, demand=replace(line.demand, quantity=whole), agreed=None))
    credits = []
    for number, part in enumerate(parts):
        order, facts = came_back(allowed(order, str(part), f"r{number}"), f"r{number}", Quantity(part))
        credits += [fact.credit.minor for fact in facts if isinstance(fact, CreditGranted)]
    assert sum(credits) == price
    assert all(credit >= 0 for credit in credits)
    assert total(each.received for each in order.returns) == whole
    assert order.value.price == order.line("s").price.minor
