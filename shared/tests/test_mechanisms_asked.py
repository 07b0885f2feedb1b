"""Callers that go away at any moment leave no open transaction, and one key stays one effect; SIGTERM loses nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.kafka import Access
from backbone.service import AskedKey, Host, Reply
from backbone.service.database import plain_url
from backbone.testing_issuer import NAME, Issuer
from backbone.testing_support import eventually
from backbone.topics import create_topics
from backbone.web import build_app
from backbone.web.server import server
from shared.tests import jars
from shared.tests.jar_doors import POLICY, SECRET, host_of
from shared.tests.processes import answer_of, free_port

OPEN = (
    "SELECT state, query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND (state LIKE 'idle in transaction%' OR state = 'active')"
)
AWAITS_COUNT_MAX = 200


@pytest.fixture
async def host(engine: AsyncEngine) -> Host:
    """A host of the jars with their door, and one jar."""
    await (await jars.host_on(engine)).do(jars.open_jar, jars.OpenJar("a"))
    return host_of(engine)


class Left:
    """Work whose caller leaves while it waits for the `moment`-th time."""

    def __init__(self, work: Coroutine[Any, Any, Any], moment: int) -> None:
        self._work, self._moment = work, moment
        self.left = False

    def __await__(self) -> Generator[Any, None, Any]:
        waiting = self._work.__await__()
        for wait in waiting:
            self._moment -= 1
            if not self._moment:
                self.left = True
                task = asyncio.current_task()
                assert task is not None
                # The task hands the cancellation on to what it is about to wait for.
                task.cancel()
            try:
                yield wait
            except BaseException as thrown:
                return (yield from _thrown(waiting, thrown))
        return None


def _thrown(waiting: Generator[Any, None, Any], thrown: BaseException) -> Generator[Any, None, Any]:
    try:
        wait = waiting.throw(thrown)
        while True:
            wait = waiting.send((yield wait))
    except StopIteration as ended:
        return ended.value


async def whole(host: Host, aside: asyncpg.Connection) -> None:
    """Nothing is open, and every connection is back."""
    await eventually(lambda: host.engine.pool.checkedout() == 0, of="a pool back at its size")  # type: ignore[attr-defined]
    await eventually(lambda: _none_open(aside), of="a database without an open transaction")


async def _none_open(aside: asyncpg.Connection) -> bool:
    return not await aside.fetch(OPEN)


def ask(host: Host, key: str) -> Coroutine[Any, Any, Reply]:
    """One marble for the jar, with a key."""
    return host.do(
        jars.put_asked,
        jars.PutMarbles("a", 1),
        key=AskedKey("ann", "put", key, b"body"),
        reply=lambda held: Reply(200, {}, str(held).encode()),
    )


async def test_a_caller_that_leaves_at_any_await_leaves_no_transaction_and_its_key_is_one_effect(
    host: Host, empty_database: str
) -> None:
    aside = await asyncpg.connect(plain_url(empty_database))
    moment = 0
    while True:
        moment += 1
        assert moment < AWAITS_COUNT_MAX
        leaving = Left(ask(host, f"k{moment}"), moment)

        async def work(leaving: Left = leaving) -> None:
            await leaving

        await asyncio.wait({asyncio.create_task(work())})
        await whole(host, aside)
        assert (await jars.held(host))["a"] in {moment - 1, moment}
        # Who left asks again, with the same key.
        assert (await ask(host, f"k{moment}")).body == str(moment).encode()
        if not leaving.left:
            break
    await aside.close()
    assert moment > 5
    assert len(await jars.rows(host, "SELECT 1 FROM outbox")) == moment + 1


@asynccontextmanager
async def serving(host: Host, issuer: Issuer) -> AsyncIterator[int]:
    """The door of the jars behind a real socket; the port."""
    port = free_port()
    http = server(build_app(host, title="jars", policy=POLICY, verifier=issuer.verifier()), "127.0.0.1", port)
    task = asyncio.create_task(http.serve())
    await eventually(lambda: http.started)
    try:
        yield port
    finally:
        http.should_exit = True
        await asyncio.wait_for(task, 15)


def request(issuer: Issuer, key: str) -> bytes:
    """A request that puts one marble into the jar."""
    body = b'{"count":1}'
    head = {
        "host": "jars",
        "content-type": "application/json",
        "content-length": str(len(body)),
        "idempotency-key": key,
        **issuer.headers("admin"),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"POST /v1/jars/a/put HTTP/1.1\r\n{lines}\r\n".encode() + body


async def test_clients_that_disconnect_anywhere_leave_no_transaction_and_their_keys_are_one_effect_each(
    host: Host, empty_database: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    issuer = Issuer(tmp_path)
    # Who holds a transaction sees the activity of its first look: two connections.
    aside, holder = [await asyncpg.connect(plain_url(empty_database)) for _ in range(2)]
    async with serving(host, issuer) as port:
        whole_request = request(issuer, "k00")
        cuts = [1, 20, len(whole_request) - 11, len(whole_request) - 1, *[len(whole_request)] * 8]
        # The jar is held, so that those whose request is whole are in the middle of it when their clients go.
        holding = holder.transaction()
        await holding.start()
        await holder.execute("SELECT 1 FROM jars FOR UPDATE")
        clients = []
        for number, cut in enumerate(cuts):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request(issuer, f"k{number:02}")[:cut])
            await writer.drain()
            clients.append(writer)
        await eventually(lambda: _waiting(aside, 8), 30, of="eight requests that wait for the jar")
        for writer in clients:
            writer.transport.abort()
            await asyncio.wait({asyncio.ensure_future(writer.wait_closed())})
        await holder.close()
        await whole(host, aside)
        assert await jars.held(host) == {"a": 8}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            for number in range(len(cuts)):
                headers = {**issuer.headers("admin"), "idempotency-key": f"k{number:02}"}
                answer = await client.post("/v1/jars/a/put", json={"count": 1}, headers=headers)
                assert answer.status_code == 200, answer.text
    await aside.close()
    assert await jars.held(host) == {"a": len(cuts)}
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


async def _waiting(aside: asyncpg.Connection, count: int) -> bool:
    statement = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return int(await aside.fetchval(statement)) == count


CHILD = """
import sys
sys.path.insert(0, {root!r})
from dataclasses import replace
from backbone.cli import main
from shared.tests.jar_doors import POLICY, jars
from shared.tests.jars import SERVICE
from shared.tests.processes import OPERATIONS
policy = {{**POLICY, **{{"jars." + each: frozenset(["admin"]) for each in OPERATIONS}}}}
main(replace(SERVICE, routes=(jars,)), package="jars", policy=policy)
"""


class Caller:
    """Asks again and again, each time with the next key, until nobody answers; what was answered is counted."""

    def __init__(self, name: str, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self.name, self._client, self._headers = name, client, headers
        self.answered = 0
        self.asked = 0
        self.odd: list[str] = []

    async def put(self, number: int) -> httpx.Response:
        """Put one marble, with the key of that number."""
        headers = {**self._headers, "idempotency-key": f"{self.name}-{number}"}
        return await self._client.post("/v1/jars/a/put", json={"count": 1}, headers=headers)

    async def run(self) -> None:
        """Ask until the connection is refused or closed."""
        while True:
            self.asked += 1
            try:
                answer = await self.put(self.asked)
            except httpx.TransportError:
                return
            if answer.status_code != 200:
                self.odd.append(answer.text)
            self.answered += 1


@asynccontextmanager
async def child_on(dsn: str, bootstrap: str, issuer: Issuer, folder: Path, port: int) -> AsyncIterator[Any]:
    """The jars as a process of its own, ready to answer."""
    environment = {
        "O2D_SERVICE_DSN": plain_url(dsn),
        "O2D_KAFKA_BOOTSTRAP": bootstrap,
        "O2D_KAFKA_PREFIX": f"{issuer.key.kid}.",
        "O2D_HTTP_PORT": str(port),
        "O2D_JWKS": str(issuer.file),
        "O2D_ISSUER": NAME,
        "O2D_CLOCK": f"stepped:{jars.START.isoformat()}",
        "O2D_LINK_SECRET": SECRET,
    }
    (folder / "child.py").write_text(CHILD.format(root=str(Path(__file__).parents[2])))
    made = await asyncio.create_subprocess_exec(
        *(sys.executable, str(folder / "child.py"), "run"),
        env={**os.environ, **environment},
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            await eventually(lambda: _is_ready(client), 30, of="a process that is ready")
        yield made
    finally:
        if made.returncode is None:
            made.kill()
            await made.wait()


async def _is_ready(client: httpx.AsyncClient) -> bool:
    answer = await answer_of(client, "/readyz")
    return answer is not None and answer.status_code == 200


async def test_sigterm_under_load_loses_no_request(
    host: Host, empty_database: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    issuer, port = Issuer(tmp_path), free_port()
    access = Access(kafka_bootstrap, prefix=f"{issuer.key.kid}.")
    await create_topics(access, jars.CATALOGUE.topics, replication=1)
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=20) as client:
        callers = [Caller(f"c{n}", client, issuer.headers("admin")) for n in range(8)]
        async with child_on(empty_database, kafka_bootstrap, issuer, tmp_path, port) as first:
            calls = [asyncio.create_task(caller.run()) for caller in callers]
            await eventually(lambda: sum(caller.answered for caller in callers) > 200, 30)
            first.send_signal(signal.SIGTERM)
            await asyncio.gather(*calls)
            assert await asyncio.wait_for(first.wait(), 30) == 0
        assert [caller.odd for caller in callers] == [[]] * 8
        answered = sum(caller.answered for caller in callers)
        asked = sum(caller.asked for caller in callers)
        # What was answered is there; what was not may be, and its key tells.
        assert answered <= (await jars.held(host))["a"] <= asked
        assert await jars.rows(host, "SELECT 1 FROM outbox") == []
        async with child_on(empty_database, kafka_bootstrap, issuer, tmp_path, port):
            for caller in callers:
                assert (await caller.put(caller.asked)).status_code == 200
                assert (await caller.put(1)).status_code == 200
    assert await jars.held(host) == {"a": asked}
