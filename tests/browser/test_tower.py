"""The control tower in a real browser: readable by everybody, on every screen, live, and with no script but its own."""

from __future__ import annotations

import re
from contextlib import AbstractAsyncContextManager

import pytest
from playwright.async_api import Browser, Page, Route, expect

from backbone.auth import LOGIN_TYPE
from backbone.ids import new_id
from backbone.service import Host
from backbone.testing_issuer import Issuer
from tests.browser.look import looking
from tests.browser.story import late_story, records_of, whole_story
from tests.browser.tower import hear

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Answers when the first script is there and everything has run that it put off to its next turn.
FIRST_SCRIPT_HAD_ITS_TURN = """() => new Promise((done) => {
  const look = () => window.htmx ? setTimeout(() => setTimeout(done)) : setTimeout(look);
  look();
})"""


def somebody(browser: Browser, issuer: Issuer, address: str) -> AbstractAsyncContextManager[Page]:
    """A page of an admin; at its end nothing may have gone wrong in it."""
    return looking(browser, address, extra_http_headers=issuer.headers("admin"))


async def test_what_is_told_while_somebody_looks_is_shown_without_loading_the_page_again(
    browser: Browser, host: Host, issuer: Issuer, address: str
) -> None:
    async with somebody(browser, issuer, address) as page:
        await page.goto("/")
        await expect(page.locator("#live")).to_have_text("Live: what changes is shown as it happens.")
        await page.evaluate("window.loadedOnce = true")
        await expect(page.locator("#counts-order")).to_have_text("none yet")
        records = records_of(late_story())
        await host.hear(records[:8])
        await expect(page.locator("#counts-order")).to_contain_text("1 placed")
        await expect(page.locator("#late-rows")).to_contain_text("No line is late or at risk.")
        await host.hear(records[8:])
        await expect(page.locator("#counts-order")).to_contain_text("1 at risk")
        await expect(page.locator("#late-order-1-L1")).to_contain_text("vendor moved the delivery")
        await expect(page.locator("#late-count")).to_have_text("1")
        assert await page.evaluate("window.loadedOnce")


async def test_only_what_changed_is_replaced(
    browser: Browser, host: Host, issuer: Issuer, address: str
) -> None:
    await hear(host, late_story("order-1"))
    async with somebody(browser, issuer, address) as page:
        await page.goto("/")
        await expect(page.locator("#live")).to_have_class("live on")
        await page.evaluate(
            "for (const id of ['counts-order', 'counts-visit', 'late-order-1-L1'])"
            "  document.getElementById(id).mark = true"
        )
        await hear(host, late_story("order-2")[:6])
        await expect(page.locator("#counts-order")).to_contain_text("1 placed")
        kept = "id => document.getElementById(id).mark === true"
        assert not await page.evaluate(kept, "counts-order")
        assert await page.evaluate(kept, "counts-visit")
        assert await page.evaluate(kept, "late-order-1-L1")


async def test_a_page_whose_scripts_come_one_long_after_the_other_is_live_all_the_same(
    browser: Browser, host: Host, issuer: Issuer, address: str
) -> None:
    async def late(route: Route) -> None:
        await page.evaluate(FIRST_SCRIPT_HAD_ITS_TURN)
        await route.continue_()

    async with somebody(browser, issuer, address) as page:
        await page.route("**/hx-sse.min.js*", late)
        await page.goto("/")
        await expect(page.locator("#live")).to_have_class("live on")


async def test_the_pages_can_be_walked_with_the_keyboard(
    browser: Browser, host: Host, issuer: Issuer, address: str
) -> None:
    await hear(host, whole_story())
    async with somebody(browser, issuer, address) as page:
        await page.goto("/orders/order-1")
        await page.keyboard.press("Tab")
        await expect(page.locator(".skip")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("main")).to_be_focused()
        dot = page.locator("svg a:has(circle)").first
        await dot.focus()
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(re.compile("#fact-"))
        await expect(page.locator(":target")).to_contain_text("Need stated")


async def test_on_paper_there_is_what_is_read_and_nothing_to_press(
    browser: Browser, host: Host, issuer: Issuer, address: str
) -> None:
    await hear(host, whole_story())
    async with somebody(browser, issuer, address) as page:
        await page.goto("/orders/order-1")
        await page.emulate_media(media="print")
        await expect(page.locator("nav")).to_be_hidden()
        await expect(page.locator("h1")).to_be_visible()
        assert (await page.pdf()).startswith(b"%PDF")


async def test_a_person_signs_in_with_a_link_and_out_with_a_button(
    browser: Browser, issuer: Issuer, address: str
) -> None:
    token = issuer.token("admin", header={"typ": LOGIN_TYPE}, claims={"jti": new_id()})
    page = await browser.new_page()
    await page.goto(f"{address}/orders")
    await expect(page.locator("h1")).to_have_text("Sign in")
    await page.goto(f"{address}/login?token={token}&next=/values")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator("h1")).to_have_text("Value")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.locator("h1")).to_have_text("Sign in")
    await page.close()
