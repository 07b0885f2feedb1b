"""What tests of the pages share: a control tower beside a real materials, and a planner at its pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from backbone.testing import DatabaseOf
from tests.browser.street import Beside, beside_materials
from tests.browser.tower import visitor


@pytest.fixture
async def beside(database_of: DatabaseOf, tmp_path: Path) -> AsyncIterator[Beside]:
    """A control tower beside materials."""
    async with beside_materials(database_of, tmp_path) as beside:
        yield beside


@pytest.fixture
async def planner(beside: Beside) -> AsyncIterator[httpx.AsyncClient]:
    """A planner at the pages."""
    async with visitor(beside.tower, beside.issuer, "planner") as client:
        yield client
