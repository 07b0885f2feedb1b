"""Services as real processes on servers of their own names, ended and started as the fault tests want."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import asyncpg

from backbone.kafka import Access
from backbone.testing import plain_dsn
from backbone.testing_issuer import NAME, Issuer
from backbone.testing_support import eventually
from o2d.local.forks import ForkServer
from o2d.local.process import Child, Command
from o2d.local.services import is_ready
from tests.faults.topics import own_topics

# How long a process may take for what it does in a second or two when it has the machine to itself.
PATIENCE_S: Final = 90
# What every process of the fault tests is forked from: a service is begun here a hundred times.
FORKS: Final = ForkServer()


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    """One database and one set of topics; its service can be started as often as a test likes, with `settings`."""

    package: str
    dsn: str
    access: Access
    issuer: Issuer
    folder: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    running: list[Child] = field(default_factory=list)

    async def start(self, fault: str = "", *, part: str = "run", port: int | None = None) -> Child:
        """Start the service; with `fault` it ends itself by kill -9 at that point."""
        settings = {
            "O2D_SERVICE_DSN": plain_dsn(self.dsn),
            "O2D_KAFKA_BOOTSTRAP": self.access.bootstrap,
            "O2D_KAFKA_PREFIX": self.access.prefix,
            "O2D_HTTP_PORT": str(port or self.port),
            "O2D_JWKS": str(self.issuer.file),
            "O2D_ISSUER": NAME,
            "O2D_LINK_SECRET": "a secret that only this test has, and long",
            "O2D_CLOCK": "stepped:2026-03-02T08:00:00Z",
            "O2D_FAULT_POINT": fault,
            "O2D_SESSION": "2",
            "O2D_RELAY_IDLE": "2",
            "O2D_RELAY_HEARTBEAT": "0.4",
            **self.settings,
        }
        log = self.folder / f"{self.package}-{len(self.running)}.log"
        words = [sys.executable, "-m", self.package, part]
        environment = {**os.environ, **settings}
        process = Child(Command(self.package, words, environment, log, self.folder, forks=FORKS))
        await process.start()
        self.running.append(process)
        return process

    async def ready(self, process: Child) -> bool:
        """Wait until the service is ready; False when it ended before."""

        async def asked() -> str:
            if process.ended is not None:
                return "ended"
            return "ready" if await is_ready(self.port) else ""

        answer: str = await eventually(asked, PATIENCE_S, of="a ready service")
        return answer == "ready"

    async def end(self, process: Child, how: signal.Signals = signal.SIGTERM) -> int:
        """End a process and wait for it."""
        if process.ended is None:
            process.tell(how)
        async with asyncio.timeout(PATIENCE_S):
            return await process.wait()

    async def rows(self, statement: str, *values: Any) -> list[Any]:
        """What the service's database says."""
        connection = await asyncpg.connect(plain_dsn(self.dsn))
        try:
            return [tuple(row) for row in await connection.fetch(statement, *values)]
        finally:
            await connection.close()


@asynccontextmanager
async def installation(package: str, dsn: str, bootstrap: str, folder: Path) -> AsyncIterator[Installation]:
    """A service with topics of its own; whatever of it still runs at the end is killed."""
    async with own_topics(bootstrap) as access:
        place = Installation(package, dsn, access, Issuer(folder), folder)
        try:
            yield place
        finally:
            for process in place.running:
                await place.end(process, signal.SIGKILL)
