"""One town for the stories of the flows, which are played there one after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator
from typing import Final

import pytest

from o2d.home import Home
from tests.flows.town import Installation, Town, visited

ENDED_WELL: Final = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep of each story whether it ended well."""
    report = yield
    if report.when == "call":
        item.stash[ENDED_WELL] = report.passed
    return report


# Gone with the last story: what runs on beside other tests takes a good part of the processors, though it is idle.
@pytest.fixture(scope="package")
def installation() -> Iterator[Installation]:
    """What the stories are played in."""
    installation = Installation()
    yield installation
    installation.close()


@pytest.fixture
def home(installation: Installation, request: pytest.FixtureRequest) -> Iterator[Home]:
    """Where everything runs; what a story that failed has left there is for no other."""
    yield installation.opened()
    if not request.node.stash.get(ENDED_WELL, False):
        installation.close()


@pytest.fixture
async def town(home: Home) -> AsyncIterator[Town]:
    """Everything, for one story; a later one begins at a later business time, with items and people of its own."""
    async with visited(home) as everything:
        yield everything
