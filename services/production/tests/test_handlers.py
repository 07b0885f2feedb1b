"""Runs on real rows: asked for, allowed, acted on; lots inspected and decided on; each fact heard again and again."""

from __future__ import annotations

import pytest

from contracts.production import (
    CalendarChanged,
    LotDisposed,
    LotInspected,
    MaterialConsumed,
    MaterialProduced,
    ParameterRecorded,
    RecipeApproved,
    RecipeRetired,
    RunAborted,
    RunClosed,
    RunEnded,
    RunHeld,
    RunRefused,
    RunResumed,
    RunScheduled,
    RunStarted,
    WorkCentreDefined,
)
from contracts.values import Quantity
from contracts.vendors import GoodsReceived, ReceivedLine
from production import commands
from production.domain.act import Abort, End, Hold, Measure, Reading, Report, Resume, Start
from production.domain.recipe import SecondPersonNeeded
from production.domain.states import WrongState
from services.production.tests.made import DAY, NOW, asked, hardening, lot, staged
from services.production.tests.stage import Stage


async def test_a_run_goes_from_its_ask_to_its_reckoning(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked())
    (scheduled,) = await stage.told(RunScheduled)
    assert scheduled.ends_at <= NOW + 10 * DAY
    assert scheduled.operations[0].load_minutes == Quantity(310)
    with pytest.raises(WrongState, match="scheduled"):
        await stage.act(Start())
    await stage.hear(staged(lot("bar", "500", 50_000)))
    await stage.act(
        Start(), Measure((Reading(10, "temperature", Quantity(852)),)), Hold("no power"), Resume()
    )
    await stage.act(Report(runs=Quantity(200)), End(Report()))
    kinds = [type(fact) for fact in await stage.all_told()][3:]
    assert kinds == [
        RunScheduled, RunStarted, ParameterRecorded, RunHeld, RunResumed, MaterialConsumed, MaterialProduced,
        MaterialConsumed, MaterialProduced, RunEnded, RunClosed,
    ]  # fmt: skip
    taken = [part.quantity for fact in await stage.told(MaterialConsumed) for part in fact.lots]
    assert taken == [Quantity(200), Quantity(300)]
    cost = sum(each.part.cost.total for fact in await stage.told(MaterialProduced) for each in fact.lots)
    assert cost == 50_000 + (await stage.last(RunClosed)).cost.total
    assert await stage.parked() == []


async def test_a_run_that_is_asked_for_again_gets_the_same_answer(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked())
    await stage.hear(asked())
    first, second = await stage.told(RunScheduled)
    assert first == second


async def test_a_run_of_an_unknown_recipe_is_refused_with_its_reason(stage: Stage) -> None:
    await stage.hear(asked())
    (refused,) = await stage.told(RunRefused)
    assert refused.reason == "no version 1 of recipe harden"


