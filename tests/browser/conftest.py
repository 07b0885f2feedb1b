"""A real Chromium of this machine, and pages that tell what went wrong in them."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from backbone.service import Host
from backbone.testing import DatabaseOf
from backbone.testing_issuer import Issuer
from tests.browser.tower import served, tower

# The one without windows shows the same with half the work.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# How long a page may take to show what it is expected to: beside a whole installation under test, five seconds are few.
expect.set_options(timeout=20_000)


def chromium() -> str:
    """The Chromium that O2D_CHROMIUM names or that lies on the PATH; fails when there is none."""
    found = os.environ.get("O2D_CHROMIUM") or next(
        (path for name in NAMES if (path := shutil.which(name))), None
    )
    if found is None:
        pytest.fail(f"no browser: install one of {', '.join(NAMES)}, or name one in O2D_CHROMIUM")
    return found


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The one browser of a process, which takes seconds to begin; what a page keeps lies in a context of its own."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield started
        await started.close()


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    """Who signs the tokens of a test."""
    return Issuer(tmp_path)


@pytest_asyncio.fixture(loop_scope="session")
async def host(database_of: DatabaseOf) -> AsyncIterator[Host]:
    """A control tower that has heard nothing yet."""
    async with tower(await database_of("control_tower")) as host:
        yield host


@pytest_asyncio.fixture(loop_scope="session")
async def address(host: Host, issuer: Issuer) -> AsyncIterator[str]:
    """Where its pages are."""
    async with served(host, issuer) as address:
        yield address
