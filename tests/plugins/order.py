"""The order of a full run: what starts everything and often waits comes first, so that one worker has all of it.

The others fill the processors meanwhile; two such tests at once only keep each other waiting.
"""

from __future__ import annotations

from typing import Final

import pytest

WAITING: Final = ("tests/faults/", "tests/flows/")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the tests that wait in front; among themselves all keep their order."""
    if config.getoption("--full"):
        items.sort(key=lambda item: not item.nodeid.startswith(WAITING))
