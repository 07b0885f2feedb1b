"""Plans over several sites and their calendars."""

from __future__ import annotations

from contracts.production import CalendarChanged
from materials.commands import DefineSite
from materials.domain.item import Site
from services.materials.tests.made import ask, line, placed, recipe, terms
from services.materials.tests.plans import orders_of, planned_anew
from services.materials.tests.stage import Stage


async def shop_supplied_by_a_plant(stage: Stage) -> None:
    """A shop gets gears from the plant, which makes them; ten are ordered at the shop, two at the plant."""
    await stage.opened("gear", "blank", sites=("plant-1", "shop"))
    await stage.hear(recipe("cut", {"blank": "1"}, {"gear": "1"}), terms("blank"))
    await stage.planned_by("gear", site_id="shop", source="transfer", from_site_id="plant-1", lead_days=3)
    for promise_id, site_id, quantity in (("p", "shop", "10"), ("q", "plant-1", "2")):
        asked = ask(promise_id, line("gear", quantity, 30, site_id=site_id))
        await stage.hear(asked, placed(asked))


async def test_a_shop_is_planned_with_the_plant_that_supplies_it(stage: Stage) -> None:
    await shop_supplied_by_a_plant(stage)
    plan = await planned_anew(stage, "shop")
    assert plan.sites == ("plant-1", "shop")
    assert await orders_of(stage, plan) == [
        ("blank", "buy", "10", "03-22", "03-27"),
        ("blank", "buy", "2", "03-25", "03-30"),
        ("gear", "make", "10", "03-27", "03-29"),
        ("gear", "transfer", "10", "03-29", "04-01"),
        ("gear", "make", "2", "03-30", "04-01"),
    ]


async def test_a_plant_that_is_planned_alone_serves_what_other_sites_have_planned_of_it(stage: Stage) -> None:
    await shop_supplied_by_a_plant(stage)
    plan = await planned_anew(stage, "plant-1")
    assert plan.sites == ("plant-1",)
    assert [(sku, quantity) for sku, _, quantity, *_ in await orders_of(stage, plan)] == [
        ("blank", "10"),
        ("blank", "2"),
        ("gear", "10"),
        ("gear", "2"),
    ]


async def test_a_plant_that_rests_at_weekends_begins_earlier(stage: Stage) -> None:
    await stage.opened("gear", "blank")
    await stage.hear(CalendarChanged("week", (0, 1, 2, 3, 4), 8, 16, ("2026-03-30",)))
    await stage.do(DefineSite(Site("plant-1", "plant-1", "ours", 1, "week")))
    await stage.hear(recipe("cut", {"blank": "1"}, {"gear": "1"}, lead_days=3), terms("blank"))
    asked = ask("p", line("gear", "1", 30))
    await stage.hear(asked, placed(asked))
    plan = await planned_anew(stage)
    executing = await stage.rows("SELECT to_char(starts_at, 'MM-DD') FROM planned_orders WHERE sku = 'gear'")
    (made,) = [each for each in await orders_of(stage, plan) if each[0] == "gear"]
    assert made == ("gear", "make", "1", "03-26", "04-01")
    assert executing == [("03-26",)]
