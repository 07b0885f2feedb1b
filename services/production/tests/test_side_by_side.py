"""Runs find places in which their operations go on side by side, in the database and at the door."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from contracts.production import RunRefused, RunScheduled
from contracts.recipes import Operation
from contracts.values import Quantity
from production import commands
from services.production.tests.door import PLANNER, Door
from services.production.tests.made import FURNACE, NOW, asked, hardening
from services.production.tests.test_schedules import HOUR, proposed

FIRST = Operation(10, "harden", "furnace", Quantity(60), Quantity("0.5"), 1, Quantity(1))
SECOND = replace(
    FIRST, operation_no=20, title="straighten", work_centre_id="press", setup_minutes=Quantity(0)
)


async def opened(door: Door, *operations: Operation) -> None:
    press = replace(FURNACE, work_centre_id="press")
    await door.stage.planted()
    await door.stage.do(commands.DefineWorkCentre(press, "pat"))
    await door.stage.opened(hardening(operations=operations))


async def placed(door: Door, order: str, **changes: Any) -> RunScheduled:
    await door.stage.hear(asked(order, runs="480", starts_at=NOW, **changes))
    told = [each for each in await door.stage.told(RunScheduled) if each.planned_order_id == order]
    return told[-1]


async def test_what_follows_begins_with_the_first_runs_and_its_bookings_say_so(door: Door) -> None:
    await opened(door, replace(FIRST, send_ahead=Quantity(120)), SECOND)
    told = await placed(door, "p1", due_at=NOW)
    first, second = told.operations
    # An hour of setup and four of work; the press has its first 120 shafts after another hour.
    assert (first.starts_at, first.ends_at) == (NOW, NOW + 5 * HOUR)
    assert (second.starts_at, second.ends_at) == (NOW + 2 * HOUR, NOW + 6 * HOUR)
    assert told.ends_at == NOW + 6 * HOUR
    assert [each.load_minutes for each in told.operations] == [Quantity(300), Quantity(240)]
    kept = await door.stage.rows("SELECT starts_at, ends_at FROM bookings ORDER BY operation_no")
    assert kept == [(each.starts_at, each.ends_at) for each in told.operations]


async def test_a_site_that_is_scheduled_anew_goes_on_side_by_side(door: Door) -> None:
    await opened(door, replace(FIRST, send_ahead=Quantity(120)), SECOND)
    for number, hours in enumerate((22, 12)):
        await placed(door, f"p{number}", due_at=NOW + hours * HOUR)
    door.stage.clock.advance(NOW + 9 * HOUR)
    found = await proposed(door)
    moves = await door.page(PLANNER, f"/v1/schedules/{found['schedule_id']}/moves")
    assert found["moved"] > 0
    await door.post(PLANNER, f"/v1/schedules/{found['schedule_id']}/acceptance")
    kept = await door.stage.rows(
        "SELECT run_id, starts_at, ends_at FROM bookings ORDER BY run_id, operation_no"
    )
    assert {run_id for run_id, _, _ in kept} >= {each["run_id"] for each in moves if each["moved"]}
    for (_, began, ended), (_, follows, ends) in zip(kept[::2], kept[1::2], strict=True):
        assert began + 2 * HOUR <= follows < ended, "beside it, and not before the first 120"
        assert ends >= ended + HOUR, "the last 120 take the press another hour"


async def test_a_move_by_hand_is_early_enough_after_the_first_runs_alone(door: Door) -> None:
    await opened(door, replace(FIRST, send_ahead=Quantity(120)), SECOND)
    told = await placed(door, "p1", due_at=NOW + 30 * HOUR)
    begins = told.operations[0].starts_at + 2 * HOUR
    to = {"operation_no": 20, "work_centre_id": "press", "machine_no": 1, "dry_run": True}
    at = f"/v1/runs/{told.run_id}/moves"
    early = {**to, "starts_at": (begins - timedelta(minutes=1)).isoformat()}
    refused = await door.post(PLANNER, at, early, status=422)
    assert refused["errors"] == [
        {"pointer": "/starts_at", "detail": f"not before {begins:%Y-%m-%d %H:%M} (UTC)"}
    ]
    await door.post(PLANNER, at, {**to, "starts_at": begins.isoformat()})


async def test_a_run_takes_an_alternate_at_once_where_it_would_be_late_at_its_own_machine(door: Door) -> None:
    await opened(door, replace(FIRST, alternates=("press",)))
    places = [await placed(door, f"p{number}", due_at=NOW + 6 * HOUR) for number in range(2)]
    assert [each.operations[0].work_centre_id for each in places] == ["furnace", "press"]
    assert [each.late_cause for each in places] == [None, None]
    third = await placed(door, "p3", due_at=NOW + 6 * HOUR)
    assert third.late_cause == "capacity"
    kept = await door.stage.rows("SELECT work_centre_id, count(*) FROM bookings GROUP BY 1 ORDER BY 1")
    assert kept == [("furnace", 2), ("press", 1)]
    assert await door.stage.told(RunRefused) == []
