"""The planner's action list in a real browser: worked off by keys alone, and the same without a script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.look import looking
from tests.browser.street import Street, street
from tests.browser.tower import visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def here(postgres_url: str, tmp_path: Path) -> AsyncIterator[Street]:
    """A street with one open message."""
    async with street(postgres_url, tmp_path) as here:
        yield here


async def test_a_planner_moves_picks_and_answers_by_keys(browser: Browser, here: Street) -> None:
    headers = here.issuer.headers("planner")
    async with looking(browser, here.addresses["control-tower"], extra_http_headers=headers) as page:
        await page.goto("/messages")
        box = page.get_by_role("checkbox", name="expedite gear 8")
        for key, picked in (("j", False), ("x", True), ("x", False), ("ArrowDown", False), ("k", False)):
            await page.keyboard.press(key)
            await expect(box).to_be_focused()
            await expect(box).to_be_checked(checked=picked)
        await page.keyboard.press("?")
        await expect(page.get_by_text("accept those picked, or else this one")).to_be_visible()
        await box.focus()
        await page.keyboard.press("s")
        await expect(page.get_by_label("Put off until")).to_be_focused()
        await expect(box).to_be_checked()
        await box.focus()
        await page.keyboard.press("r")
        await expect(page.get_by_label("Rejected because")).to_be_focused()
        await page.keyboard.type("just jam, as asked")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("rejected")
        await expect(page.locator("main")).to_contain_text("The plan asks for nothing.")


async def test_without_a_script_the_button_of_a_row_accepts(browser: Browser, here: Street) -> None:
    headers = here.issuer.headers("planner")
    address = here.addresses["control-tower"]
    async with looking(browser, address, java_script_enabled=False, extra_http_headers=headers) as page:
        await page.goto("/messages")
        await page.get_by_role("button", name="Accept").click()
        await expect(page.get_by_role("status")).to_contain_text("accepted")
    async with visitor(here.tower, here.issuer, "planner") as client:
        assert "The plan asks for nothing." in (await client.get("/messages")).text
