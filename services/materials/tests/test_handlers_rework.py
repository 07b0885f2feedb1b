"""Reworks that are given up: what is left of their lots is still blocked, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

from contracts.materials import LotStatusChanged, MaterialsStaged, RunRequested
from contracts.production import LotDisposed, RunAborted
from services.materials.tests.made import DAY, NOW, closed, consumed, part, produced, recipe, scheduled
from services.materials.tests.stage import Stage
from services.materials.tests.test_ledger import running


async def test_a_lot_that_a_rework_took_whole_stays_consumed_when_the_run_is_given_up(stage: Stage) -> None:
    made = await running(stage)
    await stage.hear(consumed(made, part("B", "blank", "10", 1_003)))
    await stage.hear(produced(made, part("bad", "gear", "10", 1_003), blocked=True), closed(made, "10"))
    await stage.hear(recipe("mend", {"gear": "1"}, {"gear": "1"}, "modification", lead_days=1))
    await stage.hear(LotDisposed("bad", "gear", "plant-1", "rework", "soft spot", "quinn", None, "mend"))
    staged = await stage.last(MaterialsStaged)
    again = staged.planned_order_id
    await stage.hear(scheduled(again, NOW + DAY, NOW + 2 * DAY), consumed(again, *staged.lots, rework=True))
    await stage.hear(RunAborted(f"run-{again}", again, "the furnace broke"))
    changes = [each.status for each in await stage.told(LotStatusChanged) if each.lot_id == "bad"]
    assert changes[-1] == "consumed"


async def test_a_rework_goes_by_the_version_that_is_in_force_and_not_by_one_that_comes(stage: Stage) -> None:
    made = await running(stage)
    await stage.hear(consumed(made, part("B", "blank", "10", 1_003)))
    await stage.hear(produced(made, part("bad", "gear", "10", 1_003), blocked=True), closed(made, "10"))
    mend = recipe("mend", {"gear": "1"}, {"gear": "1"}, "modification", lead_days=1)
    await stage.hear(mend, replace(mend, version=2, effective_from=NOW + 30 * DAY))
    await stage.hear(LotDisposed("bad", "gear", "plant-1", "rework", "soft spot", "quinn", None, "mend"))
    asked = await stage.last(RunRequested)
    assert (asked.rework_lot_id, asked.recipe_version) == ("bad", 1)
