"""Orders that are planned by a recipe that is retired: production would refuse them, so they are planned otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.materials import RunRequested, SupplyLate
from contracts.production import RecipeRetired
from materials import commands
from materials.handlers import masters
from services.materials.tests.made import DAY, NOW, ask, line, placed, recipe, terms
from services.materials.tests.stage import Stage


async def ordered(stage: Stage, *names: str) -> None:
    """Orders for ten gears each, which are cut of blanks by the first version of a recipe."""
    await stage.opened("gear", "blank", "bar")
    await stage.hear(recipe("cut", {"blank": "1"}, {"gear": "1"}), terms("blank", 5), terms("bar", 5))
    for name in names:
        asked = ask(name, line("gear", "10", days=30))
        await stage.hear(asked, placed(asked))


async def retired(stage: Stage, *, by_another: bool) -> None:
    """The first version is retired, in favour of one that takes bars."""
    if by_another:
        await stage.hear(replace(recipe("cut", {"bar": "1"}, {"gear": "1"}), version=2))
    await stage.hear(RecipeRetired("cut", 1))
    await stage.pass_time(hours=1)


async def test_what_is_planned_by_a_retired_version_is_planned_by_the_next_with_its_inputs(
    stage: Stage,
) -> None:
    await ordered(stage, "p")
    await retired(stage, by_another=True)
    assert await stage.planned() == [("bar", "buy", "planned", "10"), ("gear", "make", "planned", "10")]
    assert await stage.rows("SELECT recipe_version, due_at FROM planned_orders WHERE sku = 'gear'") == [
        (2, NOW + 30 * DAY)
    ]
    await stage.pass_time(days=29)
    assert [each.recipe_version for each in await stage.told(RunRequested)] == [2]
    assert not await stage.told(SupplyLate)


async def test_what_nothing_else_gives_is_late_and_says_why(stage: Stage) -> None:
    await ordered(stage, "p")
    await retired(stage, by_another=False)
    assert await stage.planned() == []
    (late,) = await stage.told(SupplyLate)
    assert (late.order_id, late.cause) == ("order-p", "version 1 of recipe cut is retired")


async def test_a_run_that_was_asked_for_keeps_its_version(stage: Stage) -> None:
    await ordered(stage, "p")
    await stage.do(commands.ReleaseOrder(await stage.order_of("gear"), by_hand=True))
    await retired(stage, by_another=True)
    assert await stage.rows("SELECT recipe_version FROM planned_orders WHERE sku = 'gear'") == [(1,)]


async def test_more_than_a_step_holds_is_planned_anew_in_the_next(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(masters, "STEP_ORDERS_COUNT", 1)
    await ordered(stage, "p", "q", "r")
    await retired(stage, by_another=True)
    await stage.pass_time(hours=1)
    assert await stage.rows("SELECT recipe_version FROM planned_orders WHERE sku = 'gear'") == [(2,)] * 3
