"""What tests of the backbone share: a tower with a database and topics of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.kafka import Access
from backbone.kafka_client import KafkaConsumer, KafkaProducer
from backbone.relay import Relay, RelayTimes
from backbone.service import Host
from backbone.service.database import connect
from backbone.topics import create_topics
from shared.tests.bells import Tower

# Short, so that a test that waits for a takeover waits for a second, not for ten.
QUICK_RELAY = RelayTimes(idle_session=1, heartbeat=0.2, lock_retry=0.05, send=5, pause_max=0.2)


class Ground:
    """A tower on real servers."""

    def __init__(self, tower: Tower, host: Host, dsn: str, access: Access) -> None:
        self.tower, self.host, self.access = tower, host, access
        self.dsn = dsn.replace("postgresql+asyncpg://", "postgresql://")

    async def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """What a statement gives."""
        async with self.host.read() as sql:
            return [tuple(row) for row in await sql.execute(text(statement), values)]

    async def count(self, table: str) -> int:
        """How many rows a table has."""
        return int((await self.rows(f"SELECT count(*) FROM {table}"))[0][0])

    def producer(self, **options: Any) -> KafkaProducer:
        """A producer as the relay uses it."""
        return KafkaProducer(self.access, **options)

    def relay(self, producer: Callable[[], Any] | None = None, **options: Any) -> Relay:
        """A relay of this tower with short times."""
        given = {"name": self.tower.service.name, "times": QUICK_RELAY, "personal": [self.tower.private.name]}
        return Relay(self.dsn, producer or self.producer, **{**given, **options})

    def consumer(self, group: str = "g", **options: Any) -> KafkaConsumer:
        """A member of a group that hears the rings."""
        name = f"{self.tower.service.name}-{group}"
        given = {"session_seconds": 6, "rebalance_seconds": 10}
        return KafkaConsumer(self.access, name, [self.tower.rings.name], **{**given, **options})


@pytest.fixture
async def engine(empty_database: str) -> AsyncIterator[AsyncEngine]:
    engine = connect(empty_database, name="test", pool=10)
    yield engine
    await engine.dispose()


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
