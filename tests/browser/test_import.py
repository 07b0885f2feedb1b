"""A file sent from a real browser: in parts, gone on with after a break, and worked on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from tests.browser.look import looking
from tests.browser.street import Street, street

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROWS = 4_000


@pytest_asyncio.fixture(loop_scope="session")
async def here(postgres_url: str, tmp_path: Path) -> AsyncIterator[Street]:
    """A street with a materials that takes files."""
    async with street(postgres_url, tmp_path) as here:
        yield here


async def test_a_file_is_sent_in_parts_and_goes_on_where_it_was_broken_off(
    browser: Browser, here: Street, tmp_path: Path
) -> None:
    file = tmp_path / "items.csv"
    file.write_text(
        "sku,title,unit,quantum\n"
        + "".join(f'p{n},"Pin {n}, of ""steel""\nlong",piece,1\n' for n in range(ROWS))
    )
    seen: list[int] = []

    async def cut_once(route: Route) -> None:
        seen.append(1)
        await (route.fulfill(status=503, json={"trouble": "away"}) if len(seen) == 2 else route.continue_())

    headers = here.issuer.headers("planner")
    context = await browser.new_context(base_url=here.addresses["control-tower"], extra_http_headers=headers)
    page = await context.new_page()
    await page.route("**/parts", cut_once)
    await page.goto("/imports")
    await page.get_by_role("button", name="Open an import").click()
    await page.get_by_label("The file", exact=True).set_input_files(file)
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("away. Send the file again to go on from there.")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("button", name=f"Try the {ROWS:,} rows")).to_be_visible()
    # Two parts, the second of them twice.
    assert len(seen) == 3
    await context.close()


async def test_without_a_script_rows_are_pasted(browser: Browser, here: Street) -> None:
    headers = here.issuer.headers("planner")
    address = here.addresses["control-tower"]
    async with looking(browser, address, java_script_enabled=False, extra_http_headers=headers) as page:
        await page.goto("/imports")
        await page.get_by_role("button", name="Open an import").click()
        await expect(page.get_by_label("The file", exact=True)).to_be_hidden()
        await page.get_by_label("Rows").fill("sku,title,unit,quantum\npin,Pin,piece,1\n")
        await page.get_by_role("button", name="Send these").click()
        await page.get_by_role("button", name="Try the 1 row").click()
        await expect(page.get_by_role("status")).to_contain_text("0 of 1 rows")
