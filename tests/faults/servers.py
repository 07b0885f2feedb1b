"""A PostgreSQL and a Kafka that belong to the fault tests alone: they are ended and started as these like."""

from __future__ import annotations

import asyncio
import signal
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from o2d.home import Home
from o2d.local import kafka
from o2d.local.keeper import TEST_SETTINGS, remove
from o2d.local.postgres import Postgres

T = TypeVar("T")

# A member of a group that was killed holds its partitions for its session: seconds less of waiting for each kill.
OVERRIDES: Final = {"group.min.session.timeout.ms": "1000"}
# After a kill a broker looks through every partition that it has, and each street has four hundred of its own.
READY_S: Final = 240.0


@dataclass(slots=True)
class Servers:
    """Both servers, kept by a thread of their own, because a test's loop ends with the test."""

    postgres: Postgres
    broker: kafka.Broker
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    async def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something to the servers, from a test."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self.loop))

    async def kill(self, server: Postgres | kafka.Broker) -> int:
        """End a server by kill -9; the answer is its exit code, -9."""

        async def killed() -> int:
            assert server.child is not None
            server.child.tell(signal.SIGKILL)
            return await server.child.wait()

        return await self.do(killed())


async def _begin(servers: Servers) -> None:
    await servers.postgres.prepare()
    await servers.broker.prepare()
    await asyncio.gather(servers.postgres.start(), servers.broker.start())


async def _end(servers: Servers) -> None:
    await asyncio.gather(servers.postgres.stop(), servers.broker.stop())


@contextmanager
def own_servers() -> Iterator[Servers]:
    """Start both in a home of their own; nothing is left of them afterwards."""
    with tempfile.TemporaryDirectory(prefix="o2d-faults-", ignore_cleanup_errors=True) as folder:
        home = Home(Path(folder) / "home")
        home.prepare()
        (broker,) = kafka.members(home)
        broker.overrides = OVERRIDES
        broker.ready_s = READY_S
        servers = Servers(Postgres(home, settings=TEST_SETTINGS), broker)
        thread = threading.Thread(target=servers.loop.run_forever, name="servers")
        thread.start()
        try:
            asyncio.run_coroutine_threadsafe(_begin(servers), servers.loop).result()
            yield servers
        finally:
            asyncio.run_coroutine_threadsafe(_end(servers), servers.loop).result()
            servers.loop.call_soon_threadsafe(servers.loop.stop)
            thread.join()
            servers.loop.close()
            remove(home)
