"""The transformation tree of an order in a real browser: three ways to produce; vendors, lots, pegs."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from backbone.service import Host
from backbone.testing_issuer import Issuer
from tests.browser.look import SCHEMES, looking
from tests.browser.story import half_story, whole_story
from tests.browser.tower import hear

pytestmark = pytest.mark.asyncio(loop_scope="session")

OUTSIDE = """() => [...document.querySelectorAll('.scroll .box')].filter((box) => {
  const frame = box.querySelector('path').getBBox();
  return [...box.querySelectorAll('text')].filter((text) => text.textContent).some((text) => {
    const has = text.getBBox();
    return has.x < frame.x || has.x + has.width > frame.x + frame.width || has.y + has.height > frame.y + frame.height;
  });
}).map((box) => box.querySelector('title').textContent)"""
LOOKS = """(way) => {
  const path = document.querySelector(`.scroll .by-${way} path`), style = getComputedStyle(path);
  const points = path.getAttribute('d').match(/[-\\d.]+/g).map(Number), { x, y } = path.getBBox();
  return [points.map((one, place) => one - (place % 2 ? y : x)).join(), style.fill + style.stroke];
}"""
WAYS = ("separation", "modification", "congregation")


async def looks(page: Page) -> list[tuple[str, str]]:
    """The outline and the colours with which each way to produce is drawn."""
    return [tuple(await page.evaluate(LOOKS, way)) for way in WAYS]


async def test_the_three_ways_to_produce_are_drawn_differently_in_light_and_dark(
    browser: Browser, host: Host, issuer: Issuer, address: str
) -> None:
    await hear(host, whole_story())
    for scheme in SCHEMES:
        headers = issuer.headers("planner")
        async with looking(browser, address, color_scheme=scheme, extra_http_headers=headers) as page:
            await page.goto("/orders/order-1/flow")
            outlines, colours = zip(*await looks(page), strict=True)
            assert len(set(outlines)) == len(set(colours)) == len(WAYS)
            for way in WAYS:
                await expect(
                    page.locator(".legend li").filter(has=page.locator(f".by-{way}"))
                ).to_contain_text(way)
                await expect(page.locator(f".scroll .by-{way} text").nth(1)).to_have_text(way)


async def test_vendors_lots_and_pegs_are_nodes_and_what_is_planned_is_dashed(
    browser: Browser, host: Host, issuer: Issuer, address: str
) -> None:
    await hear(host, half_story())
    async with looking(browser, address, extra_http_headers=issuer.headers("planner")) as page:
        await page.goto("/orders/order-1/flow")
        tree = page.locator(".scroll svg")
        for kind, count in (("vendor", 1), ("lot", 3), ("peg", 1), ("line", 1), ("run", 3)):
            await expect(tree.locator(f".of-{kind}")).to_have_count(count)
        dashes = "one => getComputedStyle(one).strokeDasharray"
        assert await tree.locator(".of-peg path").evaluate(dashes) != "none"
        assert await tree.locator(".by-separation path").evaluate(dashes) == "none"
        assert await tree.locator(".by-congregation path").evaluate(dashes) != "none"


async def test_no_text_stands_outside_its_box(
    browser: Browser, host: Host, issuer: Issuer, address: str
) -> None:
    await hear(host, whole_story("order-1-with-a-name-that-is-longer-than-any-box-is-wide"))
    async with looking(browser, address, extra_http_headers=issuer.headers("planner")) as page:
        await page.goto("/orders/order-1-with-a-name-that-is-longer-than-any-box-is-wide/flow")
        assert await page.locator(".scroll .box").count() > 5
        assert await page.evaluate(OUTSIDE) == []
        await page.evaluate("document.querySelector('.scroll .box text').textContent = 'W'.repeat(40)")
        assert len(await page.evaluate(OUTSIDE)) == 1


async def test_on_a_phone_the_tree_is_moved_within_its_frame_by_keys(
    browser: Browser, host: Host, issuer: Issuer, address: str
) -> None:
    await hear(host, whole_story())
    size = {"width": 360, "height": 800}
    async with looking(browser, address, viewport=size, extra_http_headers=issuer.headers("planner")) as page:
        await page.goto("/orders/order-1/flow")
        frame = page.get_by_role("region", name="Transformation tree")
        await frame.focus()
        await page.keyboard.press("ArrowRight")
        await expect(frame).not_to_have_js_property("scrollLeft", 0)
        await page.keyboard.press("Tab")
        await expect(frame.get_by_role("link").first).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_have_text("Vendor v-steel")
