"""Promises: what is free is given once, what is not there is planned, holds end, orders keep what was held."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from contracts.materials import (
    HoldExpired,
    PromiseOffered,
    PromiseRefused,
    RequirementsPlanned,
    ReservationReleased,
    SupplyLate,
)
from contracts.orders import NewDateAccepted, PromiseWithdrawn
from contracts.shapes import LineDate
from contracts.values import Quantity
from services.materials.tests.made import (
    DAY,
    HARD,
    HARD_WINDOW,
    NOW,
    SOFT,
    acknowledged,
    ask,
    cancelled,
    hardening,
    issued,
    line,
    placed,
    recipe,
    terms,
)
from services.materials.tests.stage import Stage, record


async def test_twenty_who_ask_at_once_for_the_last_ten_pieces_get_ten_promises(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.stock("L", "gear", "10")
    asks = [ask(f"p{number}", line("gear", "1")) for number in range(20)]
    await asyncio.gather(*(stage.host.hear([record(each)]) for each in asks))
    offered, refused = await stage.told(PromiseOffered), await stage.told(PromiseRefused)
    assert (len(offered), len(refused)) == (10, 10)
    assert await stage.balances() == {("L", "main"): ("10", "10")}


async def test_when_it_can_be_bought_the_rest_get_the_next_feasible_date(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 7))
    await stage.stock("L", "gear", "10")
    asks = [ask(f"p{number}", line("gear", "1", days=1)) for number in range(20)]
    await stage.hear(*asks)
    dates = sorted(step.at for each in await stage.told(PromiseOffered) for step in each.steps)
    assert dates[:10] == [NOW + DAY] * 10
    assert dates[10:] == [NOW + 9 * DAY] * 10, "seven days from the end of the hold on"


async def test_the_answer_names_the_reason_and_the_date_if_placed_at_once(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 7), ask("p", line("gear", "1", days=1)))
    (offered,) = await stage.told(PromiseOffered)
    assert offered.reasons == (
        f"l1: lead time of gear at plant-1, {(NOW + 9 * DAY).date()}, {(NOW + 7 * DAY).date()} if placed at once",
    )


@pytest.mark.parametrize(
    ("item", "quantity", "reason"),
    [("nothing", "1", "no item nothing"), ("gear", "1.5", "gear is counted in whole multiples of 1 piece")],
)
async def test_what_cannot_be_is_refused_with_its_reason(
    stage: Stage, item: str, quantity: str, reason: str
) -> None:
    await stage.opened("gear")
    await stage.hear(ask("p", line(item, quantity)))
    (refused,) = await stage.told(PromiseRefused)
    assert refused.reason == reason


async def test_a_recipe_that_becomes_effective_later_is_named_as_the_next_possible_moment(
    stage: Stage,
) -> None:
    await stage.opened("gear", "blank")
    later = recipe("cut", {"blank": "1"}, {"gear": "1"}, effective_from=NOW + 90 * DAY)
    await stage.hear(later, terms("blank"), ask("p", line("gear", "1")))
    (refused,) = await stage.told(PromiseRefused)
    assert refused.next_possible_at == NOW + 90 * DAY


async def test_the_same_ask_gets_the_same_answer_and_an_overtaken_one_none(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.stock("L", "gear", "10")
    first = ask("p", line("gear", "4"))
    await stage.hear(first)
    await stage.hear(replace(first, hold_until=first.hold_until))
    assert len(await stage.told(PromiseOffered)) == 2
    await stage.hear(replace(first, request_no=2, lines=(line("gear", "6"),)), first)
    offered = await stage.told(PromiseOffered)
    assert [each.request_no for each in offered] == [1, 1, 2]
    assert await stage.balances() == {("L", "main"): ("10", "6")}


async def test_a_hold_ends_at_its_time_and_what_it_kept_is_free(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear"))
    await stage.stock("L", "gear", "3")
    await stage.hear(ask("p", line("gear", "10")))
    assert len(await stage.planned()) == 1
    await stage.pass_time(days=2)
    assert [each.promise_id for each in await stage.told(HoldExpired)] == ["p"]
    assert await stage.balances() == {("L", "main"): ("3", "0")}
    assert await stage.planned() == []


async def test_a_withdrawal_frees_and_one_that_comes_first_is_remembered(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.stock("L", "gear", "10")
    await stage.hear(ask("p", line("gear", "4")), PromiseWithdrawn("p", "need-p", "declined"))
    await stage.hear(PromiseWithdrawn("q", "need-q", "declined"), ask("q", line("gear", "4")))
    assert [each.promise_id for each in await stage.told(ReservationReleased)] == ["p"]
    assert await stage.balances() == {("L", "main"): ("10", "0")}


async def test_an_order_after_the_hold_has_ended_is_planned_anew(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.stock("L", "gear", "10")
    asked = ask("p", line("gear", "4"))
    await stage.hear(asked)
    await stage.pass_time(days=3)
    await stage.hear(placed(asked))
    planned = await stage.last(RequirementsPlanned)
    assert [(peg.supply_kind, peg.quantity) for peg in planned.pegs] == [("on-hand", Quantity(4))]
    assert await stage.balances() == {("L", "main"): ("10", "4")}


async def test_cancelling_gives_back_stock_and_what_was_planned_and_a_cancel_first_is_remembered(
    stage: Stage,
) -> None:
    await stage.opened("gear", "blank")
    await stage.hear(recipe("cut", {"blank": "2"}, {"gear": "1"}), terms("blank"))
    await stage.stock("L", "gear", "3")
    asked = ask("p", line("gear", "10"))
    await stage.hear(asked, placed(asked))
    assert await stage.planned() == [("blank", "buy", "planned", "14"), ("gear", "make", "planned", "7")]
    await stage.hear(cancelled(placed(asked)))
    assert await stage.planned() == []
    assert await stage.balances() == {("L", "main"): ("3", "0")}
    late = ask("q", line("gear", "1"))
    await stage.hear(cancelled(placed(late)), placed(late))
    assert await stage.balances() == {("L", "main"): ("3", "0")}


async def test_a_property_window_takes_fitting_lots_first_and_then_a_run_into_the_window(
    stage: Stage,
) -> None:
    await stage.opened("shaft")
    await stage.hear(hardening(), terms("shaft", properties=(SOFT,)))
    await stage.stock("soft", "shaft", "100", SOFT)
    await stage.stock("hard", "shaft", "30", HARD)
    await stage.hear(ask("p", line("shaft", "50", window=HARD_WINDOW)))
    assert await stage.balances() == {("hard", "main"): ("30", "30"), ("soft", "main"): ("100", "20")}
    assert await stage.planned() == [("shaft", "make", "planned", "20")]


async def test_a_late_answer_of_a_vendor_reaches_the_order_and_new_dates_end_it(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    asked = ask("p", line("gear", "10", days=10))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=5)
    purchase = await stage.order_of("gear")
    late_at = NOW + 14 * DAY
    await stage.hear(issued(purchase, "gear", "10"), acknowledged(purchase, "gear", "10", late_at))
    (late,) = await stage.told(SupplyLate)
    assert (late.order_id, late.supply_kind, late.supply_id) == ("order-p", "purchase", purchase)
    assert late.lines == (LineDate("l1", NOW + 10 * DAY, late_at),)
    await stage.hear(NewDateAccepted("order-p", (LineDate("l1", NOW + 11 * DAY, late_at + DAY),)))
    assert await stage.rows("SELECT late, promised_at FROM demands") == [(False, late_at)]
