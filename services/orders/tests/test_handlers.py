"""Orders from need to completion on a real PostgreSQL, each fact of others heard several times."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
import pytest
from sqlalchemy import text

from backbone.clock import SteppedClock
from backbone.deadlines import Deadlines
from backbone.errors import NotFound
from backbone.ids import new_id
from backbone.service import Host
from backbone.service.database import connect
from backbone.wire import Incoming, encode
from contracts import materials, service_desk
from contracts.orders import Component, NeedStated, WantedLine
from contracts.shapes import DateStep, LotPart, Slot
from contracts.topics import topic_of, type_name
from contracts.values import CostVector, Money, Quantity
from orders import commands, handlers
from orders.__main__ import SERVICE
from orders.domain.customer import Customer
from orders.domain.promise import HOLD
from orders.domain.states import WrongState

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
SOON = NOW + timedelta(days=10)
COST = CostVector(100, 20, 30, 10, "EUR")
FREE = CostVector(0, 5, 0, 0, "EUR")


@pytest.fixture
async def host(database: str) -> AsyncIterator[Host]:
    engine = connect(database, name="test", pool=4)
    yield Host(SERVICE, engine, SteppedClock(NOW))
    await engine.dispose()


def record(fact: object, correlation: str = "root") -> Incoming:
    topic = topic_of(type(fact))
    headers = (("ce_id", new_id()), ("ce_type", type_name(type(fact))), ("ce_correlationid", correlation))
    return Incoming(topic.name, 0, 0, getattr(fact, topic.key), headers, encode(fact), 1)


async def told(host: Host, kind: type) -> list[Any]:
    async with host.read() as sql:
        rows = await sql.execute(text("SELECT headers, payload FROM outbox ORDER BY id"))
        records = [
            Incoming("", 0, 0, None, tuple(map(tuple, msgspec.json.decode(r.headers))), r.payload, 0)
            for r in rows
        ]
    return [SERVICE.catalogue.decode(r) for r in records if r.attributes["ce_type"] == type_name(kind)]


async def heard(host: Host, *facts: object) -> None:
    """Each fact twice in one batch, and the batch again."""
    records = [record(fact) for fact in facts]
    for _ in range(2):
        await host.hear([each for pair in zip(records, records, strict=True) for each in pair])


async def fire_until(host: Host, moment: datetime) -> None:
    """Let business time come to `moment` with every fact handled."""

    async def caught_up(seconds: float) -> bool:
        return True

    host.clock.advance(moment)
    await Deadlines(host, caught_up).fire()


async def stocked(host: Host) -> None:
    customer = Customer("c1", "k1", "main", "Shafts Ltd", "Ann", "ann@example.org", "1 High Street", 1)
    await host.do(handlers.register_customer, commands.RegisterCustomer(customer))
    goods = Component("good", "PC", Quantity(1), "piece", "plant-1")
    service = Component("service", "INSTALL", Quantity("0.25"), "visit", "plant-1")
    for offer_id, minor, components in (("pc", 1000, (goods, service)), ("box", 10, (goods,))):
        kind: Literal["bundle", "good"] = "bundle" if len(components) == 2 else "good"
        offer = commands.PublishOffer(offer_id, offer_id, kind, Money(minor, "EUR"), components)
        await host.do(handlers.publish_offer, offer)


async def state(host: Host, offer_id: str) -> NeedStated:
    line = WantedLine("L1", "", Quantity(4), SOON, offer_id)
    await host.do(
        handlers.state_need, commands.StateNeed(new_id(), "c1", "main", "", (line,), "complete-order")
    )
    need: NeedStated = (await told(host, NeedStated))[-1]
    return need


async def quoted(host: Host) -> tuple[str, str]:
    await stocked(host)
    need = await state(host, "pc")
    await heard(host, need)
    (asked,) = await told(host, _orders("PromiseRequested"))
    steps = (DateStep("L1.1", Quantity(4), SOON),)
    await heard(
        host, materials.PromiseOffered(asked.promise_id, need.need_id, 1, steps, asked.hold_until, ())
    )
    (slots,) = await told(host, _orders("SlotsRequested"))
    assert slots.not_before > SOON
    slot = Slot("slot-1", "L1.2", slots.not_before, slots.not_before + timedelta(hours=2))
    await heard(
        host,
        service_desk.SlotsOffered(
            asked.promise_id, need.need_id, slots.request_no, (slot,), asked.hold_until
        ),
    )
    (sent,) = await told(host, _orders("QuoteSent"))
    assert sent.price == Money(4000, "EUR")
    return sent.quote_id, asked.promise_id


def _orders(name: str) -> type:
    from contracts import orders

    kind: type = getattr(orders, name)
    return kind


async def test_an_order_goes_from_need_to_completion_and_every_fact_counts_once(host: Host) -> None:
    quote_id, promise_id = await quoted(host)
    order = await host.do(handlers.accept_quote, commands.AcceptQuote(quote_id, "o1", "c1"))
    assert order.promise_id == promise_id
    await heard(
        host,
        materials.RequirementsPlanned("o1", (DateStep("L1.1", Quantity(4), SOON),), ()),
        service_desk.VisitBooked("v1", "o1", "L1.2", SOON, SOON, ("t1",)),
    )
    assert len(await told(host, _orders("OrderPromised"))) == 1
    lots = (LotPart("lot-1", "PC", Quantity(4), COST),)
    await heard(
        host,
        service_desk.HandOverCompleted(
            "h1", "o1", "plant-1", (service_desk.DeliveredLine("L1.1", lots),), FREE, "ann"
        ),
        service_desk.VisitCompleted("v1", "o1", "L1.2", Quantity(1), 60, (), FREE, "ann"),
        materials.StockMoved("lot-1", "m1", "PC", "plant-1", Quantity(4), "shipped", COST, "o1", "L1.1"),
    )
    (end,) = await told(host, _orders("OrderCompleted"))
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


async def test_a_quote_that_nobody_answers_expires_and_lets_its_promise_go(host: Host) -> None:
    quote_id, promise_id = await quoted(host)
    await fire_until(host, NOW + HOLD)
    assert [fact.quote_id for fact in await told(host, _orders("QuoteExpired"))] == [quote_id]
    assert [fact.promise_id for fact in await told(host, _orders("PromiseWithdrawn"))] == [promise_id]
    order = await host.do(handlers.accept_quote, commands.AcceptQuote(quote_id, "o1", "c1"))
    assert order.order_id == "o1"


async def test_a_need_without_an_offer_asks_for_a_person(host: Host) -> None:
    await stocked(host)
    need = await state(host, "nothing-like-it")
    await heard(host, need)
    (unmatched,) = await told(host, _orders("NeedUnmatched"))
    assert unmatched.need_id == need.need_id


async def test_a_refused_promise_is_asked_again_for_the_next_possible_moment(host: Host) -> None:
    await stocked(host)
    need = await state(host, "box")
    await heard(host, need)
    (asked,) = await told(host, _orders("PromiseRequested"))
    later = SOON + timedelta(days=9)
    await heard(host, materials.PromiseRefused(asked.promise_id, need.need_id, 1, "no material", later))
    again = (await told(host, _orders("PromiseRequested")))[-1]
    assert (again.request_no, again.lines[0].wanted_at) == (2, later)
    await heard(host, materials.PromiseRefused(asked.promise_id, need.need_id, 2, "no material", None))
    assert len(await told(host, _orders("PromiseWithdrawn"))) == 1
