"""Items that come from elsewhere than when their orders were planned: what nobody was asked for is planned anew."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.vendors import PurchaseRefused
from materials import commands
from services.materials.tests.made import DAY, NOW, ask, line, placed, recipe, terms
from services.materials.tests.stage import Stage


async def ordered(stage: Stage, source: str) -> None:
    """Ten gears in thirty days, which can be cut of blanks or bought, and come as is said."""
    await stage.opened("gear", "blank")
    await stage.hear(recipe("cut", {"blank": "1"}, {"gear": "1"}), terms("gear", 7), terms("blank", 5))
    await stage.planned_by("gear", source=source)
    await want(stage)


async def want(stage: Stage) -> None:
    asked = ask("p", line("gear", "10", days=30))
    await stage.hear(asked, placed(asked))


async def told(stage: Stage, source: str, sku: str = "gear", **changes: Any) -> None:
    """What is said of its source, and what follows from it."""
    await stage.planned_by(sku, source=source, **changes)
    await stage.pass_time(minutes=1)


async def test_what_is_bought_by_now_is_bought_and_its_inputs_with_it_no_more(stage: Stage) -> None:
    await ordered(stage, "make")
    assert await stage.planned() == [("blank", "buy", "planned", "10"), ("gear", "make", "planned", "10")]
    await told(stage, "buy")
    assert await stage.planned() == [("gear", "buy", "planned", "10")]
    assert await stage.rows("SELECT starts_at, due_at FROM planned_orders") == [
        (NOW + 23 * DAY, NOW + 30 * DAY)
    ]


async def test_what_is_made_by_now_is_made_with_its_inputs(stage: Stage) -> None:
    await ordered(stage, "buy")
    await told(stage, "make")
    assert await stage.planned() == [("blank", "buy", "planned", "10"), ("gear", "make", "planned", "10")]


async def test_what_was_bought_for_want_of_a_recipe_is_made_by_the_first_that_is_approved(
    stage: Stage,
) -> None:
    await stage.opened("gear", "blank")
    await stage.hear(terms("gear", 7), terms("blank", 5))
    await stage.planned_by("gear", source="make")
    await want(stage)
    assert await stage.planned() == [("gear", "buy", "planned", "10")]
    await stage.hear(recipe("cut", {"blank": "1"}, {"gear": "1"}))
    await stage.pass_time(minutes=1)
    assert await stage.planned() == [("blank", "buy", "planned", "10"), ("gear", "make", "planned", "10")]


@pytest.mark.parametrize("refused_first", [True, False])
async def test_what_no_vendor_supplies_is_made_if_it_is_to_be_made_by_now(
    stage: Stage, *, refused_first: bool
) -> None:
    await stage.opened("gear", "blank")
    await stage.hear(recipe("cut", {"blank": "1"}, {"gear": "1"}), terms("blank", 5))
    await stage.planned_by("gear", source="buy")
    await want(stage)
    bought = await stage.order_of("gear")
    await stage.do(commands.ReleaseOrder(bought, by_hand=True))
    if refused_first:
        await stage.hear(PurchaseRefused(bought, "no vendor quoted for gear in time"))
    await told(stage, "make")
    if not refused_first:
        await stage.hear(PurchaseRefused(bought, "no vendor quoted for gear in time"))
    assert [each for each in await stage.planned() if each[0] == "gear"] == [
        ("gear", "buy", "released", "10"),
        ("gear", "make", "planned", "10"),
    ]
    assert await stage.rows("SELECT kind FROM action_messages WHERE state = 'open'") == [("cancel",)]
    await stage.do(commands.AnswerMessage(f"{bought}@cancel"))
    await stage.hear(PurchaseRefused(bought, "a planner cancels it"))
    assert ("gear", "buy", "released", "10") not in await stage.planned()


async def test_what_no_vendor_supplies_once_more_is_asked_of_a_planner_again(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 7))
    await want(stage)
    bought = await stage.order_of("gear")
    await stage.do(commands.ReleaseOrder(bought, by_hand=True))
    await stage.hear(PurchaseRefused(bought, "no vendor is left"))
    await stage.pass_time(days=28)
    message = f"{bought}@expedite"
    state = "SELECT state, reason FROM action_messages WHERE kind = 'expedite'"
    await stage.do(commands.AnswerMessage(message))
    assert [state for state, _ in await stage.rows(state)] == ["accepted"]
    await stage.hear(PurchaseRefused(bought, "no vendor quoted in time"))
    assert await stage.rows(state) == [("open", "nobody supplies it: no vendor quoted in time")]


async def test_what_nothing_could_supply_is_bought_as_soon_as_that_is_said(stage: Stage) -> None:
    await stage.opened("gear")
    await want(stage)
    assert await stage.planned() == []
    await told(stage, "buy")
    assert await stage.planned() == [("gear", "buy", "planned", "10")]


async def test_what_comes_from_another_site_by_now_is_transferred_and_made_there(stage: Stage) -> None:
    await ordered(stage, "make")
    await stage.opened(sites=("plant-2",))
    await stage.hear(recipe("mill", {"blank": "1"}, {"gear": "1"}, site_id="plant-2"))
    await told(stage, "transfer", from_site_id="plant-2")
    assert await stage.rows(
        "SELECT site_id, source, recipe_id FROM planned_orders WHERE sku = 'gear' ORDER BY 1"
    ) == [("plant-1", "transfer", None), ("plant-2", "make", "mill")]


async def test_what_a_planner_made_firm_or_asked_for_stays(stage: Stage) -> None:
    await ordered(stage, "make")
    await stage.do(commands.FirmOrder(await stage.order_of("gear"), firm=True))
    await told(stage, "buy")
    assert ("gear", "make", "planned", "10") in await stage.planned()
    await stage.do(commands.ReleaseOrder(await stage.order_of("gear"), by_hand=True))
    await told(stage, "buy")
    assert ("gear", "make", "released", "10") in await stage.planned()


async def test_what_begins_a_ring_is_bought_as_before(stage: Stage) -> None:
    await stage.opened("solvent", "spent")
    await stage.hear(
        recipe("clean", {"spent": "1"}, {"solvent": "1"}), recipe("use", {"solvent": "1"}, {"spent": "1"})
    )
    await stage.hear(terms("solvent", 7))
    await stage.planned_by("solvent", source="make")
    asked = ask("p", line("solvent", "10", days=30))
    await stage.hear(asked, placed(asked))
    ring = [("solvent", "make"), ("solvent", "buy"), ("spent", "make")]
    assert [each[:2] for each in await stage.planned()] == ring
    await told(stage, "make", "solvent", lead_days=1)
    assert [each[:2] for each in await stage.planned()] == ring
