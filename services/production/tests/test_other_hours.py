"""Calendars and work centres change: what loses its time or its machine moves, nothing else does, each is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from contracts.production import RunScheduled
from contracts.values import Quantity
from production import commands
from production.domain.act import Start
from production.domain.scheduling import Booking
from production.domain.scheduling.other_hours import OtherHours
from services.production.tests.door import PLANNER, Door
from services.production.tests.made import CALENDAR, DAY, FURNACE, NOW, asked, lot, staged
from services.production.tests.stage import Stage
from services.production.tests.test_loads_moved import shared
from services.production.tests.test_overrun import places

HOUR = timedelta(hours=1)


async def planned(stage: Stage, *days: int, machines: int = 1) -> dict[str, tuple[datetime, datetime]]:
    """Runs of five hours and ten minutes, each ending at the close of a day after today's, p1 the first of them."""
    await stage.opened()
    await stage.do(commands.DefineWorkCentre(replace(FURNACE, machines=machines), "pat"))
    for number, day in enumerate(days, start=1):
        await stage.hear(asked(f"p{number}", starts_at=NOW, due_at=NOW + day * DAY + 14 * HOUR))
    return await places(stage)


async def closed(stage: Stage, *days_off: str, **changes: Any) -> None:
    await stage.do(commands.DefineCalendar(replace(CALENDAR, days_off=days_off, **changes), "pat"))


async def test_a_holiday_moves_what_lies_on_it_to_the_next_free_time_and_says_why(stage: Stage) -> None:
    before = await planned(stage, 1, 2, 3)
    told = len(await stage.told(RunScheduled))
    await closed(stage, "2026-03-04")
    after = await places(stage)
    assert (after["p1"], after["p3"]) == (before["p1"], before["p3"])
    assert after["p2"] == (NOW + 3 * DAY - 2 * HOUR, after["p2"][0] + (before["p2"][1] - before["p2"][0]))
    scheduled = (await stage.told(RunScheduled))[told:]
    assert [(each.planned_order_id, each.starts_at, each.late_cause) for each in scheduled] == [
        ("p2", after["p2"][0], "capacity")
    ]
    entries = await stage.rows(
        "SELECT CAST(entry AS text) FROM run_entries WHERE run_id = :r", r=await stage.run("p2")
    )
    assert any("calendar week changed: from 2026-03-04" in each and "pat" in each for (each,) in entries)


async def test_the_same_calendar_again_and_longer_hours_move_nothing(stage: Stage) -> None:
    before = await planned(stage, 1, 2, 3)
    told = len(await stage.told(RunScheduled))
    await closed(stage)
    await closed(stage, opens_at_hour=0, closes_at_hour=24)
    assert await places(stage) == before
    assert len(await stage.told(RunScheduled)) == told


async def test_what_has_begun_stays_and_what_waits_behind_it_moves(stage: Stage) -> None:
    before = await planned(stage, 1, 1)
    first = min(before, key=lambda key: before[key])
    other = next(key for key in before if key != first)
    await stage.hear(staged(lot("bar", "500"), planned_order_id=first))
    stage.clock.advance(before[first][0])
    await stage.do(commands.ActOnRun(await stage.run(first), Start(), "olga"))
    await closed(stage, "2026-03-03")
    after = await places(stage)
    assert after[first] == before[first]
    assert after[other][0] == NOW + 2 * DAY - 2 * HOUR


async def test_only_time_that_is_still_ahead_is_lost(stage: Stage) -> None:
    before = await planned(stage, 1)
    stage.clock.advance(before["p1"][0] + 2 * HOUR)
    await closed(stage, opens_at_hour=before["p1"][0].hour + 1)
    assert await places(stage) == before


async def test_a_work_centre_that_gets_another_calendar_or_loses_a_machine_moves_what_it_hits(
    stage: Stage,
) -> None:
    before = await planned(stage, 1, 1, 2, machines=2)
    await stage.do(commands.DefineWorkCentre(FURNACE, "pat"))
    one = await places(stage)
    assert one["p3"] == before["p3"]
    assert len({one["p1"], one["p2"]}) == 2 > len({before["p1"], before["p2"]})
    machines = await stage.rows("SELECT DISTINCT machine_no FROM bookings")
    assert machines == [(1,)]
    early = replace(CALENDAR, calendar_id="early", closes_at_hour=14)
    await stage.do(commands.DefineCalendar(early, "pat"))
    await stage.do(commands.DefineWorkCentre(replace(FURNACE, calendar_id="early"), "pat"))
    rows = await stage.rows("SELECT starts_at, ends_at FROM bookings ORDER BY 1")
    assert all(begin.hour < 14 and (end.hour, end.minute) <= (14, 0) for begin, end in rows)
    assert all(one[1] <= two[0] for one, two in pairwise(rows))


async def test_a_load_that_a_holiday_hits_stays_one(door: Door) -> None:
    load_id, begin, end = await shared(door)
    body = {"calendar_id": "week", "weekdays": [0, 1, 2, 3, 4], "opens_at_hour": 6, "closes_at_hour": 22}
    await door.post(PLANNER, "/v1/calendars", {**body, "days_off": [f"{begin:%Y-%m-%d}"]}, status=201)
    rows = await door.stage.rows("SELECT DISTINCT load_id, starts_at, ends_at FROM bookings")
    assert [(row[0], row[1] > end) for row in rows] == [(load_id, True)]


def test_a_place_that_rests_over_a_new_day_off_loses_nothing() -> None:
    friday = NOW + 4 * DAY + 13 * HOUR
    place = Booking(10, "furnace", 1, friday, friday + 2 * DAY + 10 * HOUR, Quantity(0))
    change = OtherHours(1, CALENDAR, replace(CALENDAR, days_off=("2026-03-07", "2026-03-10")))
    assert not change.hit(place, NOW)
    assert replace(change, calendar=replace(CALENDAR, days_off=("2026-03-09",))).hit(place, NOW)
    assert replace(change, machines=0).hit(place, NOW)
