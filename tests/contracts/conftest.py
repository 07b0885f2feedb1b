"""What the tests of the doors share: a service behind its door, on a fresh database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from backbone.testing import DatabaseOf
from tests.contracts.http_house import House


@pytest.fixture
def house(package: str, database_of: DatabaseOf, tmp_path: Path) -> Iterator[House]:
    """The service `package` behind its door, on a database of its own."""

    async def fresh() -> str:
        return await database_of(package)

    house = House(package, asyncio.run(fresh()), tmp_path)
    yield house
    house.close()
