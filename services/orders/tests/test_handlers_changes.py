"""Changes of promised orders on a real PostgreSQL: each answer heard several times, deadlines, and who may see what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backbone.clock import SteppedClock
from backbone.errors import NotFound
from backbone.service import Host
from contracts import materials, service_desk
from contracts.changes import ChangeAnswered, DeliveryChangeAnswered
from contracts.orders import ChangeCommitted, ChangeWithdrawn, OrderCancelled, OrderLineAmended
from contracts.shapes import DateStep, LineQuantity
from contracts.values import Money, Quantity
from orders import commands, handlers, queries
from orders.domain.change import CHANGE_HOLD, Change
from orders.domain.rates import Exchange
from orders.domain.states import WrongState
from services.orders.tests.stage import NOW, SOON, fire_until, heard, quoted, silent_for, told

FEWER = (LineQuantity("L1.1", Quantity(3)),)


async def ordered(host: Host) -> None:
    """A promised order o1 of four pieces and their installation."""
    quote_id, _ = await quoted(host)
    await host.do(handlers.accept_quote, commands.AcceptQuote(quote_id, "o1", "c1"))
    await heard(
        host,
        materials.RequirementsPlanned("o1", (DateStep("L1.1", Quantity(4), SOON),), ()),
        service_desk.VisitBooked("v1", "o1", "L1.2", SOON, SOON, ("t1",)),
    )


async def asked(host: Host, change_id: str = "x") -> None:
    await host.do(handlers.request_amendment, commands.RequestAmendment(change_id, "o1", FEWER, "c1"))


async def seen(host: Host, change_id: str = "x") -> queries.ChangeView:
    async with host.read() as sql:
        return await queries.find_change(sql, "o1", change_id, party="c1")


async def quantities(host: Host) -> list[tuple[str, str, str]]:
    async with host.read() as sql:
        view = await queries.find_order(sql, "o1", party="c1")
    return [(line.line_id, str(line.quantity), line.lifecycle) for line in view.lines]


async def decide(host: Host, *, committed: bool, party: str = "c1") -> Change:
    return await host.do(handlers.decide_change, commands.DecideChange("o1", "x", committed, party))


@pytest.mark.parametrize("turned", [False, True])
async def test_answers_in_any_order_and_twice_lead_to_one_commitment(host: Host, turned: bool) -> None:
    await ordered(host)
    await asked(host)
    answers = [ChangeAnswered("o1", "x"), DeliveryChangeAnswered("o1", "x")]
    await heard(host, *(reversed(answers) if turned else answers))
    assert (await seen(host)).state == "offered"
    await decide(host, committed=True)
    (amended,) = await told(host, OrderLineAmended)
    assert (amended.was, amended.quantity, amended.price.currency) == (Quantity(4), Quantity(3), "EUR")
    assert len(await told(host, ChangeCommitted)) == 1
    assert ("L1.1", "3", "promised") in await quantities(host)
    assert isinstance(amended.price, Money)
    await fire_until(host, NOW + CHANGE_HOLD * 2)
    assert await told(host, ChangeWithdrawn) == []


@pytest.mark.parametrize("rate", ["0.5", None])
async def test_a_charge_in_another_currency_is_said_in_that_of_the_order_at_todays_rate(
    host: Host, rate: str | None
) -> None:
    await ordered(host)
    if rate is not None:
        at = Exchange("USD", "EUR", NOW.date())
        await host.do(handlers.set_day_rate, commands.SetDayRate(at, Quantity(rate), 0))
    await asked(host)
    answer = ChangeAnswered("o1", "x", charge=Money(301, "USD"))
    await heard(host, answer, DeliveryChangeAnswered("o1", "x"))
    change = await seen(host)
    if rate is None:
        reason = "materials: rate USD->EUR missing on 2026-03-02"
        assert (change.state, change.reason) == ("refused", reason)
        return
    assert (change.state, change.charge) == ("offered", Money(150, "EUR"))
    await decide(host, committed=True)
    assert await told(host, ChangeCommitted) == [ChangeCommitted("o1", "x", Money(150, "EUR"))]


async def test_what_one_refuses_is_over_and_the_customer_reads_why(host: Host) -> None:
    await ordered(host)
    await asked(host)
    await heard(host, ChangeAnswered("o1", "x", "run r is running already"))
    view = await seen(host)
    assert (view.state, view.reason) == ("refused", "materials: run r is running already")
    assert ("L1.1", "4", "promised") in await quantities(host)
    await heard(host, DeliveryChangeAnswered("o1", "x"))
    assert len((await seen(host)).answers) == 2
    assert len(await told(host, ChangeWithdrawn)) == 1


async def test_silence_refuses_after_an_hour_and_another_change_may_be_asked(host: Host) -> None:
    await ordered(host)
    await asked(host)
    await silent_for(host, timedelta(minutes=59))
    assert (await seen(host)).state == "asked"
    await silent_for(host, timedelta(minutes=61))
    view = await seen(host)
    assert (view.state, view.reason) == ("refused", "nobody answered: materials, service-desk")
    await heard(host, ChangeAnswered("o1", "x"))
    assert (await seen(host)).state == "refused"
    await asked(host, "y")
    assert (await seen(host, "y")).state == "asked"


async def test_an_offer_that_nobody_takes_ends_with_its_hold(host: Host) -> None:
    await ordered(host)
    await asked(host)
    await heard(host, ChangeAnswered("o1", "x"), DeliveryChangeAnswered("o1", "x"))
    await fire_until(host, NOW + CHANGE_HOLD + timedelta(minutes=1))
    assert (await seen(host)).state == "withdrawn"
    assert ("L1.1", "4", "promised") in await quantities(host)


async def test_an_order_is_cancelled_when_both_let_it_go(host: Host) -> None:
    await ordered(host)
    await host.do(handlers.request_cancellation, commands.RequestCancellation("x", "o1", "no feast", "c1"))
    assert {lifecycle for *_, lifecycle in await quantities(host)} == {"cancel-pending"}
    await heard(host, ChangeAnswered("o1", "x"), DeliveryChangeAnswered("o1", "x"))
    await decide(host, committed=True)
    (cancelled,) = await told(host, OrderCancelled)
    assert (cancelled.order_id, cancelled.reason) == ("o1", "no feast")
    assert {lifecycle for *_, lifecycle in await quantities(host)} == {"cancelled"}


async def test_another_customer_knows_nothing_of_it(host: Host) -> None:
    await ordered(host)
    await asked(host)
    with pytest.raises(NotFound):
        await decide(host, committed=False, party="c2")
    with pytest.raises(NotFound):
        await host.do(handlers.decide_change, commands.DecideChange("o1", "unknown", True, "c1"))
    async with host.read() as sql:
        with pytest.raises(NotFound):
            await queries.find_change(sql, "o1", "x", party="c2")


async def test_an_offer_whose_hold_has_ended_is_not_taken_before_its_end_is_heard(host: Host) -> None:
    await ordered(host)
    await asked(host)
    await heard(host, ChangeAnswered("o1", "x"), DeliveryChangeAnswered("o1", "x"))
    assert isinstance(host.clock, SteppedClock)
    host.clock.advance(NOW + CHANGE_HOLD)
    with pytest.raises(WrongState, match="was possible until 2026-03-03T08:00"):
        await decide(host, committed=True)
    await decide(host, committed=False)
    assert ("L1.1", "4", "promised") in await quantities(host)


async def test_less_and_then_all_of_it_again_costs_what_was_agreed_on(host: Host) -> None:
    await ordered(host)
    async with host.read() as sql:
        (before, _) = [line.price for line in (await queries.find_order(sql, "o1", party="c1")).lines]
    for change_id, quantity in (("x", "0.000001"), ("y", "4")):
        wanted = (LineQuantity("L1.1", Quantity(quantity)),)
        await host.do(handlers.request_amendment, commands.RequestAmendment(change_id, "o1", wanted, "c1"))
        step = DateStep("L1.1", Quantity(quantity), SOON)
        await heard(
            host, ChangeAnswered("o1", change_id, steps=(step,)), DeliveryChangeAnswered("o1", change_id)
        )
        await host.do(handlers.decide_change, commands.DecideChange("o1", change_id, True, "c1"))
    less, more = [fact.price for fact in await told(host, OrderLineAmended)]
    assert (less.minor, more) == (0, before)
