"""Material that comes late: the run that needs it moves before anything is staged, nobody else does, all hear why."""

from __future__ import annotations

from datetime import datetime, timedelta

from backbone.replay import retry_due
from contracts.instead import MaterialsDelayed
from contracts.production import RunScheduled
from contracts.shapes import LateCause
from production.domain.act import Start
from services.production.tests.made import DAY, NOW, asked, lot, staged
from services.production.tests.stage import Stage, record

HOUR = timedelta(hours=1)


def delayed(
    at: datetime, planned_order_id: str = "p1", cause: LateCause = "material", reason: str = "late lorry"
) -> MaterialsDelayed:
    return MaterialsDelayed(planned_order_id, at, cause, reason)


async def kept(stage: Stage) -> list[tuple[datetime, datetime]]:
    """When the furnace is taken, in order."""
    rows = await stage.rows("SELECT starts_at, ends_at FROM bookings ORDER BY 1")
    return [(begin, end) for begin, end in rows]


async def test_a_run_whose_material_comes_later_moves_before_it_is_staged_and_says_why_it_is_late(
    stage: Stage,
) -> None:
    await stage.opened()
    await stage.hear(asked("p1"), asked("p2", due_at=NOW + 14 * DAY))
    before = {fact.planned_order_id: fact for fact in await stage.told(RunScheduled)}
    at = NOW + 14 * DAY
    await stage.hear(delayed(at))
    moved = await stage.last(RunScheduled)
    assert (moved.planned_order_id, moved.late_cause) == ("p1", "material")
    assert moved.starts_at >= at
    other = before["p2"]
    places = await kept(stage)
    assert (other.starts_at, other.ends_at) in places
    assert places == sorted([(other.starts_at, other.ends_at), (moved.starts_at, moved.ends_at)])
    rows = await stage.rows("SELECT material_at, late_cause, state FROM runs WHERE planned_order_id = 'p1'")
    assert rows == [(at, "material", "scheduled")]
    entries = await stage.rows("SELECT entry FROM run_entries ORDER BY entry_no")
    assert len(entries) == 1
    assert all(word in entries[0][0] for word in ("its material comes later", "late lorry", "(material)"))


async def test_what_is_late_for_a_blocked_lot_is_late_for_quality(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked(), delayed(NOW + 14 * DAY, cause="quality", reason="lot A is blocked"))
    assert (await stage.last(RunScheduled)).late_cause == "quality"


async def test_material_that_is_late_within_the_damping_moves_nobody_and_is_known_to_the_next_schedule(
    stage: Stage,
) -> None:
    await stage.opened()
    await stage.hear(asked())
    (first,) = await stage.told(RunScheduled)
    at = first.starts_at + HOUR / 2
    await stage.hear(delayed(at))
    assert await stage.told(RunScheduled) == [first]
    assert await stage.rows("SELECT material_at, late_cause FROM runs") == [(at, None)]


async def test_material_that_comes_sooner_again_leaves_the_run_where_it_is(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked(), delayed(NOW + 14 * DAY))
    moved = await stage.last(RunScheduled)
    told = await stage.told(RunScheduled)
    await stage.hear(delayed(NOW + 11 * DAY))
    assert await stage.told(RunScheduled) == told
    rows = await stage.rows("SELECT material_at, starts_at, late_cause FROM runs")
    assert rows == [(NOW + 11 * DAY, moved.starts_at, "material")]


async def test_a_run_that_has_begun_stays_where_it_is(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked(), staged(lot("bar", "500")))
    await stage.act(Start())
    before = await stage.rows("SELECT starts_at, material_at, version FROM runs")
    await stage.hear(delayed(NOW + 14 * DAY))
    assert await stage.rows("SELECT starts_at, material_at, version FROM runs") == before


async def test_a_delay_that_is_heard_before_its_run_waits_for_it(stage: Stage) -> None:
    await stage.opened()
    early = record(delayed(NOW + 14 * DAY))
    await stage.host.hear([early])
    assert [(kind, subject) for _, kind, subject in await stage.parked()] == [("not yet", "p1")]
    await stage.hear(asked())
    assert await retry_due(stage.host) == 1
    assert (await stage.last(RunScheduled)).starts_at >= NOW + 14 * DAY


async def test_a_run_without_a_place_for_a_year_keeps_the_one_that_it_has(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked())
    (first,) = await stage.told(RunScheduled)
    # Together they take the furnace for longer than a year.
    for key, runs, days in (("long", "480000", 11), ("longer", "60000", 300)):
        begin = NOW + days * DAY
        await stage.hear(asked(key, runs=runs, starts_at=begin, due_at=begin + DAY))
    await stage.hear(delayed(NOW + 14 * DAY))
    assert [each for each in await stage.told(RunScheduled) if each.planned_order_id == "p1"] == [first]
    assert await stage.parked() == []
