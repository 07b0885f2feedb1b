"""One PostgreSQL and one Kafka for all workers of a run: those the environment names, else started on first demand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from backbone.testing import drop_run
from o2d.local.testing import server


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server on which databases may be created: `postgresql://…`."""
    with server("postgres") as url:
        yield url
        asyncio.run(drop_run(url))


@pytest.fixture(scope="session")
def kafka_bootstrap() -> Iterator[str]:
    """A Kafka broker as `host:port`; topics are made by those who need them, under names of their own."""
    with server("kafka") as bootstrap:
        yield bootstrap
