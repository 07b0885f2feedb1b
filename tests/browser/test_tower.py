"""The control tower in a real browser: readable by everybody, on every screen, live, and with no script but its own."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from backbone.auth import LOGIN_TYPE
from backbone.ids import new_id
from backbone.service import Host
from backbone.testing_issuer import Issuer
from tests.browser.story import late_story, records_of, whole_story
from tests.browser.tower import hear

PATHS = (
    "/",
    "/orders",
    "/orders/order-1",
    "/orders/order-1/flow",
    "/messages",
    "/runs?days=60",
    "/values",
    "/services",
    "/dead-letters",
    "/things/run/run-cut-order-1",
)
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


@asynccontextmanager
async def looking(browser: Browser, issuer: Issuer, role: str = "admin", **how: Any) -> AsyncIterator[Page]:
    """A page of somebody in a role; at its end nothing may have gone wrong in it."""
    context = await browser.new_context(extra_http_headers=issuer.headers(role), **how)
    page = await context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda failure: wrong.append(str(failure)))
    yield page
    assert wrong == []
    await context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_breaks_a_rule_of_accessibility(
    browser: Browser, host: Host, issuer: Issuer, address: str, scheme: Any
) -> None:
    await hear(host, late_story("order-2"))
    await hear(host, whole_story("order-1"))
    async with looking(browser, issuer, color_scheme=scheme) as page:
        for path in PATHS:
            await page.goto(address + path)
            found = await Axe().run(page, options=RULES)
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"


async def test_every_page_fits_a_screen_of_360_pixels(
    browser: Browser, host: Host, issuer: Issuer, address: str
) -> None:
    await hear(host, late_story("order-2"))
    await hear(host, whole_story("order-1"))
    async with looking(browser, issuer, viewport={"width": 360, "height": 640}) as page:
        for path in PATHS:
            await page.goto(address + path)
            assert await page.evaluate("document.documentElement.scrollWidth") <= 360, path


async def test_what_is_told_while_somebody_looks_is_shown_without_loading_the_page_again(
    browser: Browser, host: Host, issuer: Issuer, address: str
) -> None:
    async with looking(browser, issuer) as page:
        await page.goto(address)
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
    async with looking(browser, issuer) as page:
        await page.goto(address)
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


async def test_the_pages_can_be_walked_with_the_keyboard(
    browser: Browser, host: Host, issuer: Issuer, address: str
) -> None:
    await hear(host, whole_story())
    async with looking(browser, issuer) as page:
        await page.goto(address + "/orders/order-1")
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
    async with looking(browser, issuer) as page:
        await page.goto(address + "/orders/order-1")
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
