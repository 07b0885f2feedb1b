"""Inspection points at the pages: at the run, at the terminal, in the overview of quality, and their charts."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.browser.works import Shop, a_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shop(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """The shop of the pictures."""
    async with a_shop(postgres_url, tmp_path_factory.mktemp("shop")) as here:
        yield here


async def test_what_failed_behind_an_operation_is_decided_and_looked_at_again_at_its_run(shop: Shop) -> None:
    run_id = shop.names["inspected"]
    place = f"/production-runs/{run_id}"
    why = "operation 10 failed its inspection: hardness 57.2 HRC, 2 of 2 bad"
    assert why in await shop.see("quality", "/terminal/furnace")
    assert f'href="{place}#inspections"' in await shop.see("quality", "/quality")
    page = await shop.see("operator", place)
    assert why in page
    assert "60 of 80 passed" in page
    assert "Decide on operation 10" not in page
    again = {"operation_no": "10", "sku": "shaft", "verdict": "rework", "reason": "hardened anew", "runs": ""}
    await shop.act("operator", place + "/decision", again, 403)
    unsaid = await shop.act("quality", place + "/decision", {**again, "reason": ""}, 422)
    assert "/reason" in unsaid.text
    gone = await shop.act("quality", place + "/decision", again)
    assert gone.headers["location"] == place + "#inspections"
    assert "Inspect operation 10" in await shop.see("operator", place)
    found = {
        "operation_no": "10", "sku": "shaft", "name.0": "hardness", "kind.0": "variable", "values.0": "59,5 60",
        "name.1": "scratched", "kind.1": "attribute", "looked_at.1": "2", "bad.1": "0", "runs": "5,5",
    }  # fmt: skip
    await shop.act("operator", place + "/samples", {**found, "bad.1": "some"}, 422)
    await shop.act("operator", place + "/samples", found)
    await shop.act("operator", "/terminal/furnace", {"run_id": run_id, "act": "sample", **found, "runs": ""})
    passed = {"run_id": run_id, "act": "pass", "operation_no": "10", "runs": "5,5"}
    await shop.act("operator", "/terminal/furnace", passed)
    page = await shop.see("operator", place)
    assert "80 of 80 passed" in page
    assert "0 of 80, 5.5 behind operation 10" in page
    assert page.count("operation 10, ") == 6
    chart = await shop.see("quality", "/inspection-points/temper/10/shaft")
    assert chart.count('<circle class="spot') == 6
    assert "operation 10" in await shop.see("quality", "/quality/shaft")
    await shop.see("quality", "/inspection-points/temper/20/shaft", status=404)
