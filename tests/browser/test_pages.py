"""Every page, light and dark, on desk and phone: pictures of the run; for everybody, as wide as the screen."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from control_tower.pages import render
from tests.browser.look import PICTURES, SCHEMES, WIDTHS, Scheme, Watch, look_at
from tests.browser.pages import SERVICES, TOWER, PageOf, all_pages, hidden_routes, patterns, views_of
from tests.browser.portals import OF_SERVICES
from tests.browser.street import Street, street

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES: Final = all_pages()
STYLES: Final = Path(render.__file__).parents[1] / "static" / "tower.css"


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def lively(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    """A street on which three orders are under way; what is asked of it here changes nothing."""
    async with street(postgres_url, tmp_path_factory.mktemp("street")) as here:
        yield here


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def silent(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    """A street on which nothing has happened yet."""
    async with street(postgres_url, tmp_path_factory.mktemp("silent"), silent=True) as here:
        yield here


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a page, and what went wrong in it so far."""

    page: Page
    watch: Watch

    async def sees(self, address: str, name: str, *schemes: Scheme, status: int = 200) -> list[str]:
        """Open a page, keep its pictures in these schemes of colours, and say what is wrong with it."""
        self.watch.begin(address)
        answer = await self.page.goto(address)
        assert answer is not None
        assert answer.status == status
        found = await look_at(self.page, name, *schemes)
        # That a page is a refusal is what a browser says of it, too.
        return found + [one for one in self.watch.wrong if status == 200 or f"status of {status}" not in one]


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def person(browser: Browser, lively: Street) -> AsyncIterator[Person]:
    """Somebody who signed in."""
    context = await browser.new_context(storage_state=await lively.signed_in(browser))
    page = await context.new_page()
    yield Person(page, Watch(page))
    await context.close()


@pytest.mark.parametrize("one", PAGES, ids=lambda page: page.name)
async def test_every_page_can_be_used_by_everybody_on_every_screen(
    person: Person, lively: Street, one: PageOf
) -> None:
    address = lively.addresses[one.service] + one.path.format_map(lively.names)
    assert await person.sees(address, one.name, *SCHEMES, status=one.status) == []
    for scheme, width in product(SCHEMES, WIDTHS):
        assert (PICTURES / f"{one.name}-{scheme}-{width}.png").stat().st_size > 0


# What needs the name of something, in its path or in its query, is not there before anything happened.
NAMELESS: Final = [path for path in patterns() if "{" not in path + "".join(views_of(path).values())]


@pytest.mark.parametrize("pattern", NAMELESS)
async def test_every_page_can_be_used_before_anything_happened(
    browser: Browser, silent: Street, pattern: str
) -> None:
    name, path = next(iter(views_of(pattern).items()))
    context = await browser.new_context(extra_http_headers=silent.issuer.headers("admin"))
    page = await context.new_page()
    somebody = Person(page, Watch(page))
    assert await somebody.sees(silent.addresses[TOWER] + path, f"silent-{name}", "dark") == []
    await context.close()


PLANTED: Final = {
    "image-alt": "document.querySelector('main').append(new Image())",
    "color-contrast": "document.querySelector('h1').style.color = '#aaaaaa'",
    "wider than its screen: main": "document.querySelector('main').style.width = '2000px'",
    "only a program reads": "document.querySelector('main').append('<built-in method items at 0x7f7e28996140>')",
    "console: ": "console.error('broken')",
    "script: ": "setTimeout(() => nobody.home())",
    "another host: ": "fetch('http://192.0.2.1/', { mode: 'no-cors' }).catch(() => 0)",
}


@pytest.mark.parametrize("fault", PLANTED)
async def test_what_is_wrong_with_a_page_is_seen(browser: Browser, silent: Street, fault: str) -> None:
    # The policy of the pages would stop the foreign request, before anybody could see it.
    context = await browser.new_context(bypass_csp=True, extra_http_headers=silent.issuer.headers("admin"))
    page = await context.new_page()
    watch = Watch(page, silent.addresses[TOWER])
    await page.goto(silent.addresses[TOWER] + "/orders")
    await page.evaluate(PLANTED[fault])
    wrong = await look_at(page, "planted", "light") + watch.wrong
    assert any(fault in one for one in wrong), wrong
    await context.close()


async def test_on_a_phone_a_page_has_the_colours_that_it_has_on_the_desk() -> None:
    narrow = re.findall(r"@media \(max-width: \d+px\) \{\n(.*?)\n\}", STYLES.read_text(), re.DOTALL)
    coloured = [
        rule
        for rules in narrow
        for rule in rules.splitlines()
        # Words that a rule adds itself, no rule of accessibility reads.
        if re.search(r"\b(background|color|fill|stroke|opacity)\b.*?:", rule) and "::before" not in rule
    ]
    assert narrow
    assert coloured == []


async def test_a_page_that_nobody_said_how_to_look_at_is_not_forgotten() -> None:
    with pytest.raises(LookupError, match="is new"):
        views_of("/parts/{part_id}")


async def test_beside_the_control_tower_only_portals_have_pages() -> None:
    having = {service.name for service in SERVICES if any(hidden_routes(router) for router in service.routes)}
    assert having == set(OF_SERVICES)
