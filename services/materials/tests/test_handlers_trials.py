"""What would follow from changes: said with its orders, dates and messages, and nothing of it is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backbone.errors import NotFound
from materials import commands
from materials.domain.difference import Difference
from materials.domain.what_if import (
    ClosedDays,
    OtherDemand,
    OtherSupply,
    RecipeLeftOut,
    Supposition,
)
from services.materials.tests.made import DAY, NOW, acknowledged, ask, issued, line, placed, recipe, terms
from services.materials.tests.stage import Stage

TABLES = (
    "demands",
    "planned_orders",
    "receipts",
    "pegs",
    "stocks",
    "moves",
    "action_messages",
    "outbox",
    "due",
)


async def written(stage: Stage) -> dict[str, Any]:
    """All that the service has in its tables of plan and stock."""
    return {name: sorted(map(str, await stage.rows(f"SELECT * FROM {name}"))) for name in TABLES}


async def tried(stage: Stage, **asked: Any) -> Difference:
    """What would follow; that nothing is kept is looked at each time."""
    before = await written(stage)
    (found,) = [await stage.do(commands.TryChanges(Supposition(**asked)))]
    assert await written(stage) == before
    assert isinstance(found, Difference)
    return found


async def gearbox(stage: Stage) -> str:
    """An order of 4 gearboxes, each of 2 gears that a vendor has acknowledged for day 7; the answer is their order."""
    await stage.opened("gearbox", "gear")
    await stage.hear(recipe("assemble", {"gear": "2"}, {"gearbox": "1"}), terms("gear"))
    asked = ask("p", line("gearbox", "4", 12))
    await stage.hear(asked, placed(asked))
    gears = await stage.order_of("gear")
    await stage.do(commands.ReleaseOrder(gears, by_hand=True))
    await stage.hear(issued(gears, "gear", "8"), acknowledged(gears, "gear", "8", NOW + 7 * DAY))
    return gears


async def test_a_later_supply_says_whose_line_is_late_and_by_when(stage: Stage) -> None:
    gears = await gearbox(stage)
    found = await tried(stage, supplies=(OtherSupply(gears, NOW + 40 * DAY, lost=False),))
    (line_,) = found.demands
    assert (line_.order_id, line_.now_at is not None and line_.now_at > NOW + 40 * DAY) == ("order-p", True)
    moved = {each.sku: (each.change, each.was_at, each.now_at) for each in found.orders}
    assert moved["gear"] == ("changed", NOW + 7 * DAY, NOW + 40 * DAY)
    assert moved["gearbox"][0] == "changed"
    assert [(each.planned_order_id, each.kind, each.opens) for each in found.messages] == [
        (gears, "expedite", True)
    ]


async def test_a_supply_that_does_not_come_is_bought_again(stage: Stage) -> None:
    gears = await gearbox(stage)
    found = await tried(stage, supplies=(OtherSupply(gears, None, lost=True),))
    bought = [(each.change, each.was_micro, each.now_micro) for each in found.orders if each.sku == "gear"]
    assert sorted(bought) == [("gone", 8_000_000, 0), ("new", 0, 8_000_000)]


async def test_more_demand_shows_what_is_made_and_bought_for_it(stage: Stage) -> None:
    await gearbox(stage)
    more = line("gearbox", "3", 40, line_id="more-1")
    found = await tried(stage, more=(more,))
    assert {(each.sku, each.change, each.now_micro) for each in found.orders} == {
        ("gearbox", "new", 3_000_000),
        ("gear", "new", 6_000_000),
    }
    (served,) = found.demands
    assert (served.was_at, served.now_short_micro) == (None, 0)
    assert served.now_at is not None
    assert served.now_at <= NOW + 40 * DAY


async def test_less_demand_shrinks_what_is_planned_and_asks_about_what_is_ordered(stage: Stage) -> None:
    gears = await gearbox(stage)
    (wanted,) = await stage.rows("SELECT demand_id FROM demands WHERE order_id = 'order-p'")
    found = await tried(stage, demands=(OtherDemand(wanted[0], 0, None),))
    assert [(each.sku, each.change) for each in found.orders] == [("gearbox", "gone")]
    assert [(each.planned_order_id, each.kind, each.opens) for each in found.messages] == [
        (gears, "cancel", True)
    ]


async def test_a_lot_that_is_lost_is_made_up_for(stage: Stage) -> None:
    await stage.opened("bolt")
    await stage.hear(terms("bolt"))
    await stage.stock("B", "bolt", "4")
    asked = ask("p", line("bolt", "4"))
    await stage.hear(asked, placed(asked))
    found = await tried(stage, lots=("B",))
    assert [(each.change, each.sku, each.now_micro) for each in found.orders] == [("new", "bolt", 4_000_000)]


async def test_a_closed_site_delays_what_is_planned_afresh(stage: Stage) -> None:
    await gearbox(stage)
    first = (NOW + 8 * DAY).date()
    closed = ClosedDays("plant-1", first, first + timedelta(days=29))
    found = await tried(stage, closed=(closed,), anew=("order-p",))
    (served,) = found.demands
    assert served.now_at is not None
    assert served.now_at.date() > closed.last
    assert await tried(stage, closed=(closed,)) == Difference((), (), ())


async def test_without_its_recipe_an_item_is_short_and_that_is_said(stage: Stage) -> None:
    await gearbox(stage)
    found = await tried(stage, recipes=(RecipeLeftOut("assemble", 1),), anew=("order-p",))
    (served,) = found.demands
    assert (served.now_at, served.now_short_micro) == (None, 4_000_000)


@pytest.mark.parametrize(
    "asked",
    [
        {"lots": ("none",)},
        {"supplies": (OtherSupply("none", None, lost=True),)},
        {"demands": (OtherDemand("none", 1, None),)},
        {"recipes": (RecipeLeftOut("none", 1),)},
        {"anew": ("none",)},
        {"closed": (ClosedDays("nowhere", NOW.date(), NOW.date()),)},
    ],
)
async def test_what_is_not_there_cannot_be_supposed_away(stage: Stage, asked: dict[str, Any]) -> None:
    await stage.opened("bolt")
    with pytest.raises(NotFound):
        await stage.do(commands.TryChanges(Supposition(**asked)))


async def test_a_trial_sees_the_plan_and_the_plan_does_not_see_it(stage: Stage) -> None:
    gears = await gearbox(stage)
    asked = {"supplies": (OtherSupply(gears, NOW + 40 * DAY, lost=False),)}
    assert await tried(stage, **asked) == await tried(stage, **asked)
    await stage.hear(acknowledged(gears, "gear", "8", NOW + 40 * DAY))
    assert await tried(stage, **asked) == Difference((), (), ())
