"""Orders from need to completion on a real PostgreSQL, each fact of others heard several times."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backbone.errors import NotFound, Refused
from backbone.ids import new_id
from backbone.service import Host
from contracts import materials, service_desk
from contracts.orders import (
    NeedStated,
    NeedUnmatched,
    OrderCompleted,
    OrderPlaced,
    OrderPromised,
    PromiseRequested,
    PromiseWithdrawn,
    QuoteExpired,
    SlotsRequested,
    WantedLine,
)
from contracts.shapes import DateStep, LotPart
from contracts.values import CostVector, Quantity
from orders import commands, handlers, queries
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


async def test_a_need_that_can_be_quoted_to_nobody_says_why_and_is_told_to_a_person(host: Host) -> None:
    await stocked(host)
    few, many = (
        tuple(WantedLine(name, "", quantity, SOON, "pc") for name in ("L1", "L2"))
        for quantity in (Quantity(4), Quantity(999_999_999_999))
    )
    for customer_id, lines in (("nobody", few), ("c1", many)):
        asked = commands.StateNeed(new_id(), customer_id, "main", "", lines, "complete-order")
        await host.do(handlers.state_need, asked)
    await heard(host, *await told(host, NeedStated))
    assert {fact.reason for fact in await told(host, NeedUnmatched)} == {
        "customer nobody is not registered",
        "an amount of money is within 1000000000000000 minor units",
    }
    assert await told(host, PromiseRequested) == []


async def test_what_is_short_is_promised_by_the_priority_of_its_customer(host: Host) -> None:
    await stocked(host)
    await heard(host, await state(host, "box"))
    (asked,) = await told(host, PromiseRequested)
    assert asked.priority == 1


async def test_a_quote_for_which_nobody_has_time_is_left_by_its_customer(host: Host) -> None:
    await stocked(host)
    need = await state(host, "pc")
    await heard(host, need)
    (asked,) = await told(host, PromiseRequested)
    steps = (DateStep("L1.1", Quantity(4), SOON),)
    await heard(
        host, materials.PromiseOffered(asked.promise_id, need.need_id, 1, steps, asked.hold_until, ())
    )
    (slots,) = await told(host, SlotsRequested)
    await heard(
        host,
        service_desk.SlotsRefused(asked.promise_id, need.need_id, slots.request_no, "nobody can do it", None),
    )
    async with host.read() as sql:
        ((quote_id, quote),) = await queries.page_quotes(sql, party="c1", state=None, after="", limit=9)
    assert quote.refused
    left = await host.do(handlers.decline_quote, commands.DeclineQuote(quote_id, "c1"))
    assert left.state == "declined"
    assert len(await told(host, PromiseWithdrawn)) == 1
