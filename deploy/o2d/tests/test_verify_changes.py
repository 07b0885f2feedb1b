"""What `o2d verify` expects of an order whose customer took a change at a charge, or another item instead."""

from __future__ import annotations

from dataclasses import replace

from contracts import changes as c
from contracts import materials as m
from contracts import orders as o
from contracts import service_desk as d
from contracts.shapes import Instead
from contracts.values import CostVector, Money
from deploy.o2d.tests.planting import after, broken, changed
from deploy.o2d.tests.story import AT, FOUR, LATER, VALUE, Q, cost, ground, story


def test_a_change_that_was_charged_as_answered_is_part_of_the_value() -> None:
    charge = Money(500, "EUR")
    taken = after(
        m.RequirementsPlanned,
        c.ChangeAnswered("order-1", "change-2", charge=charge),
        c.DeliveryChangeAnswered("order-1", "change-2"),
        o.ChangeCommitted("order-1", "change-2", charge),
    )
    dearer = replace(VALUE, price=VALUE.price + 500, bought_in=VALUE.bought_in + 500)
    assert broken(ground(changed(o.OrderCompleted, value=dearer)(taken(story())))) == {}
    assert "value happened" in broken(ground(taken(story())))


def test_people_whose_visit_lost_its_time_to_lateness_may_be_booked_for_another() -> None:
    meets = changed(d.VisitBooked, {"visit_id": "visit-2"}, starts_at=AT)
    late = after(
        d.VisitBooked, o.PromiseAtRisk("order-1", "customer-1", "silent", None, ()), visit_id="visit-1"
    )
    assert "people booked once" in broken(ground(meets(story())))
    assert "people booked once" not in broken(ground(late(meets(story()))))


def test_what_a_client_declined_is_offered_again_or_let_go() -> None:
    offer = d.VisitOffered("visit-1", "visit", "order-1", ("line-2",), "customer-1", AT, LATER, 2)
    again = after(
        d.VisitBooked, d.VisitCancelled("visit-1", "order-1", "we are away"), offer, visit_id="visit-1"
    )
    gone = d.VisitCancelled("visit-2", "order-2", "too late")
    assert "visit way" not in broken(ground(again(story())))
    assert "visit way" not in broken(ground(after(d.VisitBooked, gone, gone, visit_id="visit-2")(story())))
    done = after(d.VisitBooked, replace(gone, visit_id="visit-1"), visit_id="visit-1")
    assert "after VisitCancelled" in broken(ground(done(story())))["visit way"]


def test_what_was_credited_is_part_of_the_value() -> None:
    given = d.TicketResolved("ticket-9", "sorry", Money(100, "EUR"), "order-1")
    revised = replace(VALUE, price=VALUE.price - 100, margin=VALUE.margin - 100)
    told = o.ValueRevised("order-1", revised, "ticket ticket-9 has another answer")
    assert broken(ground(after(o.OrderCompleted, given, told)(story()))) == {}
    assert "value happened" in broken(ground(after(o.OrderCompleted, given)(story())))


def test_a_cost_in_another_currency_counts_as_it_was_exchanged_and_one_that_waits_is_no_breach() -> None:
    abroad = CostVector(0, 14, 6, 0, "USD")
    missed = o.RateMissed("order-1", "line-1", "USD", "EUR", AT.date())
    waits = changed(d.HandOverCompleted, cost=abroad)(after(d.HandOverCompleted, missed)(story()))
    assert broken(ground(waits)) == {}
    exchanged = o.CostExchanged("order-1", "line-1", abroad, cost(0, 7, 3), Q("0.5"), AT.date())
    revised = o.ValueRevised("order-1", VALUE, "a rate became known after the end")
    assert broken(ground(after(o.OrderCompleted, exchanged, revised)(waits))) == {}
    dearer = replace(exchanged, worth=cost(0, 8, 3))
    assert "value happened" in broken(ground(after(o.OrderCompleted, dearer)(waits)))


def test_what_is_delivered_instead_of_an_item_is_no_more_than_was_ordered_of_that() -> None:
    (placed,) = (fact for fact in story() if isinstance(fact, o.OrderPlaced))
    first, *others = placed.lines
    let = (Instead("works", "computer", "laptop", "ann"),)
    lets = changed(o.OrderPlaced, lines=(replace(first, demand=replace(first.demand, instead=let)), *others))
    laptops = changed(m.StockMoved, {"reason": "shipped", "lot_id": "lot-made"}, sku="laptop", quantity=FOUR)
    found = broken(ground(laptops(lets(story()))))
    assert found["shipped is ordered"] == "order order-1, line line-1: 4 of 2 computer shipped"
    assert "shipped is ordered" not in broken(ground(laptops(story()))), (
        "nobody has let it: it is another's business"
    )
