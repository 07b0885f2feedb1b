"""Orders from need to completion on a real PostgreSQL, each fact of others heard several times."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backbone.errors import NotFound, Refused
from backbone.service import Host
from contracts import materials, service_desk
from contracts.orders import (
    NeedUnmatched,
    OrderCompleted,
    OrderPlaced,
    OrderPromised,
    PromiseRequested,
    PromiseWithdrawn,
    QuoteExpired,
)
from contracts.shapes import DateStep, LotPart
from contracts.values import CostVector, Quantity
from orders import commands, handlers
from orders.domain.order import Order
from orders.domain.promise import HOLD
from orders.domain.states import WrongState
from services.orders.tests.stage import NOW, SOON, fire_until, heard, quoted, state, stocked, told

COST = CostVector(100, 20, 30, 10, "EUR")
FREE = CostVector(0, 5, 0, 0, "EUR")


async def test_an_order_goes_from_need_to_completion_and_every_fact_counts_once(host: Host) -> None:
    quote_id, promise_id = await quoted(host)
    order = await host.do(handlers.accept_quote, commands.AcceptQuote(quote_id, "o1", "c1"))
    assert order.promise_id == promise_id
    await heard(
        host,
        materials.RequirementsPlanned("o1", (DateStep("L1.1", Quantity(4), SOON),), ()),
        service_desk.VisitBooked("v1", "o1", "L1.2", SOON, SOON, ("t1",)),
    )
    assert len(await told(host, OrderPromised)) == 1
    lots = (LotPart("lot-1", "PC", Quantity(4), COST),)
    await heard(
        host,
        service_desk.HandOverCompleted(
            "h1", "o1", "plant-1", (service_desk.DeliveredLine("L1.1", lots),), FREE, "ann"
        ),
        service_desk.VisitCompleted("v1", "o1", "L1.2", Quantity(1), 60, (), FREE, "ann"),
        materials.StockMoved("lot-1", "m1", "PC", "plant-1", Quantity(4), "shipped", COST, "o1", "L1.1"),
    )
    (end,) = await told(host, OrderCompleted)
    assert (end.value.price, end.value.bought_in, end.value.labour) == (4000, 100, 30)


async def test_a_customer_cannot_accept_the_quote_of_another(host: Host) -> None:
    quote_id, _ = await quoted(host)
    with pytest.raises(NotFound):
        await host.do(handlers.accept_quote, commands.AcceptQuote(quote_id, "o1", "c2"))


async def test_a_quote_is_accepted_once(host: Host) -> None:
    quote_id, _ = await quoted(host)
    await host.do(handlers.accept_quote, commands.AcceptQuote(quote_id, "o1", "c1"))
    with pytest.raises(WrongState):
        await host.do(handlers.accept_quote, commands.AcceptQuote(quote_id, "o2", "c1"))


async def test_quotes_are_accepted_many_at_once_and_what_cannot_be_is_refused_by_itself(host: Host) -> None:
    quote_id, promise_id = await quoted(host)
    acts = (
        commands.AcceptQuote(quote_id, "o1", "c2"),
        commands.AcceptQuote(quote_id, "o2", "c1"),
        commands.AcceptQuote(quote_id, "o3", "c1"),
        commands.AcceptQuote("unknown", "o4", "c1"),
    )
    other, order, again, unknown = await host.do(handlers.accept_quotes, commands.AcceptQuotes(acts))
    assert isinstance(order, Order)
    assert (order.order_id, order.promise_id) == ("o2", promise_id)
    assert [each.refusal.code for each in (other, again, unknown) if isinstance(each, Refused)] == [
        "not-found",
        "wrong-state",
        "not-found",
    ]
    assert [fact.order_id for fact in await told(host, OrderPlaced)] == ["o2"]


async def test_a_quote_that_nobody_answers_expires_and_lets_its_promise_go(host: Host) -> None:
    quote_id, promise_id = await quoted(host)
    await fire_until(host, NOW + HOLD)
    assert [fact.quote_id for fact in await told(host, QuoteExpired)] == [quote_id]
    assert [fact.promise_id for fact in await told(host, PromiseWithdrawn)] == [promise_id]
    order = await host.do(handlers.accept_quote, commands.AcceptQuote(quote_id, "o1", "c1"))
    assert order.order_id == "o1"


async def test_a_need_without_an_offer_asks_for_a_person(host: Host) -> None:
    await stocked(host)
    need = await state(host, "nothing-like-it")
    await heard(host, need)
    (unmatched,) = await told(host, NeedUnmatched)
    assert unmatched.need_id == need.need_id


async def test_a_refused_promise_is_asked_again_for_the_next_possible_moment(host: Host) -> None:
    await stocked(host)
    need = await state(host, "box")
    await heard(host, need)
    (asked,) = await told(host, PromiseRequested)
    later = SOON + timedelta(days=9)
    await heard(host, materials.PromiseRefused(asked.promise_id, need.need_id, 1, "no material", later))
    again = (await told(host, PromiseRequested))[-1]
    assert (again.request_no, again.lines[0].wanted_at) == (2, later)
    await heard(host, materials.PromiseRefused(asked.promise_id, need.need_id, 2, "no material", None))
    assert await told(host, PromiseWithdrawn) == [], (
        "nothing is held for it, and it may be had with a substitute"
    )
    assert [each.reason for each in await told(host, NeedUnmatched)] == ["no material"]
