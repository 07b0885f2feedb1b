"""Clients who do not answer: reminded, called, held; and what comes of an answer that is late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.desk_made import asked, at, lot, placed, ready
from tests.desk_stage import Stage

from contracts.service_desk import (
    GoodsDispatched,
    MessageSent,
    ScheduleLine,
    TicketOpened,
    TicketResolved,
    VisitClientSilent,
    VisitConfirmed,
    VisitOffered,
    VisitResumed,
    VisitSuspended,
)
from service_desk import commands
from service_desk.domain.visit_rules import NothingToOffer, OfferIsOutdated


async def test_a_silent_client_is_reminded_twice_called_and_then_held(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(placed(slots=await stage.promised(not_before=at(8, 20))))
    told = []
    for _ in range(5):
        await stage.pass_time(days=1)
        kinds = (MessageSent, TicketOpened, VisitClientSilent)
        told.append(tuple([len(await stage.told(kind)) for kind in kinds]))
    assert told == [(1, 0, 0), (2, 0, 0), (2, 1, 0), (2, 1, 1), (2, 1, 1)]
    assert (await stage.states(), await stage.engaged()) == ([("visit", "held")], [])


async def silent_for(stage: Stage, days: int) -> VisitOffered:
    """The client says nothing for days; the offer that was to be answered."""
    await stage.opened()
    await stage.hear(placed(slots=await stage.promised(not_before=at(8, 20))))
    for _ in range(days):
        await stage.pass_time(days=1)
    assert await stage.states() == [("visit", "held")]
    return await stage.offer()


async def test_a_late_answer_is_taken_and_ends_the_call(stage: Stage) -> None:
    first = await silent_for(stage, 4)
    await stage.confirm()
    assert (await stage.states(), len(await stage.engaged())) == ([("visit", "confirmed")], 1)
    offer = await stage.offer()
    assert (offer.offer_no, offer.starts_at) == (first.offer_no + 1, first.starts_at)
    assert (await stage.last(VisitConfirmed)).starts_at == first.starts_at
    assert [each.how for each in await stage.told(TicketResolved)] == ["the client answered"]


async def test_who_answers_when_the_time_is_gone_is_offered_the_next_one(stage: Stage) -> None:
    first = await silent_for(stage, 20)
    await stage.confirm()
    assert (await stage.states(), await stage.told(VisitConfirmed)) == ([("visit", "offered")], [])
    assert (await stage.offer()).starts_at > first.starts_at


async def test_who_was_silent_may_choose_another_time_or_decline(stage: Stage) -> None:
    offer = await silent_for(stage, 4)
    await stage.do(commands.MoveVisit(offer.visit_id, offer.starts_at + timedelta(days=3), "c1"))
    assert await stage.states() == [("visit", "offered")]
    for _ in range(5):
        await stage.pass_time(days=1)
    await stage.do(commands.DeclineVisit(offer.visit_id, "not any more", "c1"))
    assert (await stage.states(), await stage.engaged()) == ([("visit", "declined")], [])
    assert (len(await stage.told(TicketOpened)), len(await stage.told(TicketResolved))) == (3, 2)


async def test_a_yes_to_a_time_that_was_given_away_gets_the_next_possible_one(stage: Stage) -> None:
    first = await silent_for(stage, 4)
    await stage.hear(asked("p2", not_before=at(8, 20)))
    assert await stage.engaged() == ["anna"]
    await stage.confirm()
    assert await stage.states() == [("visit", "offered")]
    assert (await stage.offer()).starts_at > first.starts_at
    await stage.confirm()
    assert await stage.states() == [("visit", "confirmed")]


async def test_a_yes_to_an_offer_that_is_not_the_last_one_is_refused_when_held_too(stage: Stage) -> None:
    offer = await silent_for(stage, 4)
    with pytest.raises(OfferIsOutdated, match="offer 1"):
        await stage.do(commands.ConfirmVisit(offer.visit_id, 7, "c1"))
    assert await stage.states() == [("visit", "held")]


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (lambda visit_id: commands.RescheduleVisit(visit_id, None), "offered"),
        (lambda visit_id: commands.CancelVisit(visit_id, "moved away"), "cancelled"),
    ],
)
async def test_a_dispatcher_who_settles_it_ends_the_call(
    stage: Stage, act: Callable[[str], object], state: str
) -> None:
    offer = await silent_for(stage, 4)
    await stage.do(act(offer.visit_id))
    assert await stage.states() == [("visit", state)]
    (opened,), (resolved,) = await stage.told(TicketOpened), await stage.told(TicketResolved)
    assert opened.ticket_id == resolved.ticket_id


async def goods_of_a_silent_client(stage: Stage) -> VisitOffered:
    """Goods are offered to a client who says nothing; the offer that was to be answered."""
    await stage.hear(placed(lines=(("L1", "pc"),)), ready("L1", lot("a")))
    offer = await stage.offer()
    for _ in range(4):
        await stage.pass_time(days=1)
    assert await stage.states() == [("hand-over", "held")]
    return offer


def suspended(offer: VisitOffered) -> tuple[Any, ...]:
    """What is told of goods whose client has to speak first."""
    return offer.visit_id, "hand-over", offer.order_id, ("L1",), (ScheduleLine("L1", 1),)


@pytest.mark.parametrize(
    "act",
    [
        lambda offer: commands.ConfirmVisit(offer.visit_id, offer.offer_no, "c1"),
        lambda offer: commands.MoveVisit(offer.visit_id, at(8, 30), "c1"),
        lambda offer: commands.RescheduleVisit(offer.visit_id, None),
    ],
)
async def test_goods_of_a_silent_client_are_free_and_gathered_anew_before_they_are_offered(
    stage: Stage, act: Callable[[VisitOffered], object]
) -> None:
    offer = await goods_of_a_silent_client(stage)
    assert await stage.told(VisitSuspended) == [VisitSuspended(*suspended(offer))]
    await stage.do(act(offer))
    assert await stage.told(VisitResumed) == [VisitResumed(*suspended(offer))]
    assert (await stage.states(), await stage.told(VisitConfirmed)) == ([("hand-over", "gathering")], [])
    await stage.hear(ready("L1", lot("b")))
    again = await stage.offer()
    assert (again.visit_id, again.offer_no) == (offer.visit_id, offer.offer_no + 1)
    await stage.confirm()
    await stage.do(commands.DispatchGoods(offer.visit_id, 0))
    (gone,) = await stage.told(GoodsDispatched)
    assert [each.lot_id for line in gone.lines for each in line.lots] == ["b"]


async def test_a_dispatcher_cannot_offer_goods_that_do_not_lie_ready(stage: Stage) -> None:
    offer = await goods_of_a_silent_client(stage)
    await stage.do(commands.ConfirmVisit(offer.visit_id, None, "c1"))
    with pytest.raises(NothingToOffer, match="do not lie ready"):
        await stage.do(commands.RescheduleVisit(offer.visit_id, None))
    assert await stage.states() == [("hand-over", "gathering")]
