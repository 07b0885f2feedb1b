"""The composed installation is rehearsed on this machine: its environment, its users, its rights, its preparation.

What a container adds (an image, a read-only root, names of hosts) is not there; all that its processes are told is.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
)

from backbone.kafka import Access
from backbone.kafka_client import options_of
from deploy.o2d.tests.deployment.composed import Here, broker, read
from o2d import issuer
from o2d.deployment.parts import PACKAGES
from o2d.deployment.secret import HOME, write
from o2d.home import Home
from o2d.local import ports
from o2d.local.process import Child, Command
from o2d.local.services import is_ready, url

ITEM = {"sku": "gear", "title": "Gear", "unit": "piece", "quantum": "1"}
SECONDS = 60.0
Services = dict[str, dict[str, Any]]


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    asked = asyncio.Event()
    async with asyncio.timeout(SECONDS):
        while not await holds():
            asyncio.get_running_loop().call_later(0.1, asked.set)
            await asked.wait()
            asked.clear()


@pytest.fixture
def installation(tmp_path: Path) -> tuple[Path, Services]:
    """Its secrets, and its services as the file describes them with these."""
    write(tmp_path)
    return tmp_path, read(tmp_path)


@pytest.fixture
async def here(home: Home, postgres_url: str, installation: tuple[Path, Services]) -> AsyncIterator[Here]:
    """Its broker on this machine, and the databases' server of the run; its databases go afterwards."""
    folder, services = installation
    guarded = broker(home, services["kafka"]["environment"])
    await guarded.prepare()
    await guarded.launch()
    try:
        chosen = ports.choose(dict.fromkeys(PACKAGES, 0))
        yield Here(guarded.node.address, postgres_url, folder, chosen)
    finally:
        await guarded.stop()
        server = await asyncpg.connect(postgres_url)
        for name in PACKAGES.values():
            await server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            await server.execute(f'DROP ROLE IF EXISTS "{name}"')
        await server.close()


def prepared(here: Here, services: Services, *words: str) -> str:
    environment = {**os.environ, **here.environment("prepare", services["prepare"])}
    command = [sys.executable, "-m", *services["prepare"]["command"], *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


@asynccontextmanager
async def running(here: Here, home: Home, services: Services) -> AsyncIterator[None]:
    """All six, as the file runs them."""
    children = []
    for name in PACKAGES:
        words = [sys.executable, "-m", *services[name]["command"]]
        environment = {"PATH": os.defpath, **here.environment(name, services[name])}
        children.append(Child(Command(name, words, environment, home.logs / f"{name}.log")))
    try:
        for child in children:
            await child.start()
        yield
    finally:
        for child in children:
            await child.stop()


def access(here: Here, services: Services, name: str) -> dict[str, Any]:
    told = here.environment(name, services[name])
    return options_of(
        Access(
            here.bootstrap,
            told["O2D_KAFKA_SECURITY"],
            told["O2D_KAFKA_MECHANISM"],
            told["O2D_KAFKA_USER"],
            told["O2D_KAFKA_PASSWORD"],
        )
    )


async def writes(options: dict[str, Any], topic: str) -> bool:
    producer = AIOKafkaProducer(**options, enable_idempotence=True)
    try:
        await producer.start()
        await producer.send_and_wait(topic, b"{}", partition=0)
    except (TopicAuthorizationFailedError, ClusterAuthorizationFailedError):
        return False
    finally:
        await producer.stop()
    return True


async def reads(options: dict[str, Any], topic: str, group: str) -> bool:
    consumer = AIOKafkaConsumer(topic, **options, group_id=group)
    try:
        async with asyncio.timeout(SECONDS):
            await consumer.start()
            await consumer.getmany(timeout_ms=100)
    except (TopicAuthorizationFailedError, GroupAuthorizationFailedError):
        return False
    finally:
        await consumer.stop()
    return True


async def test_what_is_composed_is_prepared_twice_runs_and_keeps_each_to_its_own(
    here: Here, home: Home, installation: tuple[Path, Services]
) -> None:
    folder, services = installation
    assert "rights at Kafka" not in prepared(here, services, "--no-rights")
    orders = access(here, services, "orders")
    assert not await writes(orders, "orders.offer.v1")
    again = prepared(here, services)
    assert "orders: its tables are up to date" in again
    assert ", 0 of them new" in again
    async with running(here, home, services):
        for name in PACKAGES:
            await until(partial(is_ready, here.ports[name]))
        planner = {
            "Authorization": f"Bearer {issuer.sign(Home(folder / HOME), 'planner')}",
            "Idempotency-Key": "first",
        }
        async with httpx.AsyncClient(headers=planner) as client:
            said = await client.post(f"{url(here.ports['materials'])}/v1/items", json=ITEM)
            assert said.status_code == 201, said.text
        for name in ("vendors", "control-tower"):
            dsn = here.environment(name, services[name])["O2D_SERVICE_DSN"]
            asked = "items" if name == "vendors" else "heard_facts WHERE name = 'ItemDefined'"
            await until(partial(_one, dsn, asked))
    assert not await writes(orders, "materials.item.v1")
    assert not await reads(orders, "production.recipe.v1", "orders")
    assert not await reads(orders, "materials.promise.v1", "vendors")
    strange = (
        here.environment("orders", services["orders"])["O2D_SERVICE_DSN"].rpartition("/")[0] + "/materials"
    )
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(strange)


async def _one(dsn: str, rows: str) -> bool:
    sql = await asyncpg.connect(dsn)
    try:
        return int(await sql.fetchval(f"SELECT count(*) FROM {rows}")) == 1
    finally:
        await sql.close()
