"""An order on its axes, from placed to completed, without any database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.orders import (
    LineFulfilled,
    NewDateAccepted,
    OrderCompleted,
    OrderLineHeld,
    OrderLineResumed,
    OrderPromised,
    PromiseAtRisk,
    PromiseRecovered,
    ValueRevised,
)
from contracts.service_desk import VisitMissed, VisitResumed
from contracts.shapes import DateStep, DemandLine, LineDate, Slot
from contracts.values import CostVector, Money, Quantity
from orders.commands import HoldLines, ResumeLines
from orders.domain.order import NothingToAccept, Order
from orders.domain.promise import Promise
from orders.domain.quote import Priced, Quote
from orders.domain.rates import Rates
from orders.domain.spending import delivered, shipped
from orders.domain.value import added
from orders.subscriptions import on_visit_missed, on_visit_resumed

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
SOON, LATER = NOW + timedelta(days=10), NOW + timedelta(days=15)
COST = CostVector(100, 20, 30, 10, "EUR")
RATES = Rates(NOW.date())


def placed() -> Order:
    goods = DemandLine("g", "good", "PC", Quantity(4), "piece", "plant-1", SOON)
    service = DemandLine("s", "service", "INSTALL", Quantity(1), "visit", "plant-1", SOON)
    lines = tuple(Priced(demand, "offer", Money(1000, "EUR")) for demand in (goods, service))
    promise = Promise(
        "p",
        "n",
        "q",
        "c",
        "main",
        1,
        "complete-order",
        (goods, service),
        "given",
        2,
        SOON,
        (DateStep("g", Quantity(4), SOON),),
        (Slot("slot", "s", SOON, SOON + timedelta(hours=2)),),
    )
    quote = Quote("q", "n", "p", "c", lines, "draft", SOON).sent(promise)
    order, fact = Order.placed(quote, promise, order_id="o", contact_id="k", at=NOW)
    assert [line.slot_id for line in fact.lines] == [None, "slot"]
    return order


def promised() -> Order:
    order, _ = placed().planned_for([DateStep("g", Quantity(4), SOON)])
    order, facts = order.visit_booked("s", SOON)
    assert [type(fact) for fact in facts] == [OrderPromised]
    return order


def test_an_order_is_promised_when_plan_and_visit_are_there_in_any_order() -> None:
    order, facts = placed().visit_booked("s", SOON)
    assert facts == []
    _, facts = order.planned_for([DateStep("g", Quantity(4), SOON)])
    assert [type(fact) for fact in facts] == [OrderPromised]


def test_a_late_supply_puts_the_promise_at_risk_once_and_the_new_date_recovers_it() -> None:
    late = [LineDate("g", SOON, LATER)]
    order, facts = promised().endangered("vendor late", "po-1", late)
    assert isinstance(facts[0], PromiseAtRisk)
    assert facts[0].cause == "vendor late"
    assert order.endangered("vendor late", "po-1", late)[1] == []
    order, facts = order.new_dates_accepted()
    assert [type(fact) for fact in facts] == [NewDateAccepted, PromiseRecovered]
    assert order.line("g").promised_at == LATER
    with pytest.raises(NothingToAccept):
        order.new_dates_accepted()


def test_a_promise_of_which_a_line_has_no_new_date_yet_stays_at_risk_when_the_others_are_taken() -> None:
    late = [LineDate("g", SOON, LATER), LineDate("s", SOON, None)]
    order, _ = promised().endangered("vendor late", "po-1", late)
    order, facts = order.new_dates_accepted()
    assert facts == [NewDateAccepted("o", (LineDate("g", SOON, LATER),))]
    assert (order.late_because, order.line("s").supply) == ("vendor late", "late")
    order, facts = order.endangered("vendor late", "po-1", [LineDate("s", SOON, LATER)])
    _, facts = order.new_dates_accepted()
    assert [type(fact) for fact in facts] == [NewDateAccepted, PromiseRecovered]


def test_a_supply_that_is_late_but_inside_the_promise_is_no_risk() -> None:
    assert promised().endangered("moved", "po-1", [LineDate("g", NOW, SOON)])[1] == []


def test_a_promise_that_is_back_in_time_recovers() -> None:
    order, _ = promised().endangered("vendor late", "po-1", [LineDate("g", SOON, LATER)])
    _, facts = order.recovered([LineDate("g", LATER, SOON)])
    assert [fact.how for fact in facts if isinstance(fact, PromiseRecovered)] == ["back in time"]


@pytest.mark.parametrize("sequence", list(permutations(range(3))))
def test_an_order_ends_once_whatever_comes_first(sequence: tuple[int, ...]) -> None:
    def step(order: Order, number: int) -> tuple[Order, list[object]]:
        if number == 0:
            return delivered(order, [("g", Quantity(4))], COST, rates=RATES)
        if number == 1:
            return delivered(order, [("s", Quantity(1))], COST, rates=RATES)
        return shipped(order, "g", Quantity(4), COST, rates=RATES)

    order = promised()
    facts: list[object] = []
    for number in sequence:
        order, told = step(order, number)
        facts.extend(told)
    (end,) = [fact for fact in facts if isinstance(fact, OrderCompleted)]
    assert (end.value.price, end.value.bought_in, end.value.margin) == (2000, 300, 2000 - 3 * COST.total)
    assert order.state == "completed"


def test_a_partial_delivery_leaves_the_order_open() -> None:
    order, facts = delivered(promised(), [("g", Quantity(3))], COST, rates=RATES)
    assert facts == []
    assert order.line("g").fulfilment == "partial"
    order, _ = delivered(order, [("g", Quantity(1))], None, rates=RATES)
    assert order.line("g").lifecycle == "fulfilled"


def test_a_service_that_used_parts_waits_for_their_cost() -> None:
    order, _ = delivered(promised(), [("g", Quantity(4))], COST, rates=RATES)
    order, _ = shipped(order, "g", Quantity(4), COST, rates=RATES)
    order, facts = delivered(order, [("s", Quantity(1))], COST, Quantity(2), rates=RATES)
    assert not any(isinstance(fact, OrderCompleted) for fact in facts)
    order, facts = shipped(order, "s", Quantity(2), COST, rates=RATES)
    assert any(isinstance(fact, OrderCompleted) for fact in facts)
    _, facts = shipped(order, "s", Quantity(1), COST, rates=RATES)
    assert isinstance(facts[0], ValueRevised)


@given(*(st.integers(-(10**9), 10**9) for _ in range(5)))
def test_value_added_sums_exactly(
    price: int, bought_in: int, labour: int, capital: int, overhead: int
) -> None:
    value = added(Money(price, "EUR"), CostVector(bought_in, labour, capital, overhead, "EUR"))
    assert value.price - value.bought_in == value.labour + value.capital + value.overhead + value.margin


def test_a_line_that_waits_for_a_person_goes_on_once() -> None:
    held, facts = placed().held(["s", "no line of it"], "client silent")
    assert facts == [OrderLineHeld("o", "s", "client silent")]
    assert [line.held for line in held.lines] == [None, "client silent"]
    resumed, facts = held.resumed(["g", "s"])
    assert facts == [OrderLineResumed("o", "s")]
    assert resumed == placed()
    assert resumed.resumed(["g", "s"]) == (resumed, [])


@pytest.mark.parametrize(("times", "waits"), [(1, False), (2, False), (3, True)])
def test_a_line_waits_for_a_person_when_nobody_was_there_for_the_last_time(times: int, waits: bool) -> None:
    command = on_visit_missed(VisitMissed("v", "hand-over", "o", ("g",), (), times, "plant-1"))
    expected = HoldLines("o", ("g",), f"nobody was there {times} times")
    assert command == (expected if waits else None)


def test_a_line_goes_on_when_its_visit_does() -> None:
    assert on_visit_resumed(VisitResumed("v", "visit", "o", ("s",), ())) == ResumeLines("o", ("s",))


def test_what_is_accepted_before_the_order_is_promised_is_fulfilled_when_it_is() -> None:
    order, _ = placed().planned_for([DateStep("g", Quantity(4), SOON)])
    order, facts = delivered(order, [("g", Quantity(4))], COST, rates=RATES)
    assert (facts, order.line("g").lifecycle, order.line("g").fulfilment) == ([], "requested", "complete")
    order, facts = order.visit_booked("s", SOON)
    assert [type(fact) for fact in facts] == [OrderPromised, LineFulfilled]
    assert (order.line("g").lifecycle, order.line("s").lifecycle) == ("fulfilled", "promised")


def test_an_order_whose_end_was_heard_before_its_promise_is_completed_with_it() -> None:
    order, facts = delivered(placed(), [("g", Quantity(4)), ("s", Quantity(1))], COST, rates=RATES)
    order, more = shipped(order, "g", Quantity(4), COST, rates=RATES)
    assert (facts, more) == ([], [])
    order, facts = order.visit_booked("s", SOON)
    order, facts = order.planned_for([DateStep("g", Quantity(4), SOON)])
    assert [type(fact) for fact in facts] == [OrderPromised, LineFulfilled, LineFulfilled, OrderCompleted]
    assert order.state == "completed"


def test_a_visit_that_begins_after_its_work_was_to_be_done_is_a_risk_and_its_time_can_be_taken() -> None:
    order, _ = placed().planned_for([DateStep("g", Quantity(4), SOON)])
    was = order.line("s").promised_at
    order, facts = order.visit_booked("s", LATER)
    assert facts[1:] == [PromiseAtRisk("o", "c", "accepted late", None, (LineDate("s", was, LATER),))]
    order, _ = order.new_dates_accepted()
    assert (order.line("s").promised_at, order.line("s").supply) == (LATER, "planned")
    # The rest of work that was begun is booked later, and nobody had promised it for another time.
    _, facts = order.visit_booked("s", LATER + timedelta(days=3))
    assert facts == []


def test_a_line_that_came_late_and_was_accepted_keeps_no_promise_at_risk() -> None:
    late = [LineDate("g", SOON, LATER), LineDate("s", SOON, LATER)]
    order, _ = promised().endangered("vendor late", "po-1", late)
    order, facts = delivered(order, [("g", Quantity(4))], None, rates=RATES)
    assert [type(fact) for fact in facts] == [LineFulfilled]
    taken, _ = order.new_dates_accepted()
    assert (taken.line("g").promised_at, taken.line("s").promised_at) == (SOON, LATER)
    order, facts = order.recovered([LineDate("s", LATER, SOON)])
    assert [type(fact) for fact in facts] == [PromiseRecovered]
    assert order.late_because is None
