"""Production owes an answer for each run that it is asked for; its silence is told, and a late answer heals it."""

from __future__ import annotations

from contracts.materials import RunRequested, SupplyLate, SupplyRecovered
from contracts.production import RunRefused
from services.materials.tests.made import DAY, NOW, ask, line, placed, recipe, scheduled
from services.materials.tests.stage import Stage


async def asked_for(stage: Stage) -> str:
    """A run of a box out of a screw in stock is asked for; its planned order."""
    await stage.opened("box", "screw")
    await stage.stock("S", "screw", "1")
    await stage.hear(recipe("box", {"screw": "1"}, {"box": "1"}))
    asked = ask("p", line("box", "1", days=10))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=8)
    return (await stage.last(RunRequested)).planned_order_id


async def test_a_run_that_nobody_answers_for_within_an_hour_is_late_until_it_is_scheduled(
    stage: Stage,
) -> None:
    key = await asked_for(stage)
    await stage.silence(minutes=59)
    await stage.pass_time(hours=2)
    assert await stage.told(SupplyLate) == []
    await stage.silence(minutes=61)
    (late,) = await stage.told(SupplyLate)
    assert (late.supply_id, late.cause) == (key, "unscheduled: production has not answered")
    await stage.hear(scheduled(key, NOW + 8 * DAY, NOW + 9 * DAY))
    assert [each.order_id for each in await stage.told(SupplyRecovered)] == ["order-p"]
    assert await stage.rows("SELECT key FROM due WHERE kind = 'run-answer'") == []


async def test_who_has_answered_is_not_silent(stage: Stage) -> None:
    key = await asked_for(stage)
    await stage.hear(RunRefused("run", key, "no furnace"))
    assert await stage.rows("SELECT key FROM due WHERE kind = 'run-answer'") == []
    await stage.silence(hours=2)
    assert [each.cause for each in await stage.told(SupplyLate)] == ["unscheduled: no furnace"]
