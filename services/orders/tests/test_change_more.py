"""More of promised orders, other moments, new lines, and what a change costs, without any database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.orders import (
    AmendmentRequested,
    ChangeCommitted,
    LineFulfilled,
    NewDateAccepted,
    OrderCancelled,
    OrderLine,
    OrderLineAdded,
    OrderLineAmended,
    PromiseRecovered,
    ValueRevised,
)
from contracts.shapes import HAND_OVER, DateStep, DemandLine, Instead, LineDate, LineQuantity
from contracts.values import Money, Quantity
from orders.domain import change as changing
from orders.domain.change import Change, OwnerAnswer
from orders.domain.ending import PromiseHolds, left, short_closed
from orders.domain.order import Order
from orders.domain.quote import Priced
from orders.domain.spending import delivered
from orders.domain.wish import LineMoment, NothingToChange, Wish
from services.orders.tests.test_change import YES, less
from services.orders.tests.test_order import LATER, NOW, RATES, SOON, promised


def asked_for(wish: Wish, order: Order | None = None) -> tuple[Order, Change]:
    order, change, _ = changing.amendment(order or promised(), wish, "x", NOW)
    return order, change


def answered_by(order: Order, change: Change, *steps: DateStep) -> tuple[Order, Change]:
    for answer in (OwnerAnswer("materials", None, steps=steps), YES[1]):
        order, change, _ = changing.answered(order, change, answer, RATES)
    return order, change


def test_more_is_promised_by_when_materials_says_at_the_price_of_a_piece() -> None:
    order, change = asked_for(Wish((LineQuantity("g", Quantity(6)),)))
    (wanted,) = change.wanted
    assert (wanted.demand.quantity, wanted.price, wanted.asked().wanted_at) == (
        Quantity(6), Money(1500, "EUR"), order.line("g").promised_at - HAND_OVER,
    )  # fmt: skip
    later = order.line("g").promised_at + timedelta(days=3)
    order, change = answered_by(order, change, DateStep("g", Quantity(6), later))
    order, change, facts = changing.committed(order, change)
    assert [type(fact) for fact in facts] == [ChangeCommitted, OrderLineAmended, NewDateAccepted]
    line = order.line("g")
    assert (line.demand.quantity, line.price.minor, line.promised_at) == (Quantity(6), 1500, later)


def test_more_is_asked_for_with_what_stands_in_for_something_in_its_line_and_a_line_that_is_new_with_nothing() -> (
    None
):
    let = (Instead("plant-1", "card-a", "card-b", "ann"),)
    order = promised()
    line = order.line("g")
    order = order.with_line(replace(line, demand=replace(line.demand, instead=let)))
    new = DemandLine("n", "good", "bell", Quantity(2), "piece", "plant-1", NOW + timedelta(days=9))
    wish = Wish((LineQuantity("g", Quantity(6)),), added=(Priced(new, "bell", Money(700, "EUR")),))
    order, _, (asked,) = changing.amendment(order, wish, "x", NOW)
    assert isinstance(asked, AmendmentRequested)
    assert [each.instead for each in asked.wanted] == [let, ()]


def test_another_moment_is_taken_as_it_was_answered_and_nothing_else_moves() -> None:
    before = promised()
    sooner = before.line("g").promised_at - timedelta(hours=12)
    order, change = asked_for(Wish(moments=(LineMoment("g", sooner),)))
    order, change = answered_by(order, change, DateStep("g", Quantity(4), sooner))
    order, change, facts = changing.committed(order, change)
    moved = LineDate("g", before.line("g").promised_at, sooner)
    assert facts == [ChangeCommitted("o", "x"), NewDateAccepted("o", (moved,))]
    assert (order.line("g").price, order.line("s")) == (before.line("g").price, before.line("s"))


def test_a_new_line_is_ordered_at_the_price_of_its_offer() -> None:
    demand = DemandLine("n", "good", "bell", Quantity(2), "piece", "plant-1", NOW + timedelta(days=9))
    order, change = asked_for(Wish(added=(Priced(demand, "bell", Money(700, "EUR")),)))
    assert change.line_ids == ()
    order, change = answered_by(order, change, DateStep("n", Quantity(2), demand.wanted_at))
    order, _, facts = changing.committed(order, change)
    assert facts[1] == OrderLineAdded("o", "x", OrderLine(demand, Money(700, "EUR"), demand.wanted_at))
    assert (order.line("n").lifecycle, order.line("n").supply) == ("promised", "planned")


@pytest.mark.parametrize("taken", [True, False])
def test_a_fulfilled_line_is_wanted_more_of_again_or_stays_as_it_was(taken: bool) -> None:
    order, _ = delivered(promised(), [("g", Quantity(4))], None, rates=RATES)
    assert order.line("g").lifecycle == "fulfilled"
    order, change = asked_for(Wish((LineQuantity("g", Quantity(9)),)), order)
    order, change = answered_by(order, change, DateStep("g", Quantity(9), order.line("g").promised_at))
    order, change, facts = (changing.committed if taken else changing.withdrawn)(order, change)
    line = order.line("g")
    if not taken:
        assert (line.lifecycle, line.demand.quantity, len(facts)) == ("fulfilled", Quantity(4), 1)
        return
    assert (line.lifecycle, line.fulfilment) == ("promised", "partial")
    order, facts = delivered(order, [("g", Quantity(5))], None, rates=RATES)
    assert facts == [LineFulfilled("o", "g", Quantity(9))]


def test_a_charge_is_owed_by_the_customer_and_bought_in_and_leaves_the_margin_as_it_is() -> None:
    order, change = less(promised(), 0)
    charge = Money(120, "EUR")
    for answer in (OwnerAnswer("materials", None, charge, 5), YES[1]):
        order, change, _ = changing.answered(order, change, answer, RATES)
    order, change, facts = changing.committed(order, change)
    assert facts[0] == ChangeCommitted("o", "x", charge)
    line = order.line("g")
    assert (line.lifecycle, line.due, line.cost.bought_in) == ("cancelled-with-cost", charge, 120)
    assert order.price == Money(1000 + 120, "EUR")


def test_a_cancellation_at_cost_tells_its_value() -> None:
    order, change, _ = changing.cancellation(promised(), "no feast", "x", NOW)
    for answer in (OwnerAnswer("materials", None, Money(300, "EUR")), YES[1]):
        order, change, _ = changing.answered(order, change, answer, RATES)
    order, change, facts = changing.committed(order, change)
    assert [type(fact) for fact in facts] == [ChangeCommitted, OrderCancelled, ValueRevised]
    revised = facts[-1]
    assert isinstance(revised, ValueRevised)
    assert (revised.value.price, revised.value.bought_in, revised.value.margin) == (300, 300, 0)
    assert {line.lifecycle for line in order.lines} == {"cancelled-with-cost"}


def test_a_charge_in_another_currency_without_a_rate_is_refused() -> None:
    order, change = less(promised(), 3)
    answer = OwnerAnswer("materials", None, Money(300, "USD"))
    order, change, _ = changing.answered(order, change, answer, RATES)
    assert (change.state, change.reason) == ("refused", "materials: rate USD->EUR missing on 2026-03-02")


@pytest.mark.parametrize(
    "wish",
    [
        Wish(),
        Wish(moments=(LineMoment("g", NOW),)),
        Wish(moments=(LineMoment("s", NOW + timedelta(days=3)),)),
        Wish((LineQuantity("g", Quantity(2)),), (LineMoment("g", NOW + timedelta(days=3)),)),
        Wish(moments=(LineMoment("g", NOW + timedelta(days=3)),) * 2),
        Wish(added=(Priced(promised().line("g").demand, "pc", Money(1, "EUR")),)),
        Wish(added=(Priced(replace(promised().line("s").demand, line_id="n"), "in", Money(1, "EUR")),)),
        Wish(added=(Priced(replace(promised().line("g").demand, line_id="n"), "pc", Money(1, "USD")),)),
    ],
)
def test_what_makes_no_change_or_cannot_be_one_is_refused(wish: Wish) -> None:
    with pytest.raises(NothingToChange):
        asked_for(wish)


def test_a_late_line_for_which_another_moment_is_taken_is_late_no_more() -> None:
    order, _ = promised().endangered("vendor late", "po-1", [LineDate("g", SOON, LATER)])
    moment = LATER + timedelta(days=3)
    order, change = asked_for(Wish(moments=(LineMoment("g", moment),)), order)
    order, change = answered_by(order, change, DateStep("g", Quantity(4), moment))
    order, _, facts = changing.committed(order, change)
    assert facts[1:] == [
        NewDateAccepted("o", (LineDate("g", SOON, moment),)),
        PromiseRecovered("o", "c", "new date accepted", (LineDate("g", moment, moment),)),
    ]
    line = order.line("g")
    assert (line.supply, line.late_at, order.late_because) == ("planned", None, None)
    with pytest.raises(PromiseHolds):
        left(order, "it was late once")


def test_the_promise_holds_again_when_the_late_line_is_dropped() -> None:
    order, _ = promised().endangered("vendor late", "po-1", [LineDate("g", SOON, LATER)])
    order, change = answered_by(*less(order, 0))
    order, _, facts = changing.committed(order, change)
    assert facts[2:] == [PromiseRecovered("o", "c", "back in time", ())]


def test_what_is_given_up_line_by_line_ends_the_order_with_the_last_one() -> None:
    order, goods = less(promised(), 0)
    order, change, _ = changing.amendment(order, Wish((LineQuantity("s", Quantity(0)),)), "y", NOW)
    order, goods = answered_by(order, goods)
    order, change = answered_by(order, change)
    order, _, facts = changing.committed(order, goods)
    assert (order.state, len(facts)) == ("open", 2)
    order, _, facts = changing.committed(order, change)
    assert facts[2:] == [OrderCancelled("o", "p", changing.NOTHING_LEFT)]
    assert (order.state, {line.lifecycle for line in order.lines}) == ("cancelled", {"cancelled"})


def test_a_line_that_was_closed_short_is_nothing_that_is_left() -> None:
    order, _ = short_closed(promised(), "s", "nobody was there")
    with pytest.raises(NothingToChange, match="ask for its cancellation"):
        less(order, 0)


def to(order: Order, quantity: int) -> Order:
    """The order when its customer has taken another quantity of its good."""
    order, change = answered_by(*asked_for(Wish((LineQuantity("g", Quantity(quantity)),)), order))
    order, _, _ = changing.committed(order, change)
    return order


def test_less_and_then_all_of_it_again_costs_what_was_agreed_on() -> None:
    before = promised()
    before = before.with_line(replace(before.line("g"), price=Money(999, "EUR")))
    order = to(before, 1)
    assert order.line("g").price.minor == 249
    _, asked = asked_for(Wish((LineQuantity("g", Quantity(4)),)), order)
    assert asked.wanted[0].price.minor == 999
    order = to(order, 4)
    assert (order.line("g").price.minor, to(order, 8).line("g").price.minor) == (999, 1998)


def test_cents_do_not_vanish_by_asking_for_so_little_that_it_costs_none() -> None:
    before = promised()
    before = before.with_line(replace(before.line("g"), price=Money(3, "EUR")))
    order = to(before, 1)
    assert (order.line("g").price.minor, to(order, 4).line("g").price.minor) == (0, 3)


def test_more_of_a_line_that_was_dropped_is_a_new_line() -> None:
    order = to(promised(), 0)
    assert order.line("g").lifecycle == "cancelled"
    with pytest.raises(NothingToChange, match="a new line"):
        asked_for(Wish((LineQuantity("g", Quantity(2)),)), order)


def test_a_line_that_two_changes_would_add_is_added_once() -> None:
    new = DemandLine("n", "good", "bell", Quantity(2), "piece", "plant-1", NOW + timedelta(days=9))
    wish = Wish(added=(Priced(new, "bell", Money(700, "EUR")),))
    order, first = answered_by(*asked_for(wish))
    order, second = answered_by(*asked_for(wish, order))
    order, first, _ = changing.committed(order, first)
    with pytest.raises(NothingToChange, match="line n already"):
        changing.committed(order, second)
    order, second, _ = changing.withdrawn(order, second)
    assert [line.line_id for line in order.lines] == ["g", "s", "n"]
