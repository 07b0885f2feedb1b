"""Runs that need people of a crew: placed, moved, given way to, scheduled anew; never more people than there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from contracts.recipes import Operation
from contracts.values import Quantity
from production import commands
from production.domain.act import Start
from production.domain.crew import Crew
from production.domain.plant import Calendar
from production.domain.scheduling import CannotBeScheduled
from production.domain.scheduling.giving_way import MachineTaken
from services.production.tests.door import OPERATOR, PLANNER, Door
from services.production.tests.made import FURNACE, HARDENERS, NOW, asked, hardening, lot, staged
from services.production.tests.stage import Stage
from services.production.tests.test_schedules import proposed

HOUR = timedelta(hours=1)
# Four hours with 360 runs.
SHORT = Operation(10, "harden", "furnace", Quantity(60), Quantity("0.5"), 1, Quantity(1), skill="hardening")


async def crewed(
    stage: Stage,
    *dues: int,
    people: int = 1,
    machines: int = 3,
    calendar: Calendar | None = None,
    **changes: Any,
) -> None:
    """Runs of four hours on as many furnaces as there may be, each due so many hours from now, for one crew."""
    await stage.planted()
    await stage.do(commands.DefineWorkCentre(replace(FURNACE, machines=machines), "pat"))
    if calendar is not None:
        await stage.do(commands.DefineCalendar(calendar, "pat"))
    await sized(stage, people, calendar_id=calendar.calendar_id if calendar else "week")
    await stage.do(commands.DraftRecipe("harden", hardening(operations=(replace(SHORT, **changes),)), "erik"))
    await stage.do(commands.SubmitRecipe("harden", 1))
    await stage.do(commands.ApproveRecipe("harden", 1, "ava"))
    for number, due in enumerate(dues):
        await stage.hear(asked(f"p{number}", runs="360", starts_at=NOW, due_at=NOW + due * HOUR))


async def sized(stage: Stage, people: int, **changes: Any) -> Crew:
    crew = replace(HARDENERS, people=people, **changes)
    await stage.do(commands.DefineCrew(crew, "pat"))
    return crew


async def places(stage: Stage) -> list[tuple[str, float, float, str, int]]:
    """Each order with the hours from now at which its booking begins and ends, its crew and how many of it."""
    rows = await stage.rows(
        "SELECT planned_order_id, bookings.starts_at, bookings.ends_at, crew_id, people FROM bookings"
        " JOIN runs USING (run_id) ORDER BY bookings.starts_at, 1"
    )
    return [
        (key, (begin - NOW) / HOUR, (end - NOW) / HOUR, crew, people)
        for key, begin, end, crew, people in rows
    ]


async def begins(stage: Stage) -> dict[str, float]:
    return {key: begin for key, begin, *_ in await places(stage)}


async def test_a_run_waits_for_people_though_a_machine_is_free(stage: Stage) -> None:
    await crewed(stage, 4, 4, 8)
    assert await places(stage) == [
        ("p0", 0, 4, "hardeners", 1), ("p1", 4, 8, "hardeners", 1), ("p2", 8, 12, "hardeners", 1)
    ]  # fmt: skip
    late = await stage.rows("SELECT planned_order_id, late_cause FROM runs WHERE late_cause IS NOT NULL")
    assert sorted(late) == [("p1", "capacity"), ("p2", "capacity")]


async def test_work_is_done_while_its_crew_is_there(stage: Stage) -> None:
    await crewed(stage, 8, calendar=Calendar.defined("noon", (0, 1, 2, 3, 4), 10, 12, ()))
    # Two hours on Monday, two on Tuesday.
    assert await places(stage) == [("p0", 2, 28, "hardeners", 1)]


async def test_fewer_people_move_what_has_not_begun_and_what_has_begun_keeps_them(stage: Stage) -> None:
    await crewed(stage, 4, 4, 4, people=3)
    assert set((await begins(stage)).values()) == {0}
    await stage.hear(staged(lot("bar", "360"), planned_order_id="p2", runs="360"))
    await stage.do(commands.ActOnRun(await stage.run("p2"), Start(), "olga"))
    await sized(stage, 1)
    assert await begins(stage) == {"p0": 4, "p1": 8, "p2": 0}
    entries = await stage.rows("SELECT entry FROM run_entries WHERE run_id = :r", r=await stage.run("p0"))
    assert any("crew hardeners changed" in entry for (entry,) in entries)
    with pytest.raises(CannotBeScheduled, match="no crew of plant-1 has 1 people for hardening"):
        await sized(stage, 0)


async def test_a_day_off_of_the_crew_moves_what_lies_on_it(stage: Stage) -> None:
    calendar = Calendar.defined("crew", (0, 1, 2, 3, 4), 6, 22, ())
    await crewed(stage, 38, calendar=calendar)
    assert await begins(stage) == {"p0": 34}
    await stage.do(commands.DefineCalendar(replace(calendar, days_off=("2026-03-03",)), "pat"))
    assert await begins(stage) == {"p0": 46}


async def test_more_people_or_the_same_again_move_nothing(stage: Stage) -> None:
    await crewed(stage, 4, 8)
    before = await places(stage)
    await sized(stage, 1)
    await sized(stage, 5, title="More of them")
    assert await places(stage) == before


async def test_a_move_takes_people_from_who_has_not_begun_and_shows_so_first(door: Door) -> None:
    stage = door.stage
    await crewed(stage, 44, 40, 4)
    before = await begins(stage)
    assert before == {"p2": 0, "p1": 30, "p0": 34}
    run_id = await stage.run("p0")
    at = (NOW + before["p1"] * HOUR).isoformat()
    body = {"operation_no": 10, "work_centre_id": "furnace", "machine_no": 3, "starts_at": at}
    shown = await door.post(PLANNER, f"/v1/runs/{run_id}/moves", {**body, "dry_run": True})
    assert await begins(stage) == before
    moved = [each["run_id"] for each in shown["effects"]]
    assert sorted(moved) == sorted([run_id, await stage.run("p1")])
    await door.post(PLANNER, f"/v1/runs/{run_id}/moves", body)
    after = await begins(stage)
    assert after == {"p2": 0, "p0": 30, "p1": 34}
    assert all(each[3:] == ("hardeners", 1) for each in await places(stage))


async def test_a_move_does_not_take_people_from_who_has_begun(door: Door) -> None:
    stage = door.stage
    await crewed(stage, 4, 44)
    await stage.hear(staged(lot("bar", "360"), planned_order_id="p0", runs="360"))
    await stage.do(commands.ActOnRun(await stage.run("p0"), Start(), "olga"))
    body = commands.MoveOperation(
        await stage.run("p1"),
        10,
        "furnace",
        2,
        NOW + HOUR,
        dry_run=False,
        forced=True,
        reason="urgent",
        by="ava",
    )
    with pytest.raises(MachineTaken):
        await stage.do(body)


async def test_a_run_that_takes_longer_keeps_its_people_and_the_next_one_waits(stage: Stage) -> None:
    await crewed(stage, 4, 9)
    await stage.hear(staged(lot("bar", "360"), planned_order_id="p0", runs="360"))
    run_id = await stage.run("p0")
    await stage.do(commands.ActOnRun(run_id, Start(), "olga"))
    assert await begins(stage) == {"p0": 0, "p1": 5}
    stage.clock.advance(NOW + 5 * HOUR)
    await stage.do(commands.FollowOverrun(run_id))
    found = {key: (begin, end) for key, begin, end, *_ in await places(stage)}
    assert found["p0"][1] > 5
    assert found["p1"][0] == found["p0"][1]


async def test_a_split_run_finds_people_for_both_parts(stage: Stage) -> None:
    await crewed(stage, 4, people=1)
    await stage.do(commands.SplitRun(await stage.run("p0"), Quantity(180), "paul"))
    rows = await stage.rows("SELECT starts_at, ends_at, crew_id FROM bookings ORDER BY 1")
    assert len(rows) == 2
    assert rows[0][1] <= rows[1][0]
    assert {crew for *_, crew in rows} == {"hardeners"}


async def test_a_site_that_is_scheduled_anew_has_people_for_all_of_it(door: Door) -> None:
    stage = door.stage
    await crewed(stage, 22, 18, 14, 10, people=1)
    stage.clock.advance(NOW + 5 * HOUR)
    found = await proposed(door)
    await door.post(PLANNER, f"/v1/schedules/{found['schedule_id']}/acceptance")
    kept = await places(stage)
    assert [key for key, *_ in kept] == ["p3", "p2", "p1", "p0"]
    assert all(one[2] <= other[1] for one, other in pairwise(kept))
    assert {each[3:] for each in kept} == {("hardeners", 1)}
    assert (found["late_after"], found["moved"]) == (2, 4)


async def test_a_schedule_for_whose_people_there_is_other_work_now_is_outdated(door: Door) -> None:
    stage = door.stage
    await crewed(stage, 10, 14, people=2, machines=2)
    stage.clock.advance(NOW + 11 * HOUR)
    found = await proposed(door)
    assert found["moved"] == 2
    # The crew has become smaller meanwhile.
    async with stage.host.begin() as tx:
        await tx.sql.exec_driver_sql("UPDATE crews SET people = 1")
    outdated = await door.post(PLANNER, f"/v1/schedules/{found['schedule_id']}/acceptance", status=409)
    assert outdated["type"] == "/problems/schedule-outdated"


async def test_the_load_of_a_crew_is_its_people_beside_those_that_are_there(door: Door) -> None:
    await crewed(door.stage, 4, 8, people=2, calendar=Calendar.defined("noon", (0, 1, 2, 3, 4), 8, 12, ()))
    first = {"begins_at": "2026-03-02T00:00:00Z", "open_minutes": "480", "load_minutes": "480", "runs": 2}
    load = await door.get(OPERATOR, "/v1/crews/hardeners/load?buckets=2")
    assert (load["people"], load["by"]) == (2, "day")
    monday, tuesday = load["buckets"]
    assert monday == {**monday, **first}
    assert (tuesday["open_minutes"], tuesday["load_minutes"], tuesday["runs"]) == ("480", "0", 0)
    weeks = await door.get(OPERATOR, "/v1/crews/hardeners/load?by=week&buckets=1")
    assert [each["load_minutes"] for each in weeks["buckets"]] == ["480"]
    await door.get(OPERATOR, "/v1/crews/none/load", status=404)
    board = await door.get(OPERATOR, "/v1/board?from=2026-03-02T00:00:00Z&to=2026-03-04T00:00:00Z")
    assert [(each["crew_id"], each["people"]) for each in board["bars"]] == [("hardeners", 1)] * 2
