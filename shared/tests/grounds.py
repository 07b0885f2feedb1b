"""A tower on real servers, and works that run for as long as a test needs them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy import text

from backbone.kafka import Access
from backbone.kafka_client import KafkaConsumer, KafkaProducer
from backbone.relay import Relay
from backbone.sending import RelayTimes
from backbone.service import Host
from shared.tests.bells import Tower

# Short, so that a test that waits for a takeover waits for a second, not for ten.
QUICK_RELAY: Final = RelayTimes(idle_session=1, heartbeat=0.2, lock_retry=0.05, send=5, pause_max=0.2)


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

    async def empty(self) -> bool:
        """Whether everything told is sent."""
        return await self.count("outbox") == 0

    async def has(self, table: str, count: int) -> bool:
        """Whether a table has so many rows."""
        return await self.count(table) == count


@asynccontextmanager
async def running(*works: Any) -> AsyncIterator[None]:
    """Relays, consumers and the like, which run until the block ends."""
    tasks = [asyncio.create_task(work.run()) for work in works]
    try:
        yield
    finally:
        for work in works:
            work.stop()
        await asyncio.wait_for(asyncio.gather(*tasks), 30)
