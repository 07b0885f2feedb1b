"""Servers, databases and streets of the fault tests: all their own, nothing of it is shared with other tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from backbone.testing import DatabaseOf, drop_database, migrated_database
from tests.faults.processes import FORKS
from tests.faults.servers import Servers, own_servers
from tests.faults.street import Ground

Converged = Callable[[float], None]
CONVERGED: Final = "seconds_to_converge"


@pytest.fixture(scope="package")
def servers() -> Iterator[Servers]:
    """One PostgreSQL and one Kafka for the fault tests of this process, gone with the last of them."""
    with own_servers() as both:
        yield both


@pytest.fixture(scope="package", autouse=True)
def forks() -> Iterator[None]:
    """What the processes of these tests are forked from is gone with the last of them."""
    before = FORKS.begun
    yield
    FORKS.stop()
    # A process that ends with its server ends as one that was killed at a point: there was no other server meanwhile.
    assert FORKS.begun - before <= 1


@pytest.fixture(scope="package")
def kafka_bootstrap(servers: Servers) -> str:
    """Their broker."""
    return servers.broker.node.address


@pytest.fixture
async def database_of(servers: Servers) -> AsyncIterator[DatabaseOf]:
    """Gives a fresh, migrated database of any service on their server."""
    made: list[str] = []

    async def fresh(package: str) -> str:
        made.append(await migrated_database(servers.postgres.url, package))
        return made[-1]

    yield fresh
    for database in made:
        await drop_database(servers.postgres.url, database)


@pytest.fixture
def converged(record_property: Callable[[str, object], None]) -> Converged:
    """Notes how many seconds all needed until they were at rest again; the end of a run shows it."""

    def note(seconds: float) -> None:
        record_property(CONVERGED, round(seconds, 1))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how long each fault took to heal."""
    for report in terminalreporter.stats.get("passed", []):
        for name, value in getattr(report, "user_properties", []):
            if name == CONVERGED and report.when == "call":
                terminalreporter.write_line(
                    f"{value:6.1f} s to converge: {report.nodeid.rpartition('::')[2]}"
                )


@pytest.fixture
def ground(database_of: DatabaseOf, servers: Servers, tmp_path: Path) -> Ground:
    """What a street of services is built on."""
    return Ground(servers, database_of, tmp_path)
