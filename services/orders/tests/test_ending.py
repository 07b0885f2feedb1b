"""How orders and lines end before all was delivered, without any database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.errors import NotFound
from contracts.orders import (
    LineFulfilled,
    OrderCancelled,
    OrderCompleted,
    OrderLineShortClosed,
    PromiseAtRisk,
    PromiseRecovered,
    ValueRevised,
)
from contracts.shapes import LineDate
from contracts.values import Money, Quantity
from orders.domain import change as changing
from orders.domain.ending import PromiseHolds, left, short_closed
from orders.domain.order import Order
from orders.domain.spending import delivered, shipped
from orders.domain.states import WrongState
from orders.domain.value import added
from services.orders.tests.test_order import COST, LATER, NOW, RATES, SOON, placed, promised

REASON = "nobody was there"


def worked() -> Order:
    """An order whose service is done and whose goods are not."""
    order, _ = delivered(promised(), [("s", Quantity(1))], COST, rates=RATES)
    return order


def test_a_line_of_which_nothing_came_costs_nothing_and_lets_the_order_end() -> None:
    order, facts = short_closed(worked(), "g", REASON)
    assert facts[0] == OrderLineShortClosed("o", "g", Quantity(4), REASON)
    (completed,) = facts[1:]
    assert isinstance(completed, OrderCompleted)
    assert (order.state, order.line("g").lifecycle, order.line("g").fulfilment) == (
        "completed",
        "short-closed",
        "none",
    )
    assert (completed.value.price, completed.value.bought_in) == (1000, 100)


def test_what_was_accepted_of_a_line_stays_and_is_paid_by_its_share() -> None:
    order, _ = delivered(worked(), [("g", Quantity(3))], None, rates=RATES)
    order, facts = short_closed(order, "g", REASON)
    assert facts == [OrderLineShortClosed("o", "g", Quantity(1), REASON)]
    assert order.state == "open"
    order, facts = shipped(order, "g", Quantity(3), COST, rates=RATES)
    (completed,) = facts
    assert isinstance(completed, OrderCompleted)
    assert completed.value.price == 1000 + 750
    assert not any(isinstance(fact, LineFulfilled) for fact in facts)


@given(st.integers(0, 3), st.integers(0, 10**9))
def test_the_share_is_cut_to_whole_cents(accepted: int, price: int) -> None:
    line = replace(worked().line("g"), price=Money(price, "EUR"), fulfilled=Quantity(accepted))
    due = line.short_closed().due.minor
    assert due * 4 <= price * accepted < (due + 1) * 4
    assert line.due.minor == price


def test_an_order_of_which_nothing_was_delivered_is_cancelled_with_its_last_line() -> None:
    order, facts = short_closed(promised(), "g", REASON)
    assert (order.state, len(facts)) == ("open", 1)
    order, facts = short_closed(order, "s", REASON)
    assert facts == [OrderLineShortClosed("o", "s", Quantity(1), REASON), OrderCancelled("o", "p", REASON)]
    assert order.state == "cancelled"


def test_what_is_accepted_after_all_is_kept_and_revises_the_value() -> None:
    order, _ = short_closed(worked(), "g", REASON)
    order, facts = delivered(order, [("g", Quantity(4))], COST, rates=RATES)
    (revised,) = facts
    assert isinstance(revised, ValueRevised)
    assert (revised.value.price, order.line("g").fulfilled, order.line("g").lifecycle) == (
        2000, Quantity(4), "short-closed",
    )  # fmt: skip


def test_a_line_that_has_ended_is_not_closed_again() -> None:
    order, _ = short_closed(promised(), "g", REASON)
    with pytest.raises(WrongState, match="short-closed"):
        short_closed(order, "g", REASON)
    with pytest.raises(WrongState, match="fulfilled"):
        short_closed(worked(), "s", REASON)
    with pytest.raises(WrongState, match="requested"):
        short_closed(placed(), "g", REASON)
    with pytest.raises(NotFound):
        short_closed(promised(), "x", REASON)
    ended, _ = short_closed(worked(), "g", REASON)
    with pytest.raises(WrongState, match="completed"):
        short_closed(ended, "g", REASON)


def test_a_line_that_has_ended_waits_for_nobody_and_is_late_for_nobody() -> None:
    order, _ = promised().held(["g"], "client silent")
    order, _ = order.endangered("vendor late", "po-1", [LineDate("g", SOON, LATER)])
    order, _ = short_closed(order, "g", REASON)
    line = order.line("g")
    assert (line.held, line.supply, line.late_at, order.late_because) == (None, "planned", None, None)
    assert order.held(["g"], "client silent") == (order, [])
    assert order.endangered("vendor late", "po-1", [LineDate("g", SOON, LATER)]) == (order, [])


def test_the_other_line_recovers_by_itself() -> None:
    both = [LineDate("g", SOON, LATER), LineDate("s", SOON, LATER)]
    order, facts = promised().endangered("vendor late", "po-1", both)
    assert isinstance(facts[0], PromiseAtRisk)
    order, _ = short_closed(order, "g", REASON)
    assert order.late_because == "vendor late"
    _, facts = order.recovered([LineDate("s", LATER, SOON)])
    assert isinstance(facts[0], PromiseRecovered)


def test_who_leaves_a_late_order_leaves_what_was_closed_short_as_it_is() -> None:
    order, _ = short_closed(promised(), "s", REASON)
    order, _ = order.endangered("vendor late", "po-1", [LineDate("g", SOON, LATER + timedelta(days=9))])
    order, facts = left(order, "too late")
    assert isinstance(facts[0], OrderCancelled)
    assert [line.lifecycle for line in order.lines] == ["cancelled", "short-closed"]
    with pytest.raises(PromiseHolds):
        left(order, "again")


def test_an_order_of_which_a_part_was_brought_is_not_left_free() -> None:
    order, _ = delivered(promised(), [("g", Quantity(1))], COST, rates=RATES)
    order, _ = order.endangered("vendor late", "po-1", [LineDate("g", SOON, LATER)])
    with pytest.raises(PromiseHolds, match="ask for a change of the rest"):
        left(order, "too late")


def test_who_has_asked_for_its_end_decides_about_that_before_it_is_left_free() -> None:
    order, _ = promised().endangered("vendor late", "po-1", [LineDate("g", SOON, LATER)])
    order, change, _ = changing.cancellation(order, "no feast", "x", NOW)
    with pytest.raises(WrongState, match="cancel-pending; decide about that change first"):
        left(order, "too late")
    order, _, _ = changing.unanswered(order, change)
    order, facts = left(order, "too late")
    assert (order.state, facts) == ("cancelled", [OrderCancelled("o", "p", "too late")])


def test_the_promise_holds_again_when_the_only_late_line_is_closed_short() -> None:
    order, _ = promised().endangered("vendor late", "po-1", [LineDate("g", SOON, LATER)])
    _, facts = short_closed(order, "g", REASON)
    assert facts[1:] == [PromiseRecovered("o", "c", "back in time", ())]


def test_what_is_accepted_of_an_order_that_was_left_is_owed_all_the_same() -> None:
    order, _ = promised().endangered("vendor late", "po-1", [LineDate("g", SOON, LATER)])
    order, _ = left(order, "too late")
    order, facts = delivered(order, [("g", Quantity(3))], None, rates=RATES)
    assert facts == [
        ValueRevised("o", added(Money(750, "EUR"), order.cost), "more was accepted after the end")
    ]
    order, facts = shipped(order, "g", Quantity(3), COST, rates=RATES)
    assert facts == [ValueRevised("o", added(Money(750, "EUR"), COST), "stock moved after the end")]
    assert (order.state, order.line("g").lifecycle) == ("cancelled", "cancelled")


def test_what_is_accepted_after_every_line_was_closed_short_has_its_value() -> None:
    order, _ = short_closed(promised(), "s", REASON)
    order, _ = short_closed(order, "g", REASON)
    order, facts = delivered(order, [("g", Quantity(1))], None, rates=RATES)
    (revised,) = facts
    assert isinstance(revised, ValueRevised)
    assert revised.value.price == 250
