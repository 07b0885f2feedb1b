"""Shifts in which something goes wrong end with every order delivered and every promise kept."""

from __future__ import annotations

from contracts.instead import GoodsWithdrawn, SupplySubstituted
from contracts.materials import LotStatusChanged
from contracts.orders import OrderLineAmended, PromiseRecovered
from contracts.plans import PlanPublished
from contracts.production import LotDisposed, LotInspected, MaterialConsumed
from contracts.service_desk import GoodsDispatched
from simulator.scenarios.assembly import ASSEMBLY, CARD, STAND_IN
from simulator.scenarios.heat_treatment import HEAT_TREATMENT, HOT_RUN
from simulator.scenarios.planner import planner
from simulator.scenarios.refinery import REFINERY
from simulator.scenarios.scenario import Scenario
from simulator.scenarios.site import Site
from tests.flows.town import Town


async def test_shifts_in_which_something_goes_wrong_end_with_what_they_are_played_for(town: Town) -> None:
    await _a_furnace_that_runs_away(town)
    await _a_cut_that_is_off(town)
    await _cards_that_do_not_come(town)
    assert await town.broken() == []


async def test_a_planner_works_off_a_week_of_changes_at_a_generated_site(town: Town) -> None:
    await _seen(town, planner(Site(items=80, products=9, assemblies=8, ores=1, bars=1)))
    assert any("puts off a message" in words or "accepts a message" in words for words in town.said)
    assert len(await town.told(PlanPublished, "materials")) == 1
    assert sum("plans the site: version" in words for words in town.said) == 2
    assert len(await town.told(OrderLineAmended, "orders")) == 1
    assert await town.broken() == []


async def _seen(town: Town, scenario: Scenario) -> None:
    """Play a scenario; every order is complete, and everything is there that is to be seen of it."""
    since = await town.rest()
    orders = await town.play_all(scenario)
    assert {order["state"] for order in orders} == {"completed"}
    await town.rest()
    sights = await scenario.looks(town.doors, since)
    assert sights
    assert [sight.words for sight in sights if not sight.there] == []


async def _a_furnace_that_runs_away(town: Town) -> None:
    await _seen(town, HEAT_TREATMENT)
    (disposed,) = await town.told(LotDisposed, "production")
    assert disposed["disposition"] == "rework"
    reworks = [fact for fact in await town.told(MaterialConsumed, "production") if fact["rework"]]
    assert [lot["lot_id"] for fact in reworks for lot in fact["lots"]] == [disposed["lot_id"]]
    verdicts = [fact["passed"] for fact in await town.told(LotInspected, "production")]
    assert verdicts == [number != HOT_RUN for number in range(1, len(verdicts) + 1)]
    statuses = [
        (fact["was"], fact["status"])
        for fact in await town.told(LotStatusChanged, "materials")
        if fact["lot_id"] == disposed["lot_id"]
    ]
    assert statuses == [("blocked", "consumed")]


async def _a_cut_that_is_off(town: Town) -> None:
    await _seen(town, REFINERY)
    withdrawn = [fact["line_id"] for fact in await town.told(GoodsWithdrawn, "materials")]
    assert len(withdrawn) == 1
    first, second = [
        fact for fact in await town.told(MaterialConsumed, "production") if fact["lots"][0]["sku"] != "gear"
    ]
    assert (first["rework"], second["rework"]) == (False, True)
    # What was off never left before it was put right.
    left = [
        lot["lot_id"]
        for fact in await town.told(GoodsDispatched, "service-desk")
        for line in fact["lines"]
        for lot in line["lots"]
    ]
    assert not {lot["lot_id"] for lot in second["lots"]} & set(left)


async def _cards_that_do_not_come(town: Town) -> None:
    await _seen(town, ASSEMBLY)
    (substituted,) = await town.told(SupplySubstituted, "materials")
    assert (substituted["sku"], substituted["substitute_sku"]) == (CARD, STAND_IN)
    assert (await town.told(PromiseRecovered, "orders"))[-1]["how"] == "substitute"
