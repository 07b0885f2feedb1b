"""Exchange rates on a real PostgreSQL: orders that wait for one, and what saying it does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from backbone.errors import Stale
from backbone.service import Host
from contracts import materials, service_desk
from contracts.orders import (
    CostExchanged,
    LineFulfilled,
    OrderCompleted,
    RateMissed,
    ValueRevised,
)
from contracts.shapes import DateStep, LotPart
from contracts.values import CostVector, Money, Quantity
from orders import commands, handlers, queries
from orders.handlers import rates as rates_handlers
from services.orders.tests.stage import NOW, SOON, fire_until, heard, quoted, quoted_again, told
from services.orders.tests.test_rates import COST, TO_EUR, TODAY


async def say(host: Host, rate: str, day: date = TODAY, seen: int = 0) -> int:
    at = replace(TO_EUR, day=day)
    return await host.do(handlers.set_day_rate, commands.SetDayRate(at, Quantity(rate), seen))


async def ordered_and_delivered(host: Host) -> None:
    """An order priced in euros whose goods cost dollars, as other services tell it."""
    quote_id, _ = await quoted(host)
    await host.do(handlers.accept_quote, commands.AcceptQuote(quote_id, "o1", "c1"))
    lots = (LotPart("lot-1", "PC", Quantity(4), COST),)
    part = service_desk.DeliveredLine("L1.1", lots)
    way = CostVector(0, 5, 0, 0, "EUR")
    await heard(
        host,
        materials.RequirementsPlanned("o1", (DateStep("L1.1", Quantity(4), SOON),), ()),
        service_desk.VisitBooked("v1", "o1", "L1.2", SOON, SOON, ("t1",)),
        service_desk.HandOverCompleted("h1", "o1", "plant-1", (part,), way, "ann"),
        service_desk.VisitCompleted("v1", "o1", "L1.2", Quantity(1), 60, (), way, "ann"),
        materials.StockMoved("lot-1", "m1", "PC", "plant-1", Quantity(4), "shipped", COST, "o1", "L1.1"),
    )


async def test_an_order_whose_costs_have_no_rate_is_no_parked_order_but_a_task_that_saying_the_rate_ends(
    host: Host,
) -> None:
    await ordered_and_delivered(host)
    assert await told(host, RateMissed) == [RateMissed("o1", "L1.1", "USD", "EUR", TODAY)]
    assert [fact.line_id for fact in await told(host, LineFulfilled)] == ["L1.1", "L1.2"]
    async with host.read() as sql:
        (missing,) = await queries.list_missing_rates(sql)
        assert missing == queries.MissingRateView("USD", "EUR", TODAY, 1, "o1")
        ours = await queries.find_order(sql, "o1", party=None)
        theirs = await queries.find_order(sql, "o1", party="c1")
    assert ours.lines[0].rates_missing == ("rate USD->EUR missing on 2026-03-02",)
    assert theirs.lines[0].rates_missing == ()
    await say(host, "0.9", TODAY + timedelta(days=1))
    await fire_until(host, NOW + timedelta(minutes=1))
    assert await told(host, OrderCompleted) == []  # the rate of a later day is none of this one
    await say(host, "0.5", TODAY - timedelta(days=2))
    await fire_until(host, NOW + timedelta(minutes=2))
    (end,) = await told(host, OrderCompleted)
    assert (end.value.currency, end.value.price, end.value.bought_in, end.value.labour) == (
        "EUR",
        4000,
        50,
        20,
    )
    async with host.read() as sql:
        assert await queries.list_missing_rates(sql) == []
        rates = [view for _, view in await queries.page_rates(sql, after="", limit=10)]
    assert [(view.day - TODAY, str(view.rate)) for view in rates] == [
        (timedelta(days=-2), "0.5"),
        (timedelta(days=1), "0.9"),
    ]


async def test_a_rate_that_was_said_before_counts_and_the_last_of_several_days_does(host: Host) -> None:
    await say(host, "0.5", TODAY - timedelta(days=1))
    await say(host, "7", TODAY - timedelta(days=9))
    await say(host, "7", TODAY + timedelta(days=1))
    await ordered_and_delivered(host)
    assert await told(host, RateMissed) == []
    (end,) = await told(host, OrderCompleted)
    assert end.value.bought_in == 50


async def test_what_the_desk_credits_revises_the_value_and_the_order_stays_completed(host: Host) -> None:
    await say(host, "0.5")
    await ordered_and_delivered(host)
    credit = Money(250, "EUR")
    await heard(
        host,
        service_desk.TicketResolved("t1", "sorry", credit, "o1"),
        service_desk.TicketResolved("t2", "told"),
        service_desk.TicketResolved("t3", "told", None, "o1"),
    )
    (end,) = await told(host, OrderCompleted)
    (revised,) = await told(host, ValueRevised)
    assert (revised.order_id, revised.value.price) == ("o1", end.value.price - 250)
    assert revised.value.margin == end.value.margin - 250
    async with host.read() as sql:
        assert (await queries.find_order(sql, "o1", party=None)).state == "completed"
    await heard(host, service_desk.TicketResolved("t1", "not so bad", None, "o1"))
    assert [each.value.price for each in await told(host, ValueRevised)] == [3750, 4000]


async def test_more_orders_than_are_rated_at_once_are_all_rated(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates_handlers, "ORDERS_AT_ONCE", 1)
    await ordered_and_delivered(host)
    quote_id = await quoted_again(host)
    await host.do(handlers.accept_quote, commands.AcceptQuote(quote_id, "o2", "c1"))
    await heard(
        host, materials.StockMoved("lot-1", "m2", "PC", "plant-1", Quantity(4), "shipped", COST, "o2", "L1.1")
    )
    await say(host, "0.5")
    for minutes in (1, 2, 3):
        await fire_until(host, NOW + timedelta(minutes=minutes))
    assert [fact.order_id for fact in await told(host, CostExchanged)] == ["o1", "o2"]


async def test_a_rate_that_somebody_else_has_said_meanwhile_is_not_overwritten(host: Host) -> None:
    assert await say(host, "0.5") == 1
    with pytest.raises(Stale):
        await say(host, "0.6")
    assert await say(host, "0.6", seen=1) == 2
