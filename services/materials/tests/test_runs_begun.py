"""Runs that have begun: nobody is asked to change them, whatever is heard of them first and how often."""

from __future__ import annotations

from itertools import permutations

import pytest

from contracts.answers import ActionMessageClosed, ActionMessageOpened, RunWishRefused
from contracts.production import RunStarted
from materials import commands
from materials.commands import PublishPlan
from materials.domain.message import MessageIsNotOpen
from services.materials.tests.made import (
    DAY,
    NOW,
    ask,
    cancelled,
    consumed,
    line,
    part,
    placed,
    scheduled,
    started,
)
from services.materials.tests.plans import orders_of, planned_anew
from services.materials.tests.stage import Stage
from services.materials.tests.test_increasing import increases
from services.materials.tests.test_lot_periods import ordered, quantities
from services.materials.tests.test_runs_resized import accepted, cut_gears


async def closings(stage: Stage) -> list[tuple[str, str]]:
    return [(each.kind, each.how) for each in await stage.told(ActionMessageClosed)]


async def open_kinds(stage: Stage) -> list[str]:
    """What is asked for; that something comes later than it is needed may be said of whatever is under way."""
    rows = await stage.rows(
        "SELECT kind FROM action_messages WHERE state = 'open' AND kind <> 'expedite' ORDER BY kind"
    )
    return [kind for (kind,) in rows]


async def too_large(stage: Stage) -> str:
    """A run of fifteen gears of which ten are wanted by now; its planned order."""
    order = await cut_gears(stage, fence_days=0)
    await ordered(stage, "q", "5", 13)
    await stage.pass_time(days=3)
    await stage.hear(scheduled(order, NOW + 3 * DAY, NOW + 13 * DAY))
    await stage.hear(cancelled(placed(ask("q", line("gear", "5", 13)))))
    return order


async def test_a_run_that_has_begun_is_not_asked_to_be_larger(stage: Stage) -> None:
    order = await cut_gears(stage)
    await stage.hear(started(order))
    await ordered(stage, "q", "15", 14)
    assert await increases(stage) == []
    assert await quantities(stage) == [("03-14", 10), ("03-16", 15)]


async def test_what_was_asked_of_a_run_ends_when_it_begins(stage: Stage) -> None:
    order = await cut_gears(stage)
    await ordered(stage, "q", "15", 14)
    assert await open_kinds(stage) == ["increase"]
    await stage.hear(started(order))
    assert await open_kinds(stage) == []
    assert await closings(stage) == [("increase", "the run has begun")]
    with pytest.raises(MessageIsNotOpen):
        await stage.do(commands.AnswerMessage(f"{order}@increase"))


@pytest.mark.parametrize("began_first", [True, False])
async def test_a_wish_that_comes_after_the_beginning_is_not_asked_for_again(
    stage: Stage, began_first: bool
) -> None:
    order = await cut_gears(stage)
    await ordered(stage, "q", "15", 14)
    await accepted(stage, order)
    refused = RunWishRefused(f"run-{order}", order, "increase", f"run run-{order} is running already")
    for fact in (started(order), refused) if began_first else (refused, started(order)):
        await stage.hear(fact)
    assert await open_kinds(stage) == []
    await ordered(stage, "r", "1", 15)
    assert await open_kinds(stage) == []


async def test_a_run_that_has_begun_is_not_asked_to_be_smaller(stage: Stage) -> None:
    order = await too_large(stage)
    assert await open_kinds(stage) == ["decrease"]
    await stage.hear(started(order))
    assert await open_kinds(stage) == []
    await stage.hear(cancelled(placed(ask("p", line("gear", "10", 12)))))
    await ordered(stage, "r", "4", 20)
    assert await open_kinds(stage) == [], "neither less, nor later, nor not at all"
    assert await quantities(stage) == [("03-14", 15)], "what it makes serves whoever comes"


@pytest.mark.parametrize("places", list(permutations(range(3))))
async def test_whatever_is_heard_first_of_a_run_it_ends_as_the_same(
    stage: Stage, places: tuple[int, ...]
) -> None:
    order = await too_large(stage)
    facts = (
        started(order),
        scheduled(order, NOW + 4 * DAY, NOW + 14 * DAY),
        consumed(order, part("B", "blank", "30", 0)),
    )
    for place in places:
        await stage.hear(facts[place])
    rows = await stage.rows(
        """
        SELECT planned_orders.state, planned_orders.quantity_micro / 1000000, confirmed_at, m.state
        FROM planned_orders JOIN action_messages AS m USING (planned_order_id) WHERE kind = 'decrease'
        """
    )
    assert rows == [("running", 15, NOW + 14 * DAY, "closed")]


async def test_the_beginning_of_a_run_that_is_not_here_waits_for_it(stage: Stage) -> None:
    await stage.hear(RunStarted("run-part", "part"))
    assert len(await stage.parked()) == 1


async def test_a_plan_of_the_site_keeps_a_run_that_has_begun_and_asks_nothing_of_it(stage: Stage) -> None:
    order = await cut_gears(stage)
    await stage.hear(started(order))
    await stage.hear(cancelled(placed(ask("p", line("gear", "10", 12)))))
    await ordered(stage, "q", "4", 40)
    plan = await planned_anew(stage)
    assert await orders_of(stage, plan) == []
    assert plan.supplies == 1
    await stage.do(PublishPlan(plan.plan_id, accepts_later=False))
    asked = [each.kind for each in await stage.told(ActionMessageOpened)]
    assert asked == [], "a run that has begun is neither put off nor given up"


@pytest.mark.parametrize("gone_first", [True, False], ids=["left before", "left after"])
async def test_nobody_is_asked_to_cancel_a_transfer_that_has_left(stage: Stage, gone_first: bool) -> None:
    await stage.opened("gear", sites=("plant-1", "plant-2"))
    await stage.planned_by("gear", source="transfer", from_site_id="plant-2")
    await stage.stock("L", "gear", "10", site_id="plant-2")
    asked = ask("p", line("gear", "10", days=5))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=4)
    transfer = await stage.order_of("gear")
    acts = [stage.do(commands.DispatchTransfer(transfer)), stage.hear(cancelled(placed(asked)))]
    for act in acts if gone_first else reversed(acts):
        await act
    assert await open_kinds(stage) == []
    await stage.do(commands.ReceiveTransfer(transfer))
    assert await stage.balances() == {("L", "main"): ("10", "0")}
