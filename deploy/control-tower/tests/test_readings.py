"""A run shows the newest of what machines have measured, and says that there is more; and what they have counted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from contracts.values import Quantity
from control_tower.pages.making import runs
from production import commands
from production.domain.counts import MachineCount
from production.domain.readings import MachineReading
from tests.browser.works import Shop, a_shop

VALUES = ("848.25", "849.25", "852.25")
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shop(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """The shop of the pictures."""
    async with a_shop(postgres_url, tmp_path_factory.mktemp("shop")) as here:
        yield here


async def test_the_newest_readings_are_drawn_and_that_there_are_more_is_said(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/production-runs/{shop.names['run']}"
    run_id = shop.names["run"]
    begin = shop.production.clock.now() - timedelta(hours=1)
    read = [
        MachineReading(
            run_id,
            10,
            "temperature",
            "furnace-1",
            begin + timedelta(minutes=number),
            Quantity(value),
            "degC",
        )
        for number, value in enumerate(VALUES)
    ]
    await shop.production.do(commands.RecordReadings(tuple(read), "machine"))
    whole = await shop.see("planner", path)
    assert "the newest" not in whole
    monkeypatch.setattr(runs, "ROWS_COUNT_MAX", 2)
    some = await shop.see("planner", path)
    assert "the newest 2 values are shown" in some
    assert f"o2d reading list {shop.names['run']}" in some
    assert whole.count('<circle class="spot') - some.count('<circle class="spot') == 1
    assert [value in some for value in VALUES] == [False, True, True]


async def test_what_machines_have_counted_is_shown_at_the_run_and_at_the_terminal(shop: Shop) -> None:
    run_id = shop.names["waiting"]
    assert "Counted by machines" not in await shop.see("planner", f"/production-runs/{run_id}")
    at = shop.production.clock.now()
    count = MachineCount(run_id, 10, "press-7", at, Quantity(1_312), Quantity(5))
    await shop.production.do(commands.RecordCounts((count,), "machine"))
    page = await shop.see("planner", f"/production-runs/{run_id}")
    assert '<td data-label="Machine">press-7</td><td data-label="Good" class="number">1,312</td>' in page
    terminal = await shop.see("operator", "/terminal/furnace")
    assert "Machines have counted 1,312 good and 5 bad here." in terminal
