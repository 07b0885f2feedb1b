"""Quotes that could be kept sooner with a substitute: shown, taken by whom they are for, and promised anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from backbone.errors import NotFound
from backbone.service import Host
from contracts.instead import StandIn, SubstituteOffered
from contracts.materials import PromiseOffered, PromiseRefused
from contracts.orders import OrderPlaced, PromiseRequested, PromiseWithdrawn, QuoteSent, SlotsRequested
from contracts.service_desk import SlotsOffered
from contracts.shapes import HAND_OVER, DateStep, DemandLine, Instead, Slot
from contracts.values import Quantity
from orders import commands, handlers, queries
from orders.domain.promise import GRACE, HOLD, Alternative, Promise, SubstituteIsNotOffered
from orders.domain.states import WrongState
from orders.queries.quotes import AlternativeView, QuoteView, StandsIn
from services.orders.tests.stage import NOW, SOON, fire_until, heard, quoted, refused, told

DAY = timedelta(days=1)
EARLY = SOON - 5 * DAY
LET = (Instead("plant-1", "card-a", "card-b", "ann"),)
TAKEN = (StandsIn("card-a", "card-b"),)


def offered(promise_id: str, request_no: int = 1, sku: str = "card-a") -> SubstituteOffered:
    steps = (DateStep("L1.1", Quantity(4), EARLY),)
    return SubstituteOffered(promise_id, "n", request_no, "plant-1", sku, "card-b", steps)


async def shown(host: Host, quote_id: str) -> QuoteView:
    async with host.read() as sql:
        return await queries.find_quote(sql, quote_id, party="c1")


async def take(host: Host, quote_id: str, sku: str = "card-a", party: str | None = "c1") -> None:
    await host.do(
        handlers.take_substitute, commands.TakeSubstitute(quote_id, ((sku, "card-b"),), "ann", party)
    )


async def answered(host: Host, asked: PromiseRequested, *, instead: tuple[Instead, ...]) -> QuoteSent:
    """Materials holds it anew, the service desk finds people; the quote as it is sent then."""
    steps = (DateStep("L1.1", Quantity(4), EARLY if instead else SOON),)
    await heard(
        host,
        PromiseOffered(
            asked.promise_id, asked.need_id, asked.request_no, steps, asked.hold_until, (), instead=instead
        ),
    )
    slots: SlotsRequested = (await told(host, SlotsRequested))[-1]
    slot = Slot("slot-anew", "L1.2", slots.not_before, slots.not_before + timedelta(hours=2))
    await heard(
        host, SlotsOffered(asked.promise_id, asked.need_id, slots.request_no, (slot,), asked.hold_until)
    )
    sent: QuoteSent = (await told(host, QuoteSent))[-1]
    return sent


async def test_a_quote_shows_what_would_let_it_be_kept_sooner(host: Host) -> None:
    quote_id, promise_id = await quoted(host)
    assert (await shown(host, quote_id)).alternatives == ()
    await heard(host, offered(promise_id))
    quote = await shown(host, quote_id)
    assert quote.alternatives == (AlternativeView("card-a", "card-b", EARLY + HAND_OVER),)
    assert [line.instead for line in quote.lines] == [(), ()]


async def test_who_takes_a_substitute_has_the_promise_asked_for_anew_and_orders_it_so(host: Host) -> None:
    quote_id, promise_id = await quoted(host)
    before = (await told(host, QuoteSent))[-1]
    await heard(host, offered(promise_id))
    await take(host, quote_id)
    asked: PromiseRequested = (await told(host, PromiseRequested))[-1]
    assert (asked.promise_id, asked.request_no) == (promise_id, 3), "after the goods and the people"
    assert [line.instead for line in asked.lines] == [LET, ()], "what comes no sooner stays as it is"
    waiting = await shown(host, quote_id)
    assert (waiting.state, [line.at for line in waiting.lines]) == ("draft", [None, None])
    with pytest.raises(WrongState):
        await host.do(handlers.accept_quote, commands.AcceptQuote(quote_id, "o1", "c1"))

    sent = await answered(host, asked, instead=LET)
    assert sent.quote_id == quote_id
    assert [line.instead for line in sent.lines] == [LET, ()]
    assert [line.at for line in sent.lines] < [line.at for line in before.lines]
    assert sent.expires_at == before.expires_at
    quote = await shown(host, quote_id)
    assert (quote.state, quote.alternatives) == ("sent", ())
    assert [line.instead for line in quote.lines] == [TAKEN, ()]

    await host.do(handlers.accept_quote, commands.AcceptQuote(quote_id, "o1", "c1"))
    placed: OrderPlaced = (await told(host, OrderPlaced))[-1]
    assert [line.demand.instead for line in placed.lines] == [LET, ()]
    async with host.read() as sql:
        order = await queries.find_order(sql, "o1", party="c1")
    assert [line.instead for line in order.lines] == [TAKEN, ()]


async def test_what_nobody_can_promise_is_shown_with_its_substitute_taken_promised_and_ordered(
    host: Host,
) -> None:
    quote_id, promise_id = await refused(host)
    quote = await shown(host, quote_id)
    assert (quote.state, quote.refused, quote.alternatives) == ("draft", True, ())
    with pytest.raises(SubstituteIsNotOffered):
        await take(host, quote_id)
    assert await waiting(host) == []
    await heard(host, offered(promise_id))
    assert [each.quote_id for each in await waiting(host)] == [quote_id]
    quote = await shown(host, quote_id)
    assert quote.alternatives == (AlternativeView("card-a", "card-b", EARLY + HAND_OVER),)
    with pytest.raises(WrongState):
        await host.do(handlers.accept_quote, commands.AcceptQuote(quote_id, "o1", "c1"))

    await take(host, quote_id)
    asked: PromiseRequested = (await told(host, PromiseRequested))[-1]
    assert (asked.promise_id, asked.request_no) == (promise_id, 2)
    assert [line.instead for line in asked.lines] == [LET, ()], "no service is made of it"
    assert await attention(host) == [None], "nobody has to look at it any more"
    quote = await shown(host, quote_id)
    assert (quote.state, quote.refused, quote.alternatives) == ("draft", False, ())
    sent = await answered(host, asked, instead=LET)
    assert [line.instead for line in sent.lines] == [LET, ()]
    await host.do(handlers.accept_quote, commands.AcceptQuote(quote_id, "o1", "c1"))
    assert len(await told(host, OrderPlaced)) == 1


async def test_the_time_for_which_it_is_held_begins_when_the_substitute_is_taken(host: Host) -> None:
    quote_id, promise_id = await refused(host)
    await heard(host, offered(promise_id))
    await fire_until(host, NOW + 2 * HOLD)
    await take(host, quote_id)
    asked: PromiseRequested = (await told(host, PromiseRequested))[-1]
    assert asked.hold_until == NOW + 3 * HOLD
    sent = await answered(host, asked, instead=LET)
    assert sent.expires_at == asked.hold_until - GRACE


async def test_what_is_refused_with_the_substitute_too_is_left_to_a_person(host: Host) -> None:
    quote_id, promise_id = await refused(host)
    await heard(host, offered(promise_id))
    await take(host, quote_id)
    await heard(host, PromiseRefused(promise_id, "n", 2, "nothing supplies card-b", None))
    assert len(await told(host, PromiseWithdrawn)) == 1
    assert await attention(host) == ["nothing supplies card-b"]
    quote = await shown(host, quote_id)
    assert (quote.refused, quote.alternatives) == (True, ())
    with pytest.raises(SubstituteIsNotOffered):
        await take(host, quote_id)


async def test_what_is_refused_is_left_by_its_customer_and_not_to_be_had_any_more(host: Host) -> None:
    quote_id, promise_id = await refused(host)
    await heard(host, offered(promise_id))
    await host.do(handlers.decline_quote, commands.DeclineQuote(quote_id, "c1"))
    quote = await shown(host, quote_id)
    assert (quote.state, quote.refused, quote.alternatives) == ("declined", False, ())
    assert await waiting(host) == []
    with pytest.raises(WrongState):
        await take(host, quote_id)


LID = StandIn("plant-1", "lid-a", "lid-b", ("L1.1",))
BOTH = (("lid-a", "lid-b"), ("card-a", "card-b"))


async def test_several_stand_in_together_where_they_are_shown_together(host: Host) -> None:
    quote_id, promise_id = await quoted(host)
    one = offered(promise_id)
    await heard(host, one, replace(one, also=(LID,), steps=(DateStep("L1.1", Quantity(4), EARLY - DAY),)))
    alone, together = (await shown(host, quote_id)).alternatives
    assert (alone.also, together.also) == ((), (StandsIn("lid-a", "lid-b"),))
    assert together.at < alone.at
    taking = commands.TakeSubstitute(quote_id, BOTH[:1], "ann", "c1")
    with pytest.raises(SubstituteIsNotOffered, match="lid-b instead of lid-a"):
        await host.do(handlers.take_substitute, taking)
    await host.do(handlers.take_substitute, replace(taking, names=BOTH))
    asked: PromiseRequested = (await told(host, PromiseRequested))[-1]
    let = (*LET, Instead("plant-1", "lid-a", "lid-b", "ann"))
    assert [line.instead for line in asked.lines] == [let, ()]
    sent = await answered(host, asked, instead=let)
    assert [line.instead for line in sent.lines] == [let, ()]
    both = (*TAKEN, StandsIn("lid-a", "lid-b"))
    assert [line.instead for line in (await shown(host, quote_id)).lines] == [both, ()]


def test_each_line_lets_what_it_is_made_of_stand_in() -> None:
    lines = tuple(
        DemandLine(line_id, "good", "PC", Quantity(1), "piece", "plant-1", SOON)
        for line_id in ("L1.1", "L2", "L3")
    )
    steps = tuple(DateStep(line.line_id, Quantity(1), SOON) for line in lines)
    refused = Promise("p", "n", "q", "c", "a", 1, "partial", lines, "refused", 1, SOON)
    one = Alternative("plant-1", "card-a", "card-b", steps, ("L1.1", "L2"), (LID,))
    asked = refused.could_be(1, one).taking(BOTH, "ann", NOW)
    assert [[each.sku for each in line.instead] for line in asked.demand] == [
        ["card-a", "lid-a"],
        ["card-a"],
        [],
    ]


async def waiting(host: Host) -> list[QuoteView]:
    async with host.read() as sql:
        return [each for _, each in await queries.page_waiting_quotes(sql, party="c1", after="", limit=10)]


async def attention(host: Host) -> list[str | None]:
    async with host.read() as sql:
        return [row.attention for row in await sql.execute(text("SELECT attention FROM needs"))]


async def test_what_comes_no_sooner_any_more_leaves_the_quote_as_it_was(host: Host) -> None:
    quote_id, promise_id = await quoted(host)
    before = (await told(host, QuoteSent))[-1]
    await heard(host, offered(promise_id))
    await take(host, quote_id)
    sent = await answered(host, (await told(host, PromiseRequested))[-1], instead=())
    assert [line.instead for line in sent.lines] == [(), ()]
    assert sent.lines[0].at == before.lines[0].at
    assert (await shown(host, quote_id)).alternatives == ()


async def test_only_what_was_offered_is_taken_and_only_by_whom_it_was_offered_to(host: Host) -> None:
    quote_id, promise_id = await quoted(host)
    with pytest.raises(SubstituteIsNotOffered):
        await take(host, quote_id)
    await heard(host, offered(promise_id))
    with pytest.raises(SubstituteIsNotOffered):
        await take(host, quote_id, "card-c")
    with pytest.raises(NotFound):
        await take(host, quote_id, party="c2")
    await host.do(handlers.accept_quote, commands.AcceptQuote(quote_id, "o1", "c1"))
    with pytest.raises(WrongState):
        await take(host, quote_id)
    assert len(await told(host, PromiseRequested)) == 1


async def test_what_is_offered_for_a_quote_that_has_ended_is_not_shown(host: Host) -> None:
    quote_id, promise_id = await quoted(host)
    await host.do(handlers.decline_quote, commands.DeclineQuote(quote_id, "c1"))
    await heard(host, offered(promise_id))
    assert (await shown(host, quote_id)).alternatives == ()


def test_an_offer_of_the_same_substitute_again_replaces_the_one_before() -> None:
    one = Alternative("plant-1", "card-a", "card-b", ())
    other = Alternative("plant-1", "card-c", "card-b", ())
    asked = Promise("p", "n", "q", "c", "a", 1, "partial", (), "given", 2, SOON)
    known = asked.could_be(1, one).could_be(1, other).could_be(1, one)
    assert known.alternatives == (other, one)
    assert asked.could_be(3, one) is asked, "of an ask that was never made"


def test_only_the_lines_that_come_sooner_let_it_stand_in() -> None:
    lines = tuple(
        DemandLine(line_id, "good", "PC", Quantity(1), "piece", "plant-1", SOON) for line_id in ("L1", "L2")
    )
    steps = tuple(DateStep(line.line_id, Quantity(1), SOON) for line in lines)
    sooner = (replace(steps[0], at=EARLY), steps[1])
    given = Promise("p", "n", "q", "c", "a", 1, "partial", lines, "given", 1, SOON, steps)
    asked = given.could_be(1, Alternative("plant-1", "card-a", "card-b", sooner)).taking(
        [("card-a", "card-b")], "ann", NOW
    )
    assert [line.instead for line in asked.demand] == [LET, ()]
    assert asked.hold_until == given.hold_until


@pytest.mark.parametrize(("line_ids", "let"), [(("L2",), [(), LET]), ((), [LET, LET])])
def test_of_what_was_refused_the_lines_that_are_made_of_it_let_it_and_it_is_held_from_now_on(
    line_ids: tuple[str, ...], let: list[tuple[Instead, ...]]
) -> None:
    lines = tuple(
        DemandLine(line_id, "good", "PC", Quantity(1), "piece", "plant-1", SOON) for line_id in ("L1", "L2")
    )
    steps = tuple(DateStep(line.line_id, Quantity(1), SOON) for line in lines)
    refused = Promise("p", "n", "q", "c", "a", 1, "partial", lines, "asked", 1, SOON).refused(1, None)
    one = Alternative("plant-1", "card-a", "card-b", steps, line_ids)
    asked = refused.could_be(1, one).taking([("card-a", "card-b")], "ann", NOW)
    assert [line.instead for line in asked.demand] == let
    assert (asked.state, asked.request_no, asked.hold_until) == ("asked", 2, NOW + HOLD)
    assert asked.refused(2, None).state == "withdrawn", "there is nothing left to wait for"


@pytest.mark.parametrize("state", ["withdrawn", "expired", "accepted"])
def test_what_has_ended_or_took_one_already_could_not_be_otherwise_any_more(state: str) -> None:
    one = Alternative("plant-1", "card-a", "card-b", ())
    line = DemandLine("L1", "good", "PC", Quantity(1), "piece", "plant-1", SOON, instead=LET)
    ended = Promise("p", "n", "q", "c", "a", 1, "partial", (), state, 2, SOON)
    taken = replace(ended, state="given", demand=(line,))
    assert (ended.could_be(1, one), taken.could_be(1, one)) == (ended, taken)
