"""Transfers that would take an item round: refused with the way, and never planned."""

from __future__ import annotations

from typing import Any

import pytest

from backbone.errors import NotFound
from materials import commands
from materials.domain.item import MasterIsIncomplete, Parameters, Site
from materials.domain.network import Network, Node, TransfersGoRound
from services.materials.tests.door import PLANNER, Door
from services.materials.tests.made import DAY, NOW
from services.materials.tests.stage import Stage

SITES = ("plant-1", "plant-2", "plant-3")


async def transferred(stage: Stage, site_id: str, from_site_id: str, **changes: Any) -> None:
    """Gears come to a site from another one."""
    await stage.planned_by("gear", site_id=site_id, source="transfer", from_site_id=from_site_id, **changes)


async def test_a_transfer_that_closes_a_ring_is_refused_with_the_way(door: Door) -> None:
    stage = door.stage
    await stage.opened("gear", "bolt", sites=SITES)
    await transferred(stage, "plant-1", "plant-2")
    await transferred(stage, "plant-2", "plant-3")
    with pytest.raises(TransfersGoRound, match="plant-3 from plant-1 from plant-2 from plant-3"):
        await transferred(stage, "plant-3", "plant-1")
    body = {"sku": "gear", "site_id": "plant-2", "source": "transfer", "from_site_id": "plant-1"}
    refused = await door.send(PLANNER, "POST", "/v1/planning-parameters", body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/from_site_id")
    await door.post(PLANNER, "/v1/planning-parameters", {**body, "sku": "bolt"})
    await stage.planned_by("gear", source="buy")
    await transferred(stage, "plant-3", "plant-1")


async def test_a_ring_that_closes_at_a_later_moment_is_refused_when_it_is_said(stage: Stage) -> None:
    await stage.opened("gear", sites=SITES)
    await stage.do(commands.SetParameters(moved("plant-1", "plant-2"), NOW + 5 * DAY))
    for days in (1, 5, 9):
        with pytest.raises(
            TransfersGoRound, match=r"from 2026-03-(07|11) on: plant-2 from plant-1 from plant-2"
        ):
            await stage.do(commands.SetParameters(moved("plant-2", "plant-1"), NOW + days * DAY))
    with pytest.raises(TransfersGoRound):
        await transferred(stage, "plant-2", "plant-1")
    bought = moved("plant-1", "plant-2")._replace(source="buy", from_site_id=None)
    await stage.do(commands.SetParameters(bought, NOW + 8 * DAY))
    await stage.do(commands.SetParameters(moved("plant-2", "plant-1"), NOW + 9 * DAY))
    await stage.pass_time(days=10)
    rows = await stage.rows("SELECT site_id, from_site_id FROM parameters WHERE source = 'transfer'")
    assert rows == [("plant-2", "plant-1")]


def moved(site_id: str, from_site_id: str) -> Parameters:
    return Parameters("gear", site_id, "transfer", 0, 0, 0, 0, 0, 0, from_site_id, automatic=True)


def test_of_a_ring_that_is_there_nothing_comes_and_of_what_leads_into_it() -> None:
    told = [moved("plant-1", "plant-2"), moved("plant-2", "plant-1"), moved("plant-3", "plant-1")]
    known = {(each.site_id, each.sku): each for each in told}
    network = Network(NOW, {}, {}, known, {}, {}, {})
    assert [network.source(Node(site_id, "gear", ())) for site_id in SITES] == [None, None, None]
    assert network.height(Node("plant-1", "gear", ())) == 0


async def test_what_comes_from_nowhere_or_from_another_company_is_no_transfer(stage: Stage) -> None:
    await stage.opened("gear")
    with pytest.raises(NotFound, match="plant-9"):
        await transferred(stage, "plant-1", "plant-9")
    await stage.do(commands.DefineSite(Site("plant-4", "plant-4", "theirs", 1, None)))
    with pytest.raises(MasterIsIncomplete, match="of theirs"):
        await transferred(stage, "plant-1", "plant-4")
