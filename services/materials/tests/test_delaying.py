"""Runs that were asked for hear when their material will be there, if it is too late for them, and only then."""

from __future__ import annotations

from contracts.instead import MaterialsDelayed
from contracts.materials import MaterialsStaged, RunRequested
from contracts.production import LotInspected
from contracts.values import Quantity
from services.materials.tests.made import (
    DAY,
    acknowledged,
    ask,
    cancelled,
    issued,
    line,
    part,
    placed,
    received,
    recipe,
    scheduled,
    terms,
)
from services.materials.tests.stage import Stage


async def asked_for(stage: Stage, *bought: str) -> tuple[str, dict[str, str]]:
    """A machine of parts that are bought, released at once: the run's order, and the orders of the parts."""
    await stage.opened("machine", *bought)
    await stage.hear(recipe("build", dict.fromkeys(bought, "1"), {"machine": "1"}), *map(terms, bought))
    for sku in bought:
        await stage.planned_by(sku, source="buy", fence_days=90, lead_days=5)
    await stage.planned_by("machine", fence_days=90)
    asked = ask("p", line("machine", "4"))
    await stage.hear(asked, placed(asked))
    return await stage.order_of("machine"), {sku: await stage.order_of(sku) for sku in bought}


async def test_a_vendor_that_delivers_later_than_the_run_begins_delays_its_material(stage: Stage) -> None:
    run, bought = await asked_for(stage, "frame")
    asked = await stage.last(RunRequested)
    await stage.hear(scheduled(run, asked.starts_at, asked.due_at), issued(bought["frame"], "frame", "4"))
    assert await stage.told(MaterialsDelayed) == []
    late = asked.starts_at + 6 * DAY
    await stage.hear(acknowledged(bought["frame"], "frame", "4", late))
    told = MaterialsDelayed(run, late, "material", "the vendor delivers later")
    assert await stage.told(MaterialsDelayed) == [told]


async def test_material_that_comes_sooner_again_is_told_until_it_is_in_time_and_then_no_more(
    stage: Stage,
) -> None:
    run, bought = await asked_for(stage, "frame")
    asked = await stage.last(RunRequested)
    await stage.hear(scheduled(run, asked.starts_at, asked.due_at))
    moments = [asked.starts_at + days * DAY for days in (6, 3, -1, -2)]
    for at in moments:
        await stage.hear(acknowledged(bought["frame"], "frame", "4", at))
    assert [each.at for each in await stage.told(MaterialsDelayed)] == moments[:3]


async def test_a_run_waits_for_the_last_of_its_materials(stage: Stage) -> None:
    run, bought = await asked_for(stage, "frame", "motor")
    asked = await stage.last(RunRequested)
    await stage.hear(scheduled(run, asked.starts_at, asked.due_at))
    last = asked.starts_at + 8 * DAY
    await stage.hear(acknowledged(bought["motor"], "motor", "4", last))
    await stage.hear(acknowledged(bought["frame"], "frame", "4", asked.starts_at + 2 * DAY))
    assert [each.at for each in await stage.told(MaterialsDelayed)] == [last]


async def test_a_late_run_delays_the_run_that_it_feeds(stage: Stage) -> None:
    await stage.opened("machine", "frame", "steel")
    await stage.stock("S", "steel", "9")
    await stage.hear(
        recipe("weld", {"steel": "1"}, {"frame": "1"}), recipe("build", {"frame": "1"}, {"machine": "1"})
    )
    for sku in ("frame", "machine"):
        await stage.planned_by(sku, fence_days=90)
    asked = ask("p", line("machine", "4"))
    await stage.hear(asked, placed(asked))
    requests = {each.recipe_id: each for each in await stage.told(RunRequested)}
    weld, build = requests["weld"], requests["build"]
    await stage.hear(scheduled(build.planned_order_id, build.starts_at, build.due_at))
    late = build.starts_at + 5 * DAY
    await stage.hear(scheduled(weld.planned_order_id, weld.starts_at, late))
    told = MaterialsDelayed(build.planned_order_id, late, "material", "run is scheduled later")
    assert await stage.told(MaterialsDelayed) == [told]


async def test_a_lot_that_is_blocked_delays_the_run_for_quality(stage: Stage) -> None:
    run, bought = await asked_for(stage, "frame")
    asked = await stage.last(RunRequested)
    await stage.hear(
        scheduled(run, asked.starts_at, asked.due_at), received(bought["frame"], part("F", "frame", "4"))
    )
    assert len(await stage.told(MaterialsStaged)) == 1
    # Somebody else's frames are free, but come later.
    other = ask("q", line("frame", "4", days=60))
    await stage.hear(other, placed(other), cancelled(placed(other)))
    await stage.hear(LotInspected("F", "frame", None, passed=False, properties=()))
    (told,) = await stage.told(MaterialsDelayed)
    assert (told.planned_order_id, told.cause) == (run, "quality")
    assert told.reason == "lot F is blocked: inspection failed"
    assert told.at > asked.starts_at


async def test_material_in_time_is_never_told_of(stage: Stage) -> None:
    run, bought = await asked_for(stage, "frame")
    asked = await stage.last(RunRequested)
    await stage.hear(
        scheduled(run, asked.starts_at, asked.due_at),
        acknowledged(bought["frame"], "frame", "4", asked.starts_at - DAY),
        received(bought["frame"], part("F", "frame", "4")),
    )
    assert [each.runs for each in await stage.told(MaterialsStaged)] == [Quantity(4)]
    assert await stage.told(MaterialsDelayed) == []
