"""Looking at a page as four people would, light and dark, on a desk and on a phone; saying what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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


async def faults_of(page: Page) -> list[str]:
    """What breaks a rule of accessibility, of any impact; and that a page is wider than its screen, and by what."""
    found = await page.evaluate("axe.run({ resultTypes: ['violations'] }).then((said) => said.violations)")
    faults = [
        f"{rule['id']} ({rule['impact']}): {', '.join(str(node['target']) for node in rule['nodes'])}"
        for rule in found
    ]
    if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append(f"wider than its screen: {', '.join(await page.evaluate(_WIDE))}")
    return faults


async def look_at(page: Page, name: str, scheme: Scheme) -> list[str]:
    """Look at an open page on a desk and on a phone; keep both pictures, and say what is wrong with either."""
    await load_rules(page)
    wrong = []
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": HEIGHT_PIXELS})
        wrong += [f"at {width}: {fault}" for fault in await faults_of(page)]
        await page.screenshot(path=PICTURES / f"{name}-{scheme}-{width}.png", full_page=True)
    return wrong
