"""Less of runs: kept possible, carried out or let go; what planners want of runs; each fact heard again and again."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from contracts.answers import ActionMessageAccepted, RunSize, RunWishRefused
from contracts.changes import ChangeProbed, RunChangeAnswered, RunReduced, RunResized
from contracts.orders import ChangeCommitted, ChangeWithdrawn
from contracts.production import RunAborted, RunScheduled
from contracts.shapes import ActionKind, ItemPart
from contracts.values import Quantity
from production.domain.act import Start
from production.domain.changing import WaitsForAChange
from production.domain.states import WrongState
from production.queries import find_batch_record
from services.production.tests.made import DAY, NOW, asked, lot, staged
from services.production.tests.stage import Stage

YES, NO = ChangeCommitted("o1", "x"), ChangeWithdrawn("o1", "x", "not after all")


def probed(runs: str = "0", change_id: str = "x", **changes: Any) -> ChangeProbed:
    """Materials asks whether the run of p1 could become so much."""
    parts = (ItemPart("shaft", Quantity(runs)),) if runs != "0" else ()
    key = changes.pop("planned_order_id", "p1")
    supply = changes.pop("supply", "run")
    return ChangeProbed(key, change_id, supply, Quantity(runs), NOW + DAY, parts, parts)


def wish(kind: ActionKind, at: float | None = None, key: str = "p1") -> ActionMessageAccepted:
    wanted_at = None if at is None else NOW + at * DAY
    return ActionMessageAccepted(key, kind, Quantity(500), wanted_at, None, "paula")


def resize(kind: ActionKind, runs: str, was: str = "500") -> ActionMessageAccepted:
    """A planner wants the run of p1 to be so many runs."""
    parts = (ItemPart("shaft", Quantity(runs)),)
    size = RunSize(Quantity(was), Quantity(runs), parts, parts)
    return ActionMessageAccepted("p1", kind, Quantity(runs), NOW + 10 * DAY, size, "paula")


async def ready(stage: Stage) -> None:
    """The run of p1 may begin."""
    await stage.opened()
    await stage.hear(asked())
    await stage.hear(staged(lot("bar", "500", 50_000)))


async def state(stage: Stage) -> list[Any]:
    return await stage.rows(
        "SELECT state, runs_micro / 1000000, staged_runs_micro / 1000000 FROM runs ORDER BY run_id"
    )


async def noted(stage: Stage) -> list[tuple[str, str, str]]:
    """Who did what to a run, its size and its place, and why, by its batch record, which is intact."""
    ((run_id,),) = await stage.rows("SELECT run_id FROM runs")
    async with stage.host.read() as sql:
        record = await find_batch_record(sql, run_id)
    assert record.intact
    return [
        (each.entry.by, each.entry.what, each.entry.reason or "")
        for each in record.entries
        if each.entry.what.startswith(("made", "moved", "cancelled"))
    ]


async def test_a_run_waits_while_a_customer_thinks_and_may_begin_when_he_leaves_it(stage: Stage) -> None:
    await ready(stage)
    await stage.hear(probed("200"))
    answer = await stage.last(RunChangeAnswered)
    assert (answer.planned_order_id, answer.quantity, answer.refused) == ("p1", Quantity(200), None)
    with pytest.raises(WaitsForAChange, match="until 2026-03-03 08:00"):
        await stage.act(Start())
    await stage.hear(NO)
    assert (await stage.act(Start())).state == "running"


async def test_a_hold_ends_by_itself(stage: Stage) -> None:
    await ready(stage)
    await stage.hear(probed("200"))
    stage.clock.advance(NOW + DAY)
    assert (await stage.act(Start())).state == "running"


async def test_a_run_that_is_made_less_is_staged_anew_and_keeps_its_place(stage: Stage) -> None:
    await ready(stage)
    before = await stage.last(RunScheduled)
    await stage.hear(probed("200"))
    await stage.hear(YES)
    (less,) = await stage.told(RunReduced)
    assert (less.was, less.runs, less.inputs[0].quantity) == (Quantity(500), Quantity(200), Quantity(200))
    assert await state(stage) == [("scheduled", 200, 0)]
    assert await noted(stage) == [
        ("materials", "made smaller: 200 runs instead of 500", "its customer wants less, change x")
    ]
    await stage.hear(staged(lot("bar", "200", 20_000), runs="200"))
    run = await stage.act(Start())
    assert (run.state, run.left, run.starts_at) == ("running", Quantity(200), before.starts_at)


async def test_a_run_of_which_nothing_is_wanted_is_given_up(stage: Stage) -> None:
    await ready(stage)
    await stage.hear(probed(), YES)
    (aborted,) = await stage.told(RunAborted)
    assert (aborted.reason, aborted.planned_order_id) == ("its customer wants less", "p1")
    assert await stage.rows("SELECT run_id FROM bookings") == []
    assert await noted(stage) == [("materials", "cancelled", "its customer wants less, change x")]


async def test_a_run_that_has_begun_refuses_and_goes_on(stage: Stage) -> None:
    await ready(stage)
    run = await stage.act(Start())
    await stage.hear(probed())
    assert (await stage.last(RunChangeAnswered)).refused == f"run {run.run_id} is running already"
    await stage.hear(YES)
    assert await state(stage) == [("running", 500, 500)]


async def test_a_withdrawal_that_comes_first_leaves_a_tombstone(stage: Stage) -> None:
    await ready(stage)
    await stage.hear(NO)
    await stage.hear(probed())
    assert (await stage.last(RunChangeAnswered)).refused == "it was withdrawn before it was asked"
    await stage.hear(YES)
    assert await state(stage) == [("allowed", 500, 500)]


async def test_a_probe_that_comes_before_its_run_waits_and_one_of_a_purchase_is_not_heard(
    stage: Stage,
) -> None:
    await stage.opened()
    await stage.hear(probed(supply="purchase"))
    assert await stage.parked() == []
    await stage.hear(probed())
    assert [waits for *_, waits in await stage.parked()] == ["p1"]


async def test_a_run_is_moved_to_when_a_planner_wants_it(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked(), asked("p2"))
    first = await stage.rows("SELECT planned_order_id, ends_at FROM runs ORDER BY ends_at")
    late_key, ends_at = first[-1]
    await stage.hear(wish("expedite", 4, late_key))
    sooner = await stage.last(RunScheduled)
    assert (sooner.planned_order_id, sooner.ends_at <= NOW + 4 * DAY) == (late_key, True)
    await stage.hear(wish("defer", 20, late_key))
    later = await stage.last(RunScheduled)
    assert ends_at < later.ends_at <= NOW + 20 * DAY
    booked = await stage.rows("SELECT starts_at, ends_at FROM bookings ORDER BY starts_at")
    assert all(one[1] <= other[0] for one, other in pairwise(booked))
    assert await stage.told(RunWishRefused) == []


async def test_what_cannot_be_moved_or_given_up_says_why(stage: Stage) -> None:
    await ready(stage)
    await stage.hear(wish("expedite", 30))
    assert "no machine is free for it before" in (await stage.last(RunWishRefused)).reason
    await stage.act(Start())
    await stage.hear(wish("cancel"))
    refused = await stage.last(RunWishRefused)
    assert (refused.kind, refused.reason.endswith("is running already")) == ("cancel", True)
    with pytest.raises(WrongState):
        await stage.act(Start())


async def test_a_run_that_is_not_begun_is_given_up_when_a_planner_cancels_it(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked())
    await stage.hear(wish("cancel"), wish("cancel", key="unknown"))
    assert [fact.reason for fact in await stage.told(RunAborted)] == ["a planner cancels it"]
    assert await noted(stage) == [("paula", "cancelled", "a planner accepted p1@cancel")]
    assert await state(stage) == [("aborted", 500, 0)]


async def test_a_run_is_made_larger_as_a_planner_wants_and_waits_for_all_of_its_material(
    stage: Stage,
) -> None:
    await ready(stage)
    before = await stage.last(RunScheduled)
    await stage.hear(resize("increase", "900"))
    (told,) = await stage.told(RunResized)
    assert (told.was, told.runs, told.inputs[0].quantity) == (Quantity(500), Quantity(900), Quantity(900))
    assert await state(stage) == [("scheduled", 900, 0)]
    why = "a planner accepted p1@increase"
    assert await noted(stage) == [("paula", "made larger: 900 runs instead of 500", why)]
    after = await stage.last(RunScheduled)
    assert after.operations[0].load_minutes == before.operations[0].load_minutes + Quantity(200)
    assert after.ends_at <= NOW + 10 * DAY
    await stage.hear(staged(lot("bar", "900", 90_000), runs="900"))
    assert (await stage.act(Start())).left == Quantity(900)


async def test_a_run_is_made_smaller_as_a_planner_wants_and_leaves_its_machine_sooner(stage: Stage) -> None:
    await ready(stage)
    before = await stage.last(RunScheduled)
    await stage.hear(resize("decrease", "300"))
    after = await stage.last(RunScheduled)
    assert (after.starts_at, after.ends_at < before.ends_at) == (before.starts_at, True)
    assert await state(stage) == [("scheduled", 300, 0)]
    why = "a planner accepted p1@decrease"
    assert await noted(stage) == [("paula", "made smaller: 300 runs instead of 500", why)]
    assert [(fact.was, fact.runs) for fact in await stage.told(RunResized)] == [
        (Quantity(500), Quantity(300))
    ]


async def test_more_of_a_run_than_its_machines_have_room_for_is_refused_and_changes_nothing(
    stage: Stage,
) -> None:
    await ready(stage)
    booked = await stage.rows("SELECT run_id, starts_at, ends_at FROM bookings")
    await stage.hear(resize("increase", "90000"))
    refused = await stage.last(RunWishRefused)
    assert (refused.kind, "no room for more of it before" in refused.reason) == ("increase", True)
    assert await state(stage) == [("allowed", 500, 500)]
    assert await stage.rows("SELECT run_id, starts_at, ends_at FROM bookings") == booked
    assert await stage.told(RunResized) == []
    assert await noted(stage) == []


async def test_a_run_that_is_another_one_meanwhile_keeps_its_size(stage: Stage) -> None:
    await ready(stage)
    await stage.hear(resize("increase", "900", was="400"))
    assert (await stage.last(RunWishRefused)).reason.endswith("is 500 runs meanwhile")
    await stage.hear(probed("200"))
    await stage.hear(resize("increase", "900"))
    assert "its customer has until 2026-03-03 08:00" in (await stage.last(RunWishRefused)).reason
    await stage.hear(NO)
    await stage.act(Start())
    await stage.hear(resize("decrease", "300"))
    assert (await stage.last(RunWishRefused)).reason.endswith("is running already")
    assert await state(stage) == [("running", 500, 500)]
