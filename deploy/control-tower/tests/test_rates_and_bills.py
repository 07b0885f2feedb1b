"""What an hour costs, what items are made of and where they are used, on pages."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.browser.works import Shop, a_shop

pytestmark = [pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shop(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """The shop of the pictures."""
    async with a_shop(postgres_url, tmp_path_factory.mktemp("shop")) as here:
        yield here


async def test_rates_of_a_work_centre_are_listed_said_ahead_and_taken_back(shop: Shop) -> None:
    before = await shop.see("planner", "/work-centres/furnace")
    assert "the beginning" in before.partition('id="rates"')[2]
    form = {"labour_rate_minor": "4100", "machine_rate_minor": "9900", "overhead_rate": "0.15"}
    ahead = {**form, "holds_from": "2027-04-01T06:00"}
    gone = await shop.act("planner", "/work-centres/furnace/rates", ahead)
    assert gone.headers["location"] == "/work-centres/furnace#rates"
    shown = (await shop.see("planner", "/work-centres/furnace")).partition('id="rates"')[2]
    row = shown[shown.index("41.00") :].partition("</tr>")[0]
    assert ("to come" in row, "99.00" in row, "15" in row) == (True, True, True)
    (back,) = re.findall(r'action="(/work-centres/furnace/rates/\d+)"', row)
    refused = await shop.act(
        "planner", "/work-centres/furnace/rates", {**form, "holds_from": "2020-01-01T00:00"}, 422
    )
    assert "now or later" in refused.text
    await shop.act("planner", back, {})
    shown = (await shop.see("planner", "/work-centres/furnace")).partition('id="rates"')[2]
    assert "taken back" in shown[shown.index("41.00") :].partition("</tr>")[0]
    assert "Take back" not in (await shop.see("operator", "/work-centres/furnace")).partition('id="rates"')[2]
    await shop.act("operator", "/work-centres/furnace/rates", ahead, 403)


async def test_what_an_item_is_made_of_and_where_it_is_used_lead_to_the_recipes_and_on(shop: Shop) -> None:
    made, _, used = (await shop.see("planner", "/bills/shaft")).partition('id="uses"')
    assert ("60 HRC" in made, "bought" in made, 'href="/recipes/harden/' in made) == (True, True, True)
    assert 'href="/recipes/harden/' in used
    crude = (await shop.see("planner", "/bills/crude?site_id=plant-1")).partition('id="uses"')[2]
    assert {"diesel", "petrol", "gas"} <= set(re.findall(r'<a href="/bills/([^"]+)"', crude))
    nothing = await shop.see("planner", "/bills/none?at=2020-01-01T00:00")
    assert "No recipe in force takes it." in nothing
    assert 'href="/bills/shaft"' in await shop.see("planner", "/recipes/harden/1")
    assert 'href="/bills/shaft"' in await shop.see("planner", "/recipes?uses=shaft")
