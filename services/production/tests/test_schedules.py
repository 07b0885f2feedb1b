"""Whole sites scheduled anew: proposed beside what is, accepted or refused, and told of beyond the damping."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from backbone.operations.working import Working
from contracts.production import RunScheduled
from contracts.recipes import Operation
from contracts.values import Quantity
from production import commands
from production.domain.act import Start
from production.domain.scheduling.proposal import Reckoning
from services.production.tests.door import APPROVER, OPERATOR, PLANNER, QUALITY, Door
from services.production.tests.made import DAY, NOW, asked, hardening, lot, staged
from services.production.tests.stage import Stage

HOUR = timedelta(hours=1)
KEPT = "SELECT run_id, starts_at FROM bookings ORDER BY run_id, starts_at"
SHORT = Operation(10, "harden", "furnace", Quantity(60), Quantity("0.5"), 1, Quantity(1))


async def worked(stage: Stage) -> None:
    """Take the steps of all that is asked for."""
    working = Working(stage.host)
    while await working._step():
        pass


async def proposed(door: Door, **body: Any) -> dict[str, Any]:
    """A schedule of the plant, reckoned."""
    asked_for = await door.post(
        PLANNER, "/v1/schedules", {"site_id": "plant-1", "frozen_hours": 0, **body}, status=202
    )
    await worked(door.stage)
    operation = await door.get(PLANNER, f"/v1/operations/{asked_for['id']}")
    assert (operation["state"], operation["done"]) == ("done", operation["total"])
    found: dict[str, Any] = await door.get(QUALITY, f"/v1/schedules/{asked_for['id']}")
    return found


async def crowded(stage: Stage, count: int = 3, **changes: Any) -> None:
    """Runs of four hours for one furnace, in the order of their asking; the last asked is due first."""
    await stage.opened(hardening(operations=(replace(SHORT, **changes),)))
    for number in range(count):
        due = NOW + (6 + 4 * (count - number)) * HOUR
        await stage.hear(asked(f"p{number}", runs="360", due_at=due, starts_at=NOW))


async def test_a_schedule_is_proposed_beside_what_is_and_moves_runs_once_it_is_accepted(door: Door) -> None:
    await crowded(door.stage)
    # The clock went on, and the runs that nobody began are in the way of those that are due.
    door.stage.clock.advance(NOW + 5 * HOUR)
    before = await door.stage.told(RunScheduled)
    found = await proposed(door)
    assert (found["state"], found["runs"]) == ("proposed", 3)
    assert found["moved"] > 0
    moves = await door.page(PLANNER, f"/v1/schedules/{found['schedule_id']}/moves")
    assert sum(each["moved"] for each in moves) == found["moved"]
    assert await door.stage.told(RunScheduled) == before
    await door.post(PLANNER, f"/v1/schedules/{found['schedule_id']}/acceptance")
    told = (await door.stage.told(RunScheduled))[len(before) :]
    assert {each.run_id for each in told} <= {each["run_id"] for each in moves if each["moved"]}
    for each in told:
        place = next(move for move in moves if move["run_id"] == each.run_id)
        assert each.starts_at.isoformat().replace("+00:00", "Z") == place["starts_at"]
    said = [entry for (entry,) in await door.stage.rows("SELECT entry FROM run_entries")]
    assert (
        sum("moved by a schedule: from " in entry and "a-planner" in entry for entry in said)
        == found["moved"]
    )
    again = await door.post(PLANNER, f"/v1/schedules/{found['schedule_id']}/acceptance", status=409)
    assert again["type"] == "/problems/schedule-not-proposed"
    assert [each["state"] for each in await door.page(PLANNER, "/v1/schedules?site_id=plant-1")] == [
        "accepted"
    ]
    await door.get(PLANNER, "/v1/schedules/none", status=404)
    await door.post(PLANNER, "/v1/schedules", {"site_id": "nowhere"}, status=404)
    await door.post(OPERATOR, "/v1/schedules", {"site_id": "plant-1"}, status=403)
    refused = await door.post(
        PLANNER, "/v1/schedules", {"site_id": "plant-1", "frozen_hours": -1}, status=422
    )
    assert refused["errors"][0]["pointer"] == "/frozen_hours"


async def test_a_schedule_that_is_outdated_is_not_accepted(door: Door) -> None:
    await crowded(door.stage)
    door.stage.clock.advance(NOW + 5 * HOUR)
    found = await proposed(door)
    assert found["moved"] > 0
    moved = await door.page(PLANNER, f"/v1/schedules/{found['schedule_id']}/moves")
    rows = await door.stage.rows("SELECT planned_order_id, run_id FROM runs")
    orders = {run_id: order for order, run_id in rows}
    order = orders[next(each["run_id"] for each in moved if each["moved"])]
    await door.stage.hear(staged(lot(f"lot-{order}", "360"), planned_order_id=order, runs="360"))
    refused = await door.post(PLANNER, f"/v1/schedules/{found['schedule_id']}/acceptance", status=409)
    assert refused["type"] == "/problems/schedule-outdated"


async def test_a_schedule_that_is_rejected_moves_nothing_and_cannot_be_accepted_any_more(door: Door) -> None:
    await crowded(door.stage)
    door.stage.clock.advance(NOW + 5 * HOUR)
    found = await proposed(door)
    path = f"/v1/schedules/{found['schedule_id']}"
    before = await door.stage.rows(KEPT)
    await door.post(OPERATOR, f"{path}/rejection", status=403)
    assert (await door.post(PLANNER, f"{path}/rejection"))["state"] == "rejected"
    assert await door.stage.rows(KEPT) == before
    shown = await door.get(QUALITY, path)
    assert (shown["state"], shown["rejected_by"] is None, shown["accepted_by"]) == ("rejected", False, None)
    for answer in ("acceptance", "rejection"):
        refused = await door.post(PLANNER, f"{path}/{answer}", status=409)
        assert refused["type"] == "/problems/schedule-not-proposed"
    await door.post(PLANNER, "/v1/schedules/none/rejection", status=404)


async def test_a_schedule_whose_work_is_cancelled_is_abandoned(door: Door) -> None:
    await crowded(door.stage)
    taken = await door.post(PLANNER, "/v1/schedules", {"site_id": "plant-1"}, status=202)
    await door.post(PLANNER, f"/v1/operations/{taken['id']}/cancel")
    await worked(door.stage)
    assert (await door.get(PLANNER, f"/v1/schedules/{taken['id']}"))["state"] == "abandoned"
    refused = await door.post(PLANNER, f"/v1/schedules/{taken['id']}/acceptance", status=409)
    assert refused["type"] == "/problems/schedule-not-proposed"


async def test_a_site_on_which_nothing_may_move_is_proposed_as_it_is(door: Door) -> None:
    await crowded(door.stage)
    found = await proposed(door, frozen_hours=24 * 30)
    assert (found["state"], found["runs"], found["moved"]) == ("proposed", 0, 0)


async def test_work_that_fails_again_and_again_at_a_later_step_ends(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    await crowded(door.stage)
    taken = await door.post(PLANNER, "/v1/schedules", {"site_id": "plant-1"}, status=202)

    def fails(self: Reckoning, rounds: int) -> bool:
        raise ArithmeticError

    monkeypatch.setattr(Reckoning, "step", fails)
    working = Working(door.stage.host)
    # Each try loads anew and then fails.
    for _ in range(10):
        await working._step()
    operation = await door.get(PLANNER, f"/v1/operations/{taken['id']}")
    assert (operation["state"], operation["problem"]) == ("failed", "ArithmeticError")
    assert (await door.get(PLANNER, f"/v1/schedules/{taken['id']}"))["state"] == "abandoned"


async def test_families_follow_each_other_and_no_machine_is_taken_twice(door: Door) -> None:
    stage = door.stage
    await crowded(stage, 2, setup_family="black")
    await stage.do(
        commands.DraftRecipe("temper", hardening(operations=(replace(SHORT, setup_family="white"),)), "erik")
    )
    await stage.do(commands.SubmitRecipe("temper", 1))
    await stage.do(commands.ApproveRecipe("temper", 1, "ava"))
    await stage.hear(asked("p9", runs="360", recipe_id="temper", due_at=NOW + 12 * HOUR, starts_at=NOW))
    kept = [{"from_family": "black", "to_family": "white", "minutes": "15"}]
    path = "/v1/work-centres/furnace/changeovers"
    assert await door.post(PLANNER, path, {"changeovers": kept}, status=201) == {
        "work_centre_id": "furnace", "changeovers": 1,
    }  # fmt: skip
    assert await door.page(QUALITY, path) == kept
    await door.post(PLANNER, path, {"changeovers": [*kept, *kept]}, status=422)
    await door.post(PLANNER, "/v1/work-centres/none/changeovers", {"changeovers": kept}, status=404)
    stage.clock.advance(NOW + 12 * HOUR)
    found = await proposed(door)
    await door.post(PLANNER, f"/v1/schedules/{found['schedule_id']}/acceptance")
    rows = await stage.rows("SELECT starts_at, ends_at, setup_minutes_micro FROM bookings ORDER BY starts_at")
    assert all(one[1] <= other[0] for one, other in pairwise(rows))
    assert sorted(row[2] for row in rows)[0] in (0, 15_000_000)


async def test_small_runs_of_one_programme_share_a_load(door: Door) -> None:
    await crowded(door.stage, 2, batch_runs=Quantity(1_000))
    assert {
        minutes
        for (minutes,) in await door.stage.rows(
            "SELECT DISTINCT CAST(operations -> 0 ->> 'load_minutes' AS int) FROM runs"
        )
    } == {560}
    door.stage.clock.advance(NOW + 40 * HOUR)
    found = await proposed(door)
    await door.post(PLANNER, f"/v1/schedules/{found['schedule_id']}/acceptance")
    rows = await door.stage.rows("SELECT load_id, starts_at, ends_at FROM bookings")
    assert rows[0] == rows[1]
    assert rows[0][0] is not None


def at(moment: Any) -> str:
    return str(moment.isoformat())


async def test_a_move_says_first_whom_it_hurts_and_then_is_made(door: Door) -> None:
    await crowded(door.stage, 2)
    first, second = await door.stage.run("p1"), await door.stage.run("p0")
    rows = {row[0]: row[1] for row in await door.stage.rows("SELECT run_id, starts_at FROM bookings")}
    body = {"operation_no": 10, "work_centre_id": "furnace", "machine_no": 1, "starts_at": at(rows[first])}
    trial = await door.post(PLANNER, f"/v1/runs/{second}/moves", {**body, "dry_run": True})
    assert trial["kept"] is False
    assert {each["run_id"] for each in trial["effects"]} == {first, second}
    assert [each["late"] for each in trial["effects"] if each["run_id"] == first] == [True]
    for each in trial["effects"]:
        (place,) = each["places"]
        assert (place["operation_no"], place["work_centre_id"], place["machine_no"]) == (10, "furnace", 1)
        assert (place["starts_at"], place["ends_at"]) == (each["starts_at"], each["ends_at"])
    assert {row[0]: row[1] for row in await door.stage.rows("SELECT run_id, starts_at FROM bookings")} == rows
    frozen = await door.post(PLANNER, f"/v1/runs/{second}/moves", body, status=409)
    assert frozen["type"] == "/problems/inside-frozen-time"
    why = {**body, "reason": "the customer waits"}
    await door.post(PLANNER, f"/v1/runs/{second}/frozen-moves", why, status=403)
    before = len(await door.stage.told(RunScheduled))
    made = await door.post(APPROVER, f"/v1/runs/{second}/frozen-moves", why)
    assert (made["kept"], made["effects"]) == (True, trial["effects"])
    assert len(await door.stage.told(RunScheduled)) == before + 2
    spans = sorted(await door.stage.rows("SELECT starts_at, ends_at FROM bookings"))
    assert spans[0][1] <= spans[1][0]
    for run_id in (first, second):
        record = await door.get(APPROVER, f"/v1/runs/{run_id}/batch-record")
        last = record["entries"][-1]["entry"]
        assert (last["reason"], last["what"].split(":")[0]) == ("the customer waits", "moved")
        assert record["intact"]
    for wrong, pointer in (
        ({"machine_no": 2}, "/machine_no"),
        ({"work_centre_id": "saw"}, "/work_centre_id"),
        ({"operation_no": 20}, "/operation_no"),
        ({"starts_at": at(NOW - DAY)}, "/starts_at"),
    ):
        refused = await door.post(PLANNER, f"/v1/runs/{second}/moves", {**body, **wrong}, status=422)
        assert refused["errors"][0]["pointer"] == pointer
    await door.post(PLANNER, "/v1/runs/none/moves", body, status=404)


async def test_a_run_that_has_begun_gives_way_to_nobody(door: Door) -> None:
    await crowded(door.stage, 2)
    second, first = await door.stage.run("p0"), await door.stage.run("p1")
    await door.stage.hear(staged(lot("l1", "360"), planned_order_id="p1", runs="360"))
    await door.stage.do(commands.ActOnRun(first, Start(), "olga"))
    ((begun, machine),) = await door.stage.rows(
        "SELECT starts_at, machine_no FROM bookings WHERE run_id = :run", run=first
    )
    body = {"operation_no": 10, "work_centre_id": "furnace", "machine_no": machine, "starts_at": at(begun)}
    refused = await door.post(
        APPROVER, f"/v1/runs/{second}/frozen-moves", {**body, "reason": "why"}, status=409
    )
    assert refused["type"] == "/problems/machine-taken"
    await door.post(APPROVER, f"/v1/runs/{first}/frozen-moves", {**body, "reason": "why"}, status=409)


async def test_runs_give_way_to_a_machine_that_stands_still_and_materials_hears_of_it(door: Door) -> None:
    await crowded(door.stage, 2)
    before = len(await door.stage.told(RunScheduled))
    ((run_id, begin),) = await door.stage.rows(
        "SELECT run_id, starts_at FROM bookings ORDER BY starts_at LIMIT 1"
    )
    stop = {"machine_no": 1, "kind": "planned", "reason": "new lining", "starts_at": at(begin)}
    await door.post(
        PLANNER, "/v1/work-centres/furnace/downtimes", {**stop, "ends_at": at(begin + 2 * HOUR)}, status=201
    )
    told = (await door.stage.told(RunScheduled))[before:]
    assert [each.run_id for each in told] == [run_id]
    assert told[0].starts_at >= begin + 2 * HOUR
    spans = sorted(await door.stage.rows("SELECT starts_at, ends_at FROM bookings"))
    assert spans[0][1] <= spans[1][0]


async def test_the_board_shows_machines_what_they_are_kept_for_and_when_they_stand_still(door: Door) -> None:
    await crowded(door.stage, 2)
    stop = {"machine_no": 1, "kind": "planned", "reason": "new lining"}
    begin = NOW + 5 * DAY
    await door.post(
        PLANNER,
        "/v1/work-centres/furnace/downtimes",
        {**stop, "starts_at": at(begin), "ends_at": at(begin + HOUR)},
    )
    board = await door.get(OPERATOR, "/v1/board?site_id=plant-1")
    assert [(lane["work_centre_id"], lane["machines"]) for lane in board["lanes"]] == [("furnace", 1)]
    seen = [(bar["setup_minutes"], bar["late"], bar["state"]) for bar in board["bars"]]
    assert seen == [("60", False, "scheduled")] * 2
    assert [(each["reason"], each["machine_no"]) for each in board["stops"]] == [("new lining", 1)]
    assert board["more"] is False
    elsewhere = await door.get(OPERATOR, "/v1/board?site_id=nowhere")
    assert (elsewhere["lanes"], elsewhere["bars"], elsewhere["stops"]) == ([], [], [])
    await door.get(OPERATOR, "/v1/board?from=2026-03-03T00:00:00Z&to=2026-03-02T00:00:00Z", status=422)
