"""A whole start: its order, its restarts, its refusals, and that nothing of it is ever left behind."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest

from o2d.home import Home, read_json
from o2d.local import ports, supervise
from o2d.local.services import ServiceSpec, is_ready
from o2d.local.supervise import Start
from o2d.local.voices import Voices
from o2d.trouble import CannotStart

SERVICE = str(Path(__file__).with_name("service.py"))
# A start of its own database, its own broker and two small services, as `o2d up` makes it.
WHOLE = """
import asyncio, sys
from pathlib import Path
from o2d.home import Home
from o2d.local import supervise
from o2d.local.services import ServiceSpec
from o2d.local.voices import Voices
home = Home(Path(sys.argv[1]))
home.prepare()
names = ["orders", "service-desk"]
specs = [ServiceSpec(name, (sys.executable, sys.argv[2], name)) for name in names]
with home.lock():
    start = supervise.Start(home, Voices(names), specs)
    asyncio.run(supervise.run(start, lambda state: print("READY", flush=True)))
"""


def small(name: str, *words: str) -> ServiceSpec:
    return ServiceSpec(name, (sys.executable, SERVICE, name, *words))


def events(home: Home) -> list[str]:
    return (home.path / "events").read_text().splitlines()


async def until(condition: Callable[[], Any], limit_s: float = 15.0) -> None:
    """Ask again until it holds."""
    asked = asyncio.Event()
    async with asyncio.timeout(limit_s):
        while not condition():
            asyncio.get_running_loop().call_later(0.02, asked.set)
            await asked.wait()
            asked.clear()


@pytest.fixture
async def around(
    home: Home, postgres_url: str, kafka_bootstrap: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Home]:
    """A home whose servers are those of the run; its databases are dropped afterwards."""
    monkeypatch.setenv("O2D_DATABASE_URL", postgres_url)
    monkeypatch.setenv("O2D_KAFKA_BOOTSTRAP", kafka_bootstrap)
    yield home
    server = await asyncpg.connect(postgres_url)
    for row in await server.fetch("SELECT rolname FROM pg_roles WHERE rolname LIKE $1", f"o2d_{home.hash}_%"):
        await server.execute(f'DROP DATABASE IF EXISTS "{row[0]}" WITH (FORCE)')
        await server.execute(f'DROP ROLE "{row[0]}"')
    await server.close()


async def test_all_is_prepared_before_anything_runs_and_ends_when_asked(around: Home) -> None:
    out = io.StringIO()
    specs = [small("orders"), small("service-desk")]
    start = Start(around, Voices([one.name for one in specs], out), specs, clock="rate:2")
    state = await start.begin()
    try:
        assert [line.split()[1] for line in events(around)] == ["migrate"] * 2 + ["topics"] * 2 + ["run"] * 2
        assert set(state["services"]) == {"orders", "service-desk"}
        assert state["databases"]["orders"].endswith(f"/o2d_{around.hash}_orders")
        assert await is_ready(ports_of(around)["orders"])
        assert "info listening clock=rate:2" in out.getvalue()
        assert '"event": "listening"' in (around.logs / "orders.log").read_text()
    finally:
        await start.end()
    assert events(around)[-2:] in (["orders end", "service-desk end"], ["service-desk end", "orders end"])
    assert not around.state.exists()
    assert all(ports.is_free(port) for port in ports_of(around).values())


def ports_of(home: Home) -> dict[str, int]:
    return {name: port for name, port in home.ports().items() if name in {"orders", "service-desk"}}


async def test_a_service_that_was_killed_is_started_again(around: Home) -> None:
    out = io.StringIO()
    start = Start(around, Voices(["orders"], out), [small("orders")])
    await start.begin()
    try:
        first = read_json(around.state)["services"]["orders"]["pid"]
        os.kill(first, signal.SIGKILL)
        await until(lambda: read_json(around.state)["services"]["orders"]["pid"] != first)
        await until(lambda: events(around).count("orders run") == 2)
        assert await is_ready(ports_of(around)["orders"])
        assert "orders ended by SIGKILL; it is started again in 0.2 s" in out.getvalue()
    finally:
        await start.end()


async def test_a_migration_that_fails_ends_the_start_with_its_words(around: Home) -> None:
    start = Start(around, Voices([], io.StringIO()), [small("orders", "fails-migrate")])
    with pytest.raises(
        CannotStart, match=r"`orders migrate` failed with code 1; it says:\n.*the table is in the way"
    ):
        await start.begin()
    await start.end()
    assert events(around) == ["orders migrate"]


async def test_a_service_that_is_never_ready_is_named(around: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "READY_S", 0.5)
    start = Start(around, Voices([], io.StringIO()), [small("orders"), small("service-desk", "deaf")])
    with pytest.raises(CannotStart, match=r"^service-desk did not become ready"):
        await start.begin()
    await start.end()
    assert all(ports.is_free(port) for port in ports_of(around).values())


async def test_asked_ports_that_are_taken_are_refused(around: Home) -> None:
    with ports._bound(0) as listener:
        taken = listener.getsockname()[1]
        start = Start(around, Voices([], io.StringIO()), [small("orders")], first_port=taken)
        with pytest.raises(CannotStart, match=f"Port {taken} for orders is taken by process"):
            await start.begin()


async def test_a_broker_that_does_not_answer_is_said(around: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("O2D_KAFKA_BOOTSTRAP", "127.0.0.1:1")
    with pytest.raises(CannotStart, match=r"No broker answers at 127\.0\.0\.1:1"):
        await Start(around, Voices([], io.StringIO()), [small("orders")]).begin()


def whole(home: Home) -> subprocess.Popen[str]:
    """A start in a process of its own that has become ready."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"O2D_DATABASE_URL", "O2D_KAFKA_BOOTSTRAP"}
    }
    words = [sys.executable, "-c", WHOLE, str(home.path), SERVICE]
    process = subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout
    said = []
    for line in process.stdout:
        said.append(line)
        if line == "READY\n":
            return process
    pytest.fail(f"the start ended: {''.join(said)}")


