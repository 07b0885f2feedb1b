"""Orders on a real PostgreSQL, and short ways to let it hear facts and see what it told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
from sqlalchemy import text

from backbone.clock import SteppedClock
from backbone.deadlines import Deadlines
from backbone.ids import new_id
from backbone.service import Host
from backbone.wire import Incoming, encode
from contracts import materials, service_desk
from contracts.orders import Component, NeedStated, PromiseRequested, QuoteSent, SlotsRequested, WantedLine
from contracts.shapes import DateStep, Slot
from contracts.topics import topic_of, type_name
from contracts.values import Money, Quantity
from orders import commands, handlers
from orders.__main__ import SERVICE
from orders.domain.customer import Customer

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
SOON = NOW + timedelta(days=10)


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


async def _caught_up(seconds: float) -> bool:
    return True


async def fire_until(host: Host, moment: datetime) -> None:
    """Let business time come to `moment` with every fact handled."""
    assert isinstance(host.clock, SteppedClock)
    host.clock.advance(moment)
    await Deadlines(host, _caught_up).fire()


async def silent_for(host: Host, span: timedelta) -> None:
    """So much time passes by the wall in which nobody answers."""
    await Deadlines(host, _caught_up, recorded_now=lambda: datetime.now(UTC) + span).fire()


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
    return await _quoted(host)


async def refused(host: Host) -> tuple[str, str]:
    """A quote, and its promise, of what materials cannot supply at all."""
    await stocked(host)
    return await refused_again(host)


async def refused_again(host: Host) -> tuple[str, str]:
    """One more of what cannot be supplied."""
    need = await state(host, "pc")
    await heard(host, need)
    asked = (await told(host, PromiseRequested))[-1]
    await heard(host, materials.PromiseRefused(asked.promise_id, need.need_id, 1, "no card-a", None))
    async with host.read() as sql:
        found = await sql.execute(
            text("SELECT quote_id FROM quotes WHERE promise_id = :promise_id"),
            {"promise_id": asked.promise_id},
        )
    return str(found.one().quote_id), asked.promise_id


async def quoted_again(host: Host) -> str:
    """One more quote of the same."""
    return (await _quoted(host))[0]


async def _quoted(host: Host) -> tuple[str, str]:
    need = await state(host, "pc")
    await heard(host, need)
    asked = (await told(host, PromiseRequested))[-1]
    steps = (DateStep("L1.1", Quantity(4), SOON),)
    await heard(
        host, materials.PromiseOffered(asked.promise_id, need.need_id, 1, steps, asked.hold_until, ())
    )
    slots = (await told(host, SlotsRequested))[-1]
    assert slots.not_before > SOON
    slot = Slot(f"slot-{asked.promise_id}", "L1.2", slots.not_before, slots.not_before + timedelta(hours=2))
    await heard(
        host,
        service_desk.SlotsOffered(
            asked.promise_id, need.need_id, slots.request_no, (slot,), asked.hold_until
        ),
    )
    sent = (await told(host, QuoteSent))[-1]
    assert sent.price == Money(4000, "EUR")
    return sent.quote_id, asked.promise_id


async def placed(host: Host) -> str:
    """An order of four PCs with their installation, promised."""
    quote_id, _ = await quoted(host)
    order = await host.do(handlers.accept_quote, commands.AcceptQuote(quote_id, "o1", "c1"))
    await heard(
        host,
        materials.RequirementsPlanned("o1", (DateStep("L1.1", Quantity(4), SOON),), ()),
        service_desk.VisitBooked("v1", "o1", "L1.2", SOON, SOON, ("t1",)),
    )
    return order.order_id
