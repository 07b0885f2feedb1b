"""Changes of promised orders: asked, answered, committed or withdrawn, without any database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.errors import NotFound, Refusal
from contracts.orders import (
    AmendmentRequested,
    CancellationRequested,
    ChangeCommitted,
    ChangeWithdrawn,
    LineFulfilled,
    NewDateAccepted,
    OrderCancelled,
    OrderCompleted,
    OrderLineAmended,
)
from contracts.shapes import LineDate, LineQuantity
from contracts.values import Money, Quantity
from orders.domain import change as changing
from orders.domain.change import CHANGE_HOLD, Change, OwnerAnswer, Told
from orders.domain.ending import short_closed
from orders.domain.order import NothingToAccept, Order
from orders.domain.spending import delivered, shipped
from orders.domain.states import CHANGE, PENDING, WrongState
from orders.domain.wish import NothingToChange, Wish
from services.orders.tests.test_order import COST, LATER, NOW, RATES, SOON, placed, promised

YES = (OwnerAnswer("materials", None), OwnerAnswer("service-desk", None))


def less(order: Order, quantity: int, line_id: str = "g") -> tuple[Order, Change]:
    order, change, facts = changing.amendment(
        order, Wish((LineQuantity(line_id, Quantity(quantity)),)), "x", NOW
    )
    assert isinstance(facts[0], AmendmentRequested)
    assert facts[0].hold_until == NOW + CHANGE_HOLD
    return order, change


def offered(order: Order, change: Change) -> tuple[Order, Change]:
    for answer in YES:
        order, change, facts = changing.answered(order, change, answer, RATES)
        assert facts == []
    assert change.state == "offered"
    return order, change


def test_less_of_a_line_waits_for_both_owners_and_for_the_customer() -> None:
    order, change = less(promised(), 3)
    assert order.line("g").lifecycle == "amend-pending"
    order, change, _ = changing.answered(order, change, YES[0], RATES)
    assert (change.state, change.silent) == ("asked", ("service-desk",))
    with pytest.raises(WrongState, match="asked and cannot become committed"):
        changing.committed(order, change)
    order, change, _ = changing.answered(order, change, YES[1], RATES)
    order, change, facts = changing.committed(order, change)
    assert facts == [
        ChangeCommitted("o", "x"),
        OrderLineAmended("o", "x", "g", Quantity(4), Quantity(3), Money(750, "EUR")),
    ]
    line = order.line("g")
    assert (line.lifecycle, line.demand.quantity, line.price.minor) == ("promised", Quantity(3), 750)


def test_the_first_refusal_ends_it_and_the_order_is_as_it_was() -> None:
    before = promised()
    order, change = less(before, 3)
    order, change, facts = changing.answered(
        order, change, OwnerAnswer("materials", "run r is running"), RATES
    )
    assert (order, change.state) == (before, "refused")
    assert facts == [ChangeWithdrawn("o", "x", "materials: run r is running")]


def test_silence_refuses_and_says_who_was_silent_and_a_late_answer_is_kept() -> None:
    order, change = less(promised(), 3)
    order, change, _ = changing.answered(order, change, YES[0], RATES)
    order, change, facts = changing.unanswered(order, change)
    assert facts == [ChangeWithdrawn("o", "x", "nobody answered: service-desk")]
    order, change, facts = changing.answered(order, change, YES[1], RATES)
    assert (change.state, change.silent, facts) == ("refused", (), [])
    assert changing.unanswered(order, change) == (order, change, [])


def test_a_hold_that_ends_takes_the_offer_back() -> None:
    before = promised()
    order, change = offered(*less(before, 3))
    order, change, facts = changing.expired(order, change)
    assert (order, change.state) == (before, "withdrawn")
    assert isinstance(facts[0], ChangeWithdrawn)
    with pytest.raises(WrongState, match="nothing any more"):
        changing.committed(order, change)


def test_the_later_date_of_what_is_to_change_is_taken_when_that_is_decided() -> None:
    order, change = less(promised(), 3)
    order, _ = order.endangered("vendor late", "po-1", [LineDate("g", SOON, LATER)])
    with pytest.raises(NothingToAccept, match="a change of what is late is decided first"):
        order.new_dates_accepted()
    order, change, _ = changing.withdrawn(order, change)
    assert isinstance(order.new_dates_accepted()[1][0], NewDateAccepted)


def test_down_to_what_was_delivered_leaves_nothing_open() -> None:
    order, _ = delivered(promised(), [("s", Quantity(1)), ("g", Quantity(3))], COST, rates=RATES)
    order, _ = shipped(order, "g", Quantity(3), COST, rates=RATES)
    order, change = offered(*less(order, 3))
    order, change, facts = changing.committed(order, change)
    assert [type(fact) for fact in facts] == [
        ChangeCommitted,
        OrderLineAmended,
        LineFulfilled,
        OrderCompleted,
    ]
    completed = facts[-1]
    assert isinstance(completed, OrderCompleted)
    assert (order.state, order.line("g").lifecycle, completed.value.price) == ("completed", "fulfilled", 1750)


def test_what_is_accepted_while_the_customer_ponders_is_fulfilled_when_he_leaves_it() -> None:
    order, change = less(promised(), 3)
    order, facts = delivered(order, [("g", Quantity(4))], None, rates=RATES)
    assert (facts, order.line("g").lifecycle) == ([], "amend-pending")
    order, change, facts = changing.withdrawn(order, change)
    assert facts[1] == LineFulfilled("o", "g", Quantity(4))
    assert order.line("g").lifecycle == "fulfilled"


@pytest.mark.parametrize("end", [changing.withdrawn, changing.unanswered])
def test_an_order_of_which_all_was_accepted_meanwhile_is_completed_when_its_change_comes_to_nothing(
    end: Callable[[Order, Change], Told],
) -> None:
    order, change = less(promised(), 3)
    for line_id, quantity in (("s", 1), ("g", 4)):
        order, _ = delivered(order, [(line_id, Quantity(quantity))], None, rates=RATES)
    order, facts = shipped(order, "g", Quantity(4), COST, rates=RATES)
    assert (facts, order.state) == ([], "open")
    order, change, facts = end(order, change)
    assert [type(fact) for fact in facts] == [ChangeWithdrawn, LineFulfilled, OrderCompleted]
    assert order.state == "completed"


def test_a_dropped_line_is_cancelled_and_costs_nothing() -> None:
    order, change = offered(*less(promised(), 0))
    order, change, _ = changing.committed(order, change)
    assert (order.line("g").lifecycle, order.line("g").due.minor, order.price.minor) == ("cancelled", 0, 1000)


def test_a_cancelled_order_has_ended_on_every_line() -> None:
    order, change, (fact,) = changing.cancellation(promised(), "no feast", "x", NOW)
    assert isinstance(fact, CancellationRequested)
    assert [(each.line_id, each.quantity) for each in fact.lines] == [("g", Quantity(0)), ("s", Quantity(0))]
    assert {line.lifecycle for line in order.lines} == {"cancel-pending"}
    order, change = offered(order, change)
    order, change, facts = changing.committed(order, change)
    assert facts == [ChangeCommitted("o", "x"), OrderCancelled("o", "p", "no feast")]
    assert (order.state, {line.lifecycle for line in order.lines}) == ("cancelled", {"cancelled"})


@pytest.mark.parametrize("quantity", [4, -1])
def test_a_change_asks_for_another_quantity_than_is_ordered(quantity: int) -> None:
    with pytest.raises(NothingToChange):
        less(promised(), quantity)


def test_what_cannot_be_asked_for_is_refused_by_name() -> None:
    order = promised()
    partly, _ = delivered(order, [("g", Quantity(3))], None, rates=RATES)
    with pytest.raises(NothingToChange, match="3 delivered"):
        less(partly, 2)
    with pytest.raises(NothingToChange, match="ask for an amendment"):
        changing.cancellation(partly, "no", "x", NOW)
    with pytest.raises(NothingToChange, match="cancellation"):
        changing.amendment(
            order, Wish((LineQuantity("g", Quantity(0)), LineQuantity("s", Quantity(0)))), "x", NOW
        )
    with pytest.raises(NothingToChange, match="once"):
        changing.amendment(order, Wish((LineQuantity("g", Quantity(1)),) * 2), "x", NOW)
    with pytest.raises(NothingToChange, match="service"):
        changing.amendment(order, Wish((LineQuantity("s", Quantity("0.5")),)), "x", NOW)
    with pytest.raises(NotFound):
        less(order, 1, "unknown")
    with pytest.raises(WrongState, match="requested"):
        less(placed(), 3)


def test_a_line_that_waits_for_a_change_refuses_every_other() -> None:
    order, _ = less(promised(), 3)
    for wish in (
        lambda: less(order, 2),
        lambda: changing.cancellation(order, "no", "y", NOW),
        lambda: short_closed(order, "g", "no"),
    ):
        with pytest.raises(WrongState, match="amend-pending and cannot become"):
            wish()


@given(
    st.lists(
        st.sampled_from(["yes-m", "yes-s", "no-m", "silence", "expiry", "commit", "withdraw"]), max_size=12
    )
)
def test_every_way_through_a_change_follows_its_table_and_leaves_no_line_waiting(ways: list[str]) -> None:
    order, change = less(promised(), 3)
    for way in ways:
        before = change.state
        try:
            if way == "commit":
                order, change, facts = changing.committed(order, change)
            elif way == "withdraw":
                order, change, facts = changing.withdrawn(order, change)
            elif way == "silence":
                order, change, facts = changing.unanswered(order, change)
            elif way == "expiry":
                order, change, facts = changing.expired(order, change)
            else:
                owner = YES[way.endswith("s")].owner
                answer = OwnerAnswer(owner, "no" if way.startswith("no") else None)
                order, change, facts = changing.answered(order, change, answer, RATES)
        except Refusal:
            facts = []
        assert change.state == before or change.state in CHANGE[before]
        assert bool(facts) == (change.state != before and change.state != "offered")
        waits = any(line.lifecycle in PENDING for line in order.lines)
        assert waits == (change.state in {"asked", "offered"})
