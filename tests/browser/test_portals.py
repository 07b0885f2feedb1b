"""Every page of the portals x light and dark x desk and phone; and a quote that is answered by keys alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.conftest import a_browser
from tests.browser.look import PICTURES, SCHEMES, WIDTHS, Scheme, look_at, looking
from tests.browser.portals import OF_SERVICES, VIEWS, Portals, pages_of, portals

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGES = [
    (service, name, path)
    for service, patterns in VIEWS.items()
    for views in patterns.values()
    for name, path in views.items()
]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def chrome() -> AsyncIterator[Browser]:
    """One browser for all pictures."""
    async with a_browser() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module", scope="module")
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
    chrome: Browser, there: Portals, service: str, scheme: Scheme
) -> None:
    state = await there.signed_in(chrome, service)
    async with looking(chrome, there.addresses[service], storage_state=state, color_scheme=scheme) as page:
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
    ],
)
async def test_a_quote_is_answered_by_keys_alone(
    chrome: Browser, there: Portals, quote: str, button: str, seen: str
) -> None:
    state = await there.signed_in(chrome, "orders")
    async with looking(chrome, there.addresses["orders"], storage_state=state) as page:
        await page.goto(f"/portal/quotes/{there.names[quote]}")
        sought = page.get_by_role("button", name=button)
        while not await sought.evaluate("one => one === document.activeElement"):
            await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text(seen)).to_be_visible()
