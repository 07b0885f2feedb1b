"""Runs that take longer than planned: what stands in their way moves, nothing else does, and everybody hears once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from contracts.production import RunScheduled
from contracts.values import Quantity
from production import commands
from production.domain.act import End, Hold, Report, Start
from production.domain.scheduling.overrunning import lasting_until
from services.production.tests.made import DAY, NOW, asked, lot, staged
from services.production.tests.stage import Stage
from services.production.tests.test_run import running

HOUR = timedelta(hours=1)


async def places(stage: Stage) -> dict[str, tuple[datetime, datetime]]:
    rows = await stage.rows("SELECT planned_order_id, starts_at, ends_at FROM runs ORDER BY 1")
    return {key: (begin, end) for key, begin, end in rows}


async def furnace(stage: Stage) -> dict[str, tuple[datetime, datetime]]:
    """Three runs of five hours on one furnace, the first two one after the other; the first has begun in time."""
    await stage.opened()
    for key, due in (("p1", NOW + 6 * HOUR), ("p2", NOW + 12 * HOUR), ("p3", NOW + 4 * DAY)):
        await stage.hear(asked(key, starts_at=NOW, due_at=due))
        await stage.hear(staged(lot(f"bar-{key}", "500", 50_000), planned_order_id=key))
    before = await places(stage)
    stage.clock.advance(before["p1"][0])
    await stage.act(Start())
    return before


async def goes_on(stage: Stage, at: datetime) -> None:
    """The clock comes to a moment, and production looks at the run of p1."""
    stage.clock.advance(at)
    await stage.do(commands.FollowOverrun(await stage.run()))


async def due(stage: Stage) -> list[datetime]:
    return [row[0] for row in await stage.rows("SELECT at FROM due WHERE kind = 'overrun'")]


async def test_what_was_to_be_done_next_on_the_machine_gives_way_and_the_rest_stays(stage: Stage) -> None:
    before = await furnace(stage)
    told = len(await stage.told(RunScheduled))
    assert await due(stage) == [before["p1"][1] + HOUR / 2]
    await goes_on(stage, before["p1"][1] + HOUR)
    after = await places(stage)
    assert after["p1"][1] > before["p1"][1] + HOUR
    assert after["p2"][0] >= after["p1"][1]
    assert after["p3"] == before["p3"]
    assert len(await stage.told(RunScheduled)) == told + 2
    assert await due(stage) == [after["p1"][1] + HOUR / 2]
    rows = await stage.rows("SELECT starts_at, ends_at FROM bookings ORDER BY 1")
    assert all(one[1] <= two[0] for one, two in pairwise(rows))


async def test_a_run_within_the_damping_or_over_moves_nobody(stage: Stage) -> None:
    before = await furnace(stage)
    await goes_on(stage, before["p1"][1] + HOUR / 3)
    assert await places(stage) == before
    await stage.act(End(Report()))
    assert await due(stage) == []
    await goes_on(stage, before["p1"][1] + 2 * HOUR)
    assert await places(stage) == before


async def test_a_run_that_stands_still_is_reckoned_longer_each_time_and_others_move_ever_less_often(
    stage: Stage,
) -> None:
    before = await furnace(stage)
    await stage.act(Hold("no power"))
    moved = 0
    at = before["p1"][1] + HOUR
    while at < before["p1"][1] + 10 * DAY:
        await goes_on(stage, at)
        (at,) = await due(stage)
        moved += 1
    assert moved <= 20
    after = await places(stage)
    assert after["p2"][0] >= after["p1"][1] > before["p1"][1] + 10 * DAY


async def test_the_record_of_what_gave_way_says_for_whom_and_that_it_is_late_now(stage: Stage) -> None:
    before = await furnace(stage)
    await goes_on(stage, before["p1"][1] + 6 * HOUR)
    run_id = await stage.run("p2")
    rows = await stage.rows("SELECT entry FROM run_entries WHERE run_id = :r ORDER BY entry_no", r=run_id)
    assert "takes longer than planned: from" in rows[-1][0]
    assert "it ends late" in rows[-1][0]
    rows = await stage.rows(
        "SELECT entry FROM run_entries WHERE run_id = :r ORDER BY entry_no", r=await stage.run("p1")
    )
    assert f"until {(await places(stage))['p1'][1]:%Y-%m-%d %H:%M} instead of" in rows[-1][0]


async def test_a_run_that_began_late_lasts_as_long_as_it_was_planned_to_and_is_looked_at_once(
    stage: Stage,
) -> None:
    await stage.opened()
    await stage.hear(asked("p1", starts_at=NOW, due_at=NOW + 6 * HOUR))
    await stage.hear(staged(lot("bar", "500", 50_000)))
    begin, end = (await places(stage))["p1"]
    stage.clock.advance(begin + HOUR)
    await stage.act(Start())
    await goes_on(stage, end + HOUR / 2)
    assert (await places(stage))["p1"] == (begin + HOUR, end + HOUR)
    await goes_on(stage, end + HOUR)
    assert (await places(stage))["p1"] == (begin + HOUR, end + HOUR)


def test_a_run_that_has_reported_lasts_by_its_pace() -> None:
    run = running("10")
    assert lasting_until(run, NOW + 8 * HOUR) == NOW + 10 * HOUR
    half = replace(run, done_runs=Quantity(4))
    assert lasting_until(half, NOW + 8 * HOUR) == NOW + 20 * HOUR
    most = replace(run, done_runs=Quantity(9))
    assert lasting_until(most, NOW + HOUR) == NOW + HOUR + HOUR / 2
