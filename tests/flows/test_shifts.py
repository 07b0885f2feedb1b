"""Shifts in which something goes wrong end with every order delivered and every promise kept."""

from __future__ import annotations

from contracts.materials import LotStatusChanged
from contracts.production import LotDisposed, LotInspected, MaterialConsumed
from simulator.scenarios import SHIFTS
from simulator.scenarios.heat_treatment import HOT_RUN
from tests.flows.town import Town


async def test_shifts_in_which_something_goes_wrong_end_with_what_they_are_played_for(town: Town) -> None:
    await _a_furnace_that_runs_away(town)
    assert await town.broken() == []


async def _seen(town: Town, name: str) -> None:
    """Play a shift; every order is complete, and everything is there that is to be seen of it."""
    scenario = SHIFTS[name]
    since = await town.rest()
    orders = await town.play_all(scenario)
    assert [order["state"] for order in orders] == ["completed"] * len(scenario.customers(since))
    await town.rest()
    sights = await scenario.looks(town.doors, since)
    assert sights
    assert [sight.words for sight in sights if not sight.there] == []


async def _a_furnace_that_runs_away(town: Town) -> None:
    await _seen(town, "heat-treatment")
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
