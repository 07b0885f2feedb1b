"""A whole process of the tower inside the test's own, and an operator who asks it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from backbone import ops
from backbone.run import run
from backbone.settings import Settings
from backbone.testing_issuer import NAME, Issuer
from backbone.testing_support import eventually
from backbone.web.app import operations_of
from shared.tests.bells import START, Tower
from shared.tests.grounds import Ground

OPERATIONS: Final = frozenset(operations_of(ops.routers_of(Tower().service)))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def settings_of(ground: Ground, issuer: Issuer, **given: Any) -> Settings:
    """Settings of a process of the tower, with short times."""
    return Settings(
        service_dsn=ground.dsn,
        kafka_bootstrap=ground.access.bootstrap,
        http_port=free_port(),
        jwks=str(issuer.file),
        issuer=NAME,
        clock=given.pop("clock", f"stepped:{START.isoformat()}"),
        session=6,
        rebalance=10,
        drain=5,
        **given,
    )


class Process:
    """A process of the tower inside this one, and a client of it."""

    def __init__(self, client: httpx.AsyncClient, issuer: Issuer, stopping: asyncio.Event) -> None:
        self.client, self.issuer, self.stopping = client, issuer, stopping
        self._asks = 0

    async def get(self, path: str, role: str = "admin") -> Any:
        """What an operator sees."""
        answer = await self.client.get(path, headers=self.issuer.headers(role))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: dict[str, Any], role: str = "admin") -> httpx.Response:
        """What an operator does."""
        self._asks += 1
        headers = {**self.issuer.headers(role), "idempotency-key": f"{path}{self._asks}"}
        return await self.client.post(path, json=body, headers=headers)

    async def quiescent(self) -> bool:
        """Whether the process is at rest."""
        return bool((await self.get("/ops/clock"))["quiescent"])


@asynccontextmanager
async def process(ground: Ground, folder: Path, **given: Any) -> AsyncIterator[Process]:
    """A whole process that is ready; its end is clean."""
    issuer, stopping = Issuer(folder), asyncio.Event()
    settings = settings_of(ground, issuer, **given)
    name = ground.tower.service.name
    policy = {f"{name}.{operation}": frozenset({"admin", "system"}) for operation in OPERATIONS}
    task = asyncio.create_task(run(ground.tower.service, settings, policy=policy, stopping=stopping))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.http_port}") as client:
        try:
            await eventually(lambda: _ready(client, task), of="a process that is ready")
            yield Process(client, issuer, stopping)
        finally:
            stopping.set()
            assert await asyncio.wait_for(task, 30)


async def _ready(client: httpx.AsyncClient, task: asyncio.Task[bool]) -> bool:
    if task.done():
        raise AssertionError(f"the process ended: {task.result()}")
    try:
        return (await client.get("/readyz")).status_code == 200
    except httpx.TransportError:
        return False


async def answer_of(client: httpx.AsyncClient, path: str) -> httpx.Response | None:
    """What a path answers, None while nobody does."""
    try:
        return await client.get(path)
    except httpx.TransportError:
        return None
