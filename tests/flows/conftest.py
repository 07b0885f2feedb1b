"""A town for each test of the flows."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from o2d.home import Home
from o2d.local import accounts
from tests.flows.town import Town
from tests.flows.town import town as started


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """Everything, started anew in a home of its own."""
    with tempfile.TemporaryDirectory(prefix="o2d-flow-", ignore_cleanup_errors=True) as folder:
        home = Home(Path(folder) / "home")
        home.prepare()
        async with started(home) as everything:
            yield everything
        account = accounts.unprivileged()
        if account:
            shutil.rmtree(accounts.database_folder(home, account), ignore_errors=True)
