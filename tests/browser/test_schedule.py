"""The schedule in a real browser: bars dragged and moved by keys, the effect shown first, frozen time refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from backbone.testing import DatabaseOf
from backbone.testing_issuer import Issuer
from production.__main__ import SERVICE as PRODUCTION
from services.production.tests.made import DAY, NOW, asked
from services.production.tests.stage import Stage
from tests.browser.look import SCHEMES, Scheme, look_at, looking
from tests.browser.tower import served, service_host, tower

pytestmark = pytest.mark.asyncio(loop_scope="session")

# What the picture shows of the week, in its own units, and the step in which a bar is let go.
LEFT, RIGHT = 215, 1220
STEP: Final = timedelta(minutes=5)
WEEK: Final = f"/schedule?zoom=week&from={NOW:%Y-%m-%d}T{NOW:%H:%M}"


@dataclass(frozen=True)
class Plant:
    """A control tower beside a production with two runs at one furnace, two to three days ahead."""

    address: str
    issuer: Issuer
    stage: Stage

    async def places(self) -> dict[str, datetime]:
        """When each run begins."""
        return dict(await self.stage.rows("SELECT run_id, starts_at FROM bookings"))


@pytest_asyncio.fixture(loop_scope="session")
async def plant(database_of: DatabaseOf, tmp_path: Path) -> AsyncIterator[Plant]:
    issuer = Issuer(tmp_path)
    async with AsyncExitStack() as stack:
        production = await stack.enter_async_context(
            service_host(PRODUCTION, await database_of("production"))
        )
        stage = Stage(production)
        await stage.opened()
        for number in range(2):
            due = NOW + (4 - number) * DAY
            await stage.hear(asked(f"p{number}", runs="360", due_at=due, starts_at=NOW + DAY))
        beside = {"production": await stack.enter_async_context(served(production, issuer))}
        host = await stack.enter_async_context(
            tower(await database_of("control_tower"), beside, issuer.stand_in())
        )
        yield Plant(await stack.enter_async_context(served(host, issuer)), issuer, stage)


def bar_of(page: Page, run_id: str) -> Locator:
    return page.locator(f'a.takes[data-run="{run_id}"]')


async def drag(page: Page, run_id: str, by: timedelta, *, down: float = 0) -> None:
    """Take a bar in its middle and let it go so much later, and so many units further down."""
    box = await bar_of(page, run_id).locator("rect").first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await page.mouse.move(x, y)
    await page.mouse.down()
    far = by / timedelta(days=7) * (RIGHT - LEFT)
    await page.mouse.move(x + far / 2, y + down / 2)
    await page.mouse.move(x + far, y + down)
    await page.mouse.up()


async def test_a_bar_that_is_dragged_shows_its_effect_and_moves_when_that_is_wanted(
    browser: Browser, plant: Plant
) -> None:
    run_id, before = await plant.stage.run("p1"), await plant.places()
    headers = plant.issuer.headers("planner")
    view = {"width": 1320, "height": 900}
    async with looking(browser, plant.address, extra_http_headers=headers, viewport=view) as page:
        await page.goto(WEEK)
        await drag(page, run_id, timedelta(days=1))
        await expect(page.get_by_role("heading", name="What this move does")).to_be_visible()
        row = page.locator("#effect ~ .scroll tbody tr", has_text=run_id[-10:])
        await expect(row).to_have_count(1)
        # Nothing has moved yet, on the machines and in the picture.
        assert await plant.places() == before
        await page.get_by_role("button", name="Move", exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text("Moved, with")
    moved = (await plant.places())[run_id]
    assert abs(moved - before[run_id] - timedelta(days=1)) <= 2 * STEP
    assert moved.minute % 5 == 0


async def test_a_bar_is_moved_by_keys_alone(browser: Browser, plant: Plant) -> None:
    run_id, before = await plant.stage.run("p1"), await plant.places()
    async with looking(browser, plant.address, extra_http_headers=plant.issuer.headers("planner")) as page:
        await page.goto(WEEK)
        await bar_of(page, run_id).focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Run", exact=True)).to_have_value(run_id)
        at = page.get_by_label("From (UTC)")
        wanted = before[run_id] + timedelta(days=1)
        await at.fill(f"{wanted:%Y-%m-%dT%H:%M}")
        await page.get_by_role("button", name="Show the effect").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="What this move does")).to_be_visible()
        await page.get_by_role("button", name="Move", exact=True).focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("Moved, with")
    assert (await plant.places())[run_id] == wanted


async def test_frozen_time_refuses_a_bar_and_says_so_and_a_bar_beside_the_machines_stays(
    browser: Browser, plant: Plant
) -> None:
    run_id, before = await plant.stage.run("p1"), await plant.places()
    headers = plant.issuer.headers("planner")
    view = {"width": 1320, "height": 900}
    async with looking(browser, plant.address, extra_http_headers=headers, viewport=view) as page:
        await page.goto(WEEK)
        # Let go below all machines, nothing is asked.
        await drag(page, run_id, timedelta(days=1), down=300)
        await expect(page).to_have_url(plant.address + WEEK)
        await drag(page, run_id, NOW + timedelta(hours=4) - before[run_id])
        await page.get_by_role("button", name="Move", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("Not moved")
        await expect(page.get_by_role("alert")).to_contain_text(f"begins before {NOW + DAY:%Y-%m-%d %H:%M}")
        # Its effect stands there again, and the place for a reason, which is for approvers.
        await page.get_by_label("Reason, where anything begins within 24 hours").fill("the customer waits")
        await page.get_by_role("button", name="Move", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("answers 403")
    assert await plant.places() == before


async def test_a_click_on_a_bar_leads_to_the_form_of_its_move(browser: Browser, plant: Plant) -> None:
    run_id = await plant.stage.run("p0")
    headers = plant.issuer.headers("planner")
    async with looking(browser, plant.address, extra_http_headers=headers) as page:
        await page.goto(WEEK)
        await bar_of(page, run_id).click()
        await expect(page.get_by_label("Run", exact=True)).to_have_value(run_id)
        await expect(page.get_by_label("Operation", exact=True)).to_have_value("10")


async def outline_of(page: Page, run_id: str, what: str) -> dict[str, float]:
    """Where a bar lies in the picture, or where it would lie."""
    rect = page.locator(f'.board [data-run="{run_id}"] rect.{what}')
    await expect(rect).to_have_count(1)
    found: dict[str, float] = await rect.evaluate(
        "one => Object.fromEntries(['x', 'y', 'width'].map((name) => [name, one[name].baseVal.value]))"
    )
    return found


async def test_whoever_gives_way_is_outlined_where_the_move_then_puts_it(
    browser: Browser, plant: Plant
) -> None:
    moved, other = await plant.stage.run("p1"), await plant.stage.run("p0")
    before = await plant.places()
    view = {"width": 360, "height": 800}
    headers = plant.issuer.headers("planner")
    async with looking(browser, plant.address, extra_http_headers=headers, viewport=view) as page:
        await page.goto(f"{WEEK}&run={moved}&operation=10")
        await expect(page.locator(".ghost")).to_have_count(0)
        await page.get_by_label("From (UTC)").fill(f"{before[other]:%Y-%m-%dT%H:%M}")
        await page.get_by_role("button", name="Show the effect").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="What this move does")).to_be_visible()
        outlines = {each: await outline_of(page, each, "outline") for each in (moved, other)}
        olds = {each: await outline_of(page, each, "leaves") for each in (moved, other)}
        assert outlines[moved] != olds[moved]
        assert outlines[other]["x"] > olds[other]["x"]
        # On a phone the picture is scrolled to where the run would go.
        place = await page.locator(".board").evaluate("one => one.closest('.scroll').scrollLeft")
        seen = await page.locator(".ghost.asked .outline").bounding_box()
        assert seen is not None
        assert place > 0
        assert 0 <= seen["x"] < view["width"]
        await page.get_by_role("button", name="Move", exact=True).focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("Moved, with 2 runs")
        assert {each: await outline_of(page, each, "bar") for each in (moved, other)} == outlines


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_what_a_move_does_can_be_read_by_everybody_on_every_screen(
    browser: Browser, plant: Plant, scheme: Scheme
) -> None:
    run_id, before = await plant.stage.run("p1"), await plant.places()
    headers = plant.issuer.headers("planner")
    view = {"width": 1320, "height": 900}
    async with looking(
        browser, plant.address, extra_http_headers=headers, viewport=view, color_scheme=scheme
    ) as page:
        await page.goto(WEEK)
        # Onto the other run, which gives way.
        await drag(page, run_id, (before[await plant.stage.run("p0")] - before[run_id]))
        await expect(page.locator(".ghost")).to_have_count(2)
        assert await look_at(page, "schedule-trial", scheme) == []