async def left_behind(children: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run after ten seconds."""
    alive = list(children)

    def gone() -> bool:
        alive[:] = [one for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
        return not alive

    with contextlib.suppress(TimeoutError):  # what is left then is what the test shows
        await until(gone, 10)
    return alive


async def test_nothing_outlives_a_start_that_was_killed_and_the_next_has_its_data(home: Home) -> None:
    with whole(home) as killed:
        children = psutil.Process(killed.pid).children(recursive=True)
        assert {"java", "postgres"} <= {child.name() for child in children}
        await written(read_json(home.state)["databases"]["orders"])
        killed.kill()
    assert await left_behind(children) == []
    await until(lambda: all(map(ports.is_free, home.ports().values())), 10)

    with whole(home) as again:
        await the_database_comes_back(home, again.pid)
        refused = o2d(home, "up")
        assert refused.returncode == 1
        assert f"o2d already runs in {home.path} (process {again.pid})" in refused.stderr
        shown = json.loads(o2d(home, "status", "-o", "json").stdout)
        assert set(shown) == {"services", "kafka", "databases", "home"}
        assert {name: one["ready"] for name, one in shown["services"].items()} == {
            "orders": True, "service-desk": True,
        }  # fmt: skip
        children = psutil.Process(again.pid).children(recursive=True)
        again.send_signal(signal.SIGINT)
    assert again.returncode == 0
    assert await left_behind(children) == []
    assert o2d(home, "status").returncode == 3


def o2d(home: Home, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "o2d", *words],
        env={**os.environ, "O2D_HOME": str(home.path)},
        capture_output=True,
        text=True,
        check=False,
    )


async def the_database_comes_back(home: Home, supervisor: int) -> None:
    """What was written before is there, also after the server was killed under its supervisor."""
    dsn = read_json(home.state)["databases"]["orders"]
    assert await counted(dsn) == 1
    (server,) = (one for one in psutil.Process(supervisor).children() if one.name() == "postgres")
    server.kill()
    await left_behind([server])
    found = 0
    async with asyncio.timeout(20):
        while not found:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):  # not there yet
                found = await counted(dsn)
    assert found == 1


async def written(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE TABLE needs (id int); INSERT INTO needs VALUES (1)")
    await connection.close()


async def counted(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM needs"))
    finally:
        await connection.close()
