"""Holds that end before the customer has decided, answers after their silence, and what becomes of both."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backbone.service import Host
from contracts.materials import HoldExpired, PromiseOffered, RequirementsPlanned, SupplyRecovered
from contracts.orders import (
    NeedUnmatched,
    OrderCancelled,
    PromiseAtRisk,
    PromiseRequested,
    PromiseWithdrawn,
    QuoteExpired,
    QuoteSent,
)
from contracts.shapes import DateStep, LineDate
from contracts.values import Quantity
from orders import commands, handlers, queries
from orders.domain.ending import PromiseHolds
from orders.domain.promise import HOLD
from services.orders.tests.stage import NOW, SOON, fire_until, heard, quoted, silent_for, state, stocked, told

LATE = SOON + timedelta(days=5)


async def attention(host: Host, need_id: str) -> str | None:
    async with host.read() as sql:
        return (await queries.find_need(sql, need_id, party=None)).attention


async def asked_of_materials(host: Host, offer_id: str) -> PromiseRequested:
    await stocked(host)
    await heard(host, await state(host, offer_id))
    (asked,) = await told(host, PromiseRequested)
    assert isinstance(asked, PromiseRequested)
    return asked


def offered(asked: PromiseRequested, line_id: str) -> PromiseOffered:
    steps = (DateStep(line_id, Quantity(4), SOON),)
    return PromiseOffered(asked.promise_id, asked.need_id, asked.request_no, steps, asked.hold_until, ())


async def test_an_answer_after_its_silence_is_taken_and_closes_the_task(host: Host) -> None:
    asked = await asked_of_materials(host, "box")
    await fire_until(host, NOW + timedelta(hours=12))
    assert await told(host, NeedUnmatched) == []
    await silent_for(host, timedelta(hours=2))
    (unmatched,) = await told(host, NeedUnmatched)
    assert await attention(host, unmatched.need_id) == "the promise was not answered in time"
    await heard(host, offered(asked, "L1"))
    assert len(await told(host, QuoteSent)) == 1
    assert await attention(host, unmatched.need_id) is None


async def test_a_hold_that_ends_while_people_are_still_looked_for_ends_the_promise_and_asks_for_a_person(
    host: Host,
) -> None:
    asked = await asked_of_materials(host, "pc")
    await heard(host, offered(asked, "L1.1"), HoldExpired(asked.promise_id, asked.need_id))
    (gone,) = await told(host, PromiseWithdrawn)
    assert (gone.promise_id, gone.reason) == (asked.promise_id, "the hold expired")
    assert "expired" in (await attention(host, asked.need_id) or "")


async def test_a_quote_ends_with_the_hold_that_it_stands_on(host: Host) -> None:
    quote_id, promise_id = await quoted(host)
    await heard(host, HoldExpired(promise_id, "n"))
    assert [fact.quote_id for fact in await told(host, QuoteExpired)] == [quote_id]
    await fire_until(host, NOW + HOLD)
    assert len(await told(host, QuoteExpired)) == 1


async def late_order(host: Host) -> None:
    """An order that was accepted after its quote had expired, and comes later than it was promised."""
    quote_id, _ = await quoted(host)
    await fire_until(host, NOW + HOLD)
    await host.do(handlers.accept_quote, commands.AcceptQuote(quote_id, "o1", "c1"))
    await heard(host, RequirementsPlanned("o1", (DateStep("L1.1", Quantity(4), LATE),), ()))


async def test_an_order_accepted_late_is_at_risk_and_may_be_left_free(host: Host) -> None:
    await late_order(host)
    (risk,) = await told(host, PromiseAtRisk)
    assert (risk.cause, risk.lines[0].line_id) == ("accepted late", "L1.1")
    order = await host.do(handlers.cancel_order, commands.CancelOrder("o1", "too late", "c1"))
    assert {line.lifecycle for line in order.lines} == {"cancelled"}
    (cancelled,) = await told(host, OrderCancelled)
    assert (cancelled.reason, cancelled.cost) == ("too late", None)


async def test_an_order_whose_promise_holds_again_is_not_left_free(host: Host) -> None:
    await late_order(host)
    await heard(host, SupplyRecovered("o1", "s", (LineDate("L1.1", LATE, SOON),)))
    with pytest.raises(PromiseHolds):
        await host.do(handlers.cancel_order, commands.CancelOrder("o1", "too late", "c1"))
    assert await told(host, OrderCancelled) == []
