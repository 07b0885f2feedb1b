"""Looking at a page as four people would, light and dark, on a desk and on a phone; saying what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Page, Request

# Where the pictures of a run lie: every page as it was looked at.
PICTURES: Final = Path(os.environ.get("O2D_ARTEFACTS", Path(__file__).parents[2] / "out")) / "screens"
WIDTHS: Final = (1280, 360)
HEIGHT_PIXELS: Final = 800
_WIDE: Final = """() => [...document.querySelectorAll('body *')]
  .filter((one) => one.getBoundingClientRect().right > innerWidth && !one.closest('.scroll, .skip, svg'))
  .map((one) => one.tagName.toLowerCase() + (one.className ? '.' + one.className : ''))"""


# Media, which the pages have none of, need not be waited for.
_ASK: Final = """(asked) => axe.run({ ...asked, resultTypes: ['violations'], preload: false })
  .then((said) => said.violations)"""
_OF_COLOURS: Final = ("color-contrast", "link-in-text-block")
Asked = Mapping[str, Any]
# What axe is asked about: everything it knows, or what colours can break, or all else.
EVERYTHING: Final[Asked] = {}
COLOURS: Final[Asked] = {"runOnly": {"type": "rule", "values": list(_OF_COLOURS)}}
ALL_ELSE: Final[Asked] = {"rules": {rule: {"enabled": False} for rule in _OF_COLOURS}}
# By whether a page is seen in its first scheme, and on the desk.
ASKED: Final[Mapping[tuple[bool, bool], Asked | None]] = {
    (True, True): EVERYTHING,
    (True, False): ALL_ELSE,
    (False, True): COLOURS,
    (False, False): None,
}

_DRAWN: Final = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


Scheme = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")


class Watch:
    """What goes wrong in a page while somebody looks at it."""

    def __init__(self, page: Page, address: str = "") -> None:
        self.begin(address)
        page.on("console", self._said)
        page.on("pageerror", lambda failure: self.wrong.append(f"script: {failure}"))
        page.on("request", self._asked)

    def begin(self, address: str) -> None:
        """From now on another page is looked at, and nothing went wrong in it yet."""
        self.wrong: list[str] = []
        self._host = urlsplit(address).netloc

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.wrong.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != self._host:
            self.wrong.append(f"another host: {request.url}")


@asynccontextmanager
async def looking(browser: Browser, address: str, **how: Any) -> AsyncIterator[Page]:
    """A page of somebody; at its end nothing may have gone wrong in it."""
    context = await browser.new_context(base_url=address, **how)
    try:
        page = await context.new_page()
        watch = Watch(page, address)
        yield page
        assert watch.wrong == []
    finally:
        await context.close()


async def load_rules(page: Page) -> None:
    """Give a page that was just opened the rules that it is asked about."""
    await page.evaluate(Axe().axe_script)


async def faults_of(page: Page, asked: Asked | None) -> list[str]:
    """What breaks the rules asked about; that a page is wider than its screen, and by what; raw values in it."""
    found = [] if asked is None else await page.evaluate(_ASK, asked)
    faults = [
        f"{rule['id']} ({rule['impact']}): {', '.join(str(node['target']) for node in rule['nodes'])}"
        for rule in found
    ]
    if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append(f"wider than its screen: {', '.join(await page.evaluate(_WIDE))}")
    if (raw := await page.evaluate("document.body.innerText.match(/<[^<>]* at 0x\\w+>/)")) is not None:
        faults.append(f"shows what only a program reads: {raw[0]}")
    return faults


async def look_at(page: Page, name: str, *schemes: Scheme) -> list[str]:
    """Look at an open page in each scheme, on a desk and on a phone; keep the pictures, and say what is wrong with any.

    A rule is asked about wherever its answer may be another one: colours in each scheme, on the desk, where all of a
    page is shown; all else on each screen, in the first scheme.
    """
    await load_rules(page)
    wrong = []
    for scheme, width in product(schemes, WIDTHS):
        await page.emulate_media(color_scheme=scheme)
        await page.set_viewport_size({"width": width, "height": HEIGHT_PIXELS})
        # What follows the size of its place does so when the next picture is drawn.
        await page.evaluate(_DRAWN)
        first, desk = scheme == schemes[0], width == WIDTHS[0]
        wrong += [f"{scheme}, at {width}: {fault}" for fault in await faults_of(page, ASKED[first, desk])]
        await page.screenshot(path=PICTURES / f"{name}-{scheme}-{width}.png", full_page=True)
    return wrong