async def test_material_that_is_staged_before_its_run_is_known_waits(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(staged(lot("bar", "500")))
    assert [wait for *_, wait in await stage.parked()] == ["p1"]


async def test_an_aborted_run_says_so_and_takes_no_more_acts(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked(), staged(lot("bar", "500")))
    await stage.act(Start(), Abort("broken furnace"))
    assert [each.reason for each in await stage.told(RunAborted)] == ["broken furnace"]
    with pytest.raises(WrongState):
        await stage.act(Report())


async def test_many_runs_are_acted_on_at_once_and_a_refusal_touches_its_own_run_alone(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked("p1"), asked("p2"), staged(lot("bar", "500")))
    ids = [await stage.run("p1"), await stage.run("p2"), "nothing"]
    acts = tuple(commands.ActOnRun(run_id, Start(), "olga") for run_id in ids)
    before = dict(await stage.rows("SELECT run_id, version FROM runs"))
    started, refused, unknown = await stage.do(commands.ActOnRuns(acts))
    after = dict(await stage.rows("SELECT run_id, version FROM runs"))
    # Who has seen the refused run may still act on what was seen.
    assert {run_id for run_id in after if after[run_id] != before[run_id]} == {ids[0]}
    assert started.state == "running"
    assert (refused.refusal.status, unknown.refusal.status) == (409, 404)
    assert len(await stage.told(RunStarted)) == 1


async def test_a_recipe_needs_a_second_person_and_can_be_retired(stage: Stage) -> None:
    await stage.planted()
    await stage.do(commands.DraftRecipe("harden", hardening(), "erik"))
    await stage.do(commands.SubmitRecipe("harden", 1))
    with pytest.raises(SecondPersonNeeded):
        await stage.do(commands.ApproveRecipe("harden", 1, "erik"))
    await stage.do(commands.ApproveRecipe("harden", 1, "ava"))
    assert [(fact.author, fact.approver) for fact in await stage.told(RecipeApproved)] == [("erik", "ava")]
    await stage.do(commands.RetireRecipe("harden", 1))
    assert len(await stage.told(RecipeRetired)) == 1
    assert (await stage.do(commands.DraftRecipe("harden", hardening(), "erik"))).recipe_version == 2


async def test_masters_are_told_whenever_they_are_defined(stage: Stage) -> None:
    await stage.opened()
    await stage.opened(recipe_id="other")
    assert len(await stage.told(CalendarChanged)) == 2
    assert len(await stage.told(WorkCentreDefined)) == 2


async def blocked(stage: Stage) -> str:
    """A lot that was made out of limits."""
    await stage.opened()
    await stage.hear(asked(), staged(lot("bar", "500")))
    await stage.act(Start(), Measure((Reading(10, "temperature", Quantity(900)),)), End(Report()))
    (produced,) = await stage.told(MaterialProduced)
    assert produced.lots[0].blocked
    return produced.lots[0].part.lot_id


async def test_a_blocked_lot_is_released_reworked_or_scrapped_by_a_decision(stage: Stage) -> None:
    lot_id = await blocked(stage)
    await stage.do(commands.DisposeLot(lot_id, "rework", "too soft", "quinn", "harden"))
    (disposed,) = await stage.told(LotDisposed)
    assert (disposed.disposition, disposed.recipe_id) == ("rework", "harden")
    with pytest.raises(WrongState):
        await stage.do(commands.DisposeLot(lot_id, "scrap", "once more", "quinn", None))


async def test_a_rework_is_decided_on_while_a_version_waits_that_is_not_in_force_yet(stage: Stage) -> None:
    lot_id = await blocked(stage)
    later = hardening(effective_from=NOW + 365 * DAY)
    await stage.do(commands.DraftRecipe("harden", later, "erik"))
    await stage.do(commands.SubmitRecipe("harden", 2))
    await stage.do(commands.ApproveRecipe("harden", 2, "ava"))
    await stage.do(commands.DisposeLot(lot_id, "rework", "too soft", "quinn", "harden"))
    assert (await stage.last(LotDisposed)).recipe_id == "harden"


async def test_to_use_a_blocked_lot_as_it_is_takes_two_people(stage: Stage) -> None:
    lot_id = await blocked(stage)
    await stage.do(commands.DisposeLot(lot_id, "use-as-is", "good enough", "quinn", None))
    assert not await stage.told(LotDisposed)
    with pytest.raises(SecondPersonNeeded):
        await stage.do(commands.DisposeLot(lot_id, "use-as-is", "good enough", "quinn", None))
    await stage.do(commands.DisposeLot(lot_id, "use-as-is", "agreed", "ava", None))
    (disposed,) = await stage.told(LotDisposed)
    assert (disposed.decided_by, disposed.seconded_by) == ("quinn", "ava")


async def test_lots_that_arrive_for_inspection_wait_for_it_and_others_are_not_kept(stage: Stage) -> None:
    lines = (
        ReceivedLine("l1", "p1", "plant-1", (lot("A", "5"),), complete=True, inspect=True),
        ReceivedLine("l2", "p2", "plant-1", (lot("B", "5"),), complete=True),
    )
    await stage.hear(GoodsReceived("po", "forge", "external", "r1", lines))
    assert await stage.rows("SELECT lot_id, state FROM lots") == [("A", "in-inspection")]
    await stage.do(commands.InspectLot("A", passed=False, properties=()))
    assert [(fact.lot_id, fact.passed) for fact in await stage.told(LotInspected)] == [("A", False)]
    assert await stage.rows("SELECT state FROM lots") == [("blocked",)]
