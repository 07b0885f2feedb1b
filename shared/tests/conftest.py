"""What tests of the backbone share: a tower with a database and topics of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.kafka import Access
from backbone.service.database import connect
from backbone.topics import create_topics
from shared.tests.bells import Tower
from shared.tests.collectors import ENDPOINT, Collector, collecting
from shared.tests.grounds import Ground


@pytest.fixture
async def engine(empty_database: str) -> AsyncIterator[AsyncEngine]:
    engine = connect(empty_database, name="test", pool=10)
    yield engine
    await engine.dispose()


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector that the environment names, sent to at once."""
    with collecting() as here:
        monkeypatch.setenv(ENDPOINT, here.url)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
        yield here


@pytest.fixture
async def ground(engine: AsyncEngine, empty_database: str, kafka_bootstrap: str) -> AsyncIterator[Ground]:
    """A tower of four lanes with its database and topics."""
    tower, access = Tower(), Access(kafka_bootstrap)
    async with AsyncExitStack() as stack:
        await create_topics(access, tower.topics, replication=1)
        stack.push_async_callback(_delete_topics, access, [topic.name for topic in tower.topics])
        yield Ground(tower, await tower.host(engine), empty_database, access)


async def _delete_topics(access: Access, names: list[str]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=access.bootstrap)
    await admin.start()
    try:
        await admin.delete_topics(names)
    finally:
        await admin.close()
