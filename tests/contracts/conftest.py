"""What the tests of the doors share: a service behind its door, on a database of its own or on a lasting one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backbone.testing import DatabaseOf, drop_database, migrated_database
from tests.contracts.http_house import House


@pytest.fixture
def house(package: str, database_of: DatabaseOf, tmp_path: Path) -> Iterator[House]:
    """The service `package` behind its door, on a database of its own."""

    async def fresh() -> str:
        return await database_of(package)

    house = House(package, asyncio.run(fresh()), tmp_path)
    yield house
    house.close()


@pytest.fixture(scope="session")
def lasting_houses(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], House]]:
    """One house a service for all tests that hold whatever others have left in it."""
    kept: dict[str, tuple[House, str]] = {}

    def of(package: str) -> House:
        if package not in kept:
            database = asyncio.run(migrated_database(postgres_url, package))
            kept[package] = House(package, database, tmp_path_factory.mktemp(package)), database
        return kept[package][0]

    yield of
    for house, database in kept.values():
        house.close()
        asyncio.run(drop_database(postgres_url, database))


@pytest.fixture
def lasting_house(package: str, lasting_houses: Callable[[str], House]) -> House:
    """The service `package` behind its door, with what other tests have left in it."""
    return lasting_houses(package)
