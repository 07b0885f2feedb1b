"""Every page of the portals x light and dark x desk and phone; and a quote that is answered by keys alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.look import PICTURES, SCHEMES, WIDTHS, Scheme, look_at, looking
from tests.browser.portals import CUSTOMER, OF_SERVICES, VIEWS, Portals, pages_of, portals

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = [
    (service, name, path)
    for service, patterns in VIEWS.items()
    for views in patterns.values()
    for name, path in views.items()
]


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def there(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Portals]:
    """Both portals."""
    async with portals(postgres_url, tmp_path_factory.mktemp("portals")) as here:
        yield here


@pytest.mark.parametrize("service", OF_SERVICES)
async def test_no_page_of_a_portal_is_forgotten(service: str) -> None:
    assert sorted(VIEWS[service]) == sorted(pages_of(service))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("service", OF_SERVICES)
async def test_every_page_of_a_portal_can_be_used_by_everybody(
    browser: Browser, there: Portals, service: str, scheme: Scheme
) -> None:
    state = await there.signed_in(browser, service)
    async with looking(browser, there.addresses[service], storage_state=state, color_scheme=scheme) as page:
        for of, name, path in PAGES:
            if of != service:
                continue
            answer = await page.goto(path.format_map(there.names))
            assert answer is not None
            assert answer.status == 200
            assert await look_at(page, name, scheme) == [], name
            for width in WIDTHS:
                assert (PICTURES / f"{name}-{scheme}-{width}.png").stat().st_size > 0


@pytest.mark.parametrize(
    ("quote", "button", "seen"),
    [
        ("quote", "Order this", "it is ordered"),
        ("sooner", "Let me have it so", "dates are being looked for"),
        ("refused", "Let me have it so", "dates are being looked for"),
    ],
)
async def test_a_quote_is_answered_by_keys_alone(
    browser: Browser, there: Portals, quote: str, button: str, seen: str
) -> None:
    state = await there.signed_in(browser, "orders")
    async with looking(browser, there.addresses["orders"], storage_state=state) as page:
        await page.goto(f"/portal/quotes/{there.names[quote]}")
        sought = page.get_by_role("button", name=button)
        while not await sought.evaluate("one => one === document.activeElement"):
            await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text(seen)).to_be_visible()


async def _ask_something(page: Page) -> None:
    """Ask the service desk a question."""
    await page.get_by_label("In short").fill("When do you come?")
    await page.get_by_role("button", name="Send it").click()
    await expect(page.get_by_role("heading", name="When do you come?")).to_be_visible()


async def _take_later_dates(page: Page) -> None:
    """Take the later dates of an order that is late."""
    await page.get_by_role("link", name="Order o1", exact=True).click()
    await page.get_by_role("button", name="The later dates suit").click()
    await expect(page.get_by_role("button", name="The later dates suit")).to_be_hidden()


ACTS: Final = {"service-desk": _ask_something, "orders": _take_later_dates}


@pytest.mark.parametrize(
    ("first", "way", "second", "back"),
    [
        ("orders", "Visits and service", "service-desk", "Orders"),
        ("service-desk", "Orders", "orders", "Visits and service"),
    ],
)
async def test_who_signed_in_at_one_portal_goes_over_to_the_other_acts_there_and_leaves_both(
    browser: Browser, there: Portals, first: str, way: str, second: str, back: str
) -> None:
    state = await there.signed_in(browser, first)
    context = await browser.new_context(base_url=there.addresses[first], storage_state=state)
    page = await context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    await page.goto("/portal")
    await page.get_by_role("link", name=way, exact=True).click()
    await page.wait_for_url(f"{there.addresses[second]}/portal")
    await expect(page.get_by_text(CUSTOMER, exact=True)).to_be_visible()
    await ACTS[second](page)
    await page.get_by_role("link", name=back, exact=True).click()
    await page.wait_for_url(f"{there.addresses[first]}/portal")
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url(f"{there.addresses[first]}/login")
    for service in (first, second):
        await page.goto(f"{there.addresses[service]}/portal")
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert said == []
    await context.close()


async def test_who_signs_in_on_the_way_to_the_other_portal_arrives_there(
    browser: Browser, there: Portals
) -> None:
    context = await browser.new_context(base_url=there.addresses["orders"])
    page = await context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    await page.goto("/portal")
    await page.get_by_role("link", name="Go on from Visits and service").click()
    await page.wait_for_url(f"{there.addresses['service-desk']}/login?*")
    await page.get_by_label("Token").fill(there.login("service-desk"))
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{there.addresses['orders']}/portal")
    assert said == []
    await context.close()


async def test_an_order_leads_to_what_was_written_about_it_and_its_delivery_to_the_order(
    browser: Browser, there: Portals
) -> None:
    state = await there.signed_in(browser, "orders")
    context = await browser.new_context(base_url=there.addresses["orders"], storage_state=state)
    page = await context.new_page()
    await page.goto("/portal/orders/o1")
    await page.get_by_role("link", name="Messages about this order").click()
    await page.wait_for_url(f"{there.addresses['service-desk']}/portal/orders/o1/messages")
    await expect(page.get_by_text("Which entrance?")).to_be_visible()
    await page.goto(f"{there.addresses['service-desk']}/portal/visits/{there.names['offered']}")
    await page.get_by_role("link", name="The order", exact=True).click()
    await page.wait_for_url(f"{there.addresses['orders']}/portal/orders/o1")
    await expect(page.get_by_role("heading", name="Your order")).to_be_visible()
    await context.close()
