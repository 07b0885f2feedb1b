"""A whole start: its order, its restarts, its refusals, and that nothing of it is ever left behind."""

from __future__ import annotations

import asyncio
import io
import os
import signal
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
from o2d.local.use import USED_BY, USERS
from o2d.local.voices import Voices
from o2d.trouble import CannotStart

SERVICE = str(Path(__file__).with_name("service.py"))


def small(name: str, *words: str) -> ServiceSpec:
    return ServiceSpec(name, (sys.executable, SERVICE, name, *words))


def events(home: Home) -> list[str]:
    return (home.path / "events").read_text().splitlines()


async def until(condition: Callable[[], Any], limit_s: float = 60.0) -> None:
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
        assert [line.split()[1] for line in events(around)] == ["prepare"] * 2 + ["run"] * 2
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


async def test_services_whose_fork_server_was_killed_are_forked_again_from_another(
    around: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(SERVICE).parent))
    names = ["orders", "service-desk"]
    specs = [ServiceSpec(name, (sys.executable, "-m", "service", name)) for name in names]
    start = Start(around, Voices(names, io.StringIO()), specs)
    await start.begin()
    try:
        pids = [one["pid"] for one in read_json(around.state)["services"].values()]
        (server,) = {psutil.Process(pid).ppid() for pid in pids}
        assert server != os.getpid()
        os.kill(server, signal.SIGKILL)
        await until(lambda: all(events(around).count(f"{name} run") == 2 for name in names))
        assert [await is_ready(port) for port in ports_of(around).values()] == [True, True]
    finally:
        await start.end()
    assert not psutil.pid_exists(server)
    assert all(ports.is_free(port) for port in ports_of(around).values())


USER = """
import sys
from pathlib import Path

from o2d.local.use import used

with used(Path(sys.argv[1])):
    print("uses it", flush=True)
    sys.stdin.read()
"""


async def test_what_was_started_for_somebody_ends_when_they_were_killed(
    around: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = around.path / USERS
    user = await asyncio.create_subprocess_exec(
        sys.executable, "-c", USER, str(users), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert user.stdout is not None
    assert await user.stdout.readline() == b"uses it\n"
    monkeypatch.setenv(USED_BY, str(users))
    ready = asyncio.Event()
    start = Start(around, Voices([], io.StringIO()), [small("orders")])
    running = asyncio.create_task(supervise.run(start, lambda _: ready.set()))
    async with asyncio.timeout(60):
        await ready.wait()
        assert await is_ready(ports_of(around)["orders"])
        user.kill()
        await user.wait()
        assert await running
    assert events(around)[-1] == "orders end"
    assert not around.state.exists()


async def test_a_migration_that_fails_ends_the_start_with_its_words(around: Home) -> None:
    start = Start(around, Voices([], io.StringIO()), [small("orders", "fails-prepare")])
    with pytest.raises(
        CannotStart, match=r"`orders prepare` failed with code 1; it says:\n.*the table is in the way"
    ):
        await start.begin()
    await start.end()
    assert events(around) == ["orders prepare"]


async def test_a_service_that_is_never_ready_is_named(around: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    answered: list[int] = []

    async def ask(port: int) -> bool:
        ready = await is_ready(port)
        answered.extend([port] * ready)
        return ready

    # The patience is over as soon as the other one answers, however long this machine takes to start it.
    monkeypatch.setattr(supervise, "is_ready", ask)
    monkeypatch.setattr(supervise, "monotonic", lambda: supervise.READY_S * 2 if answered else 0.0)
    start = Start(around, Voices([], io.StringIO()), [small("orders"), small("service-desk", "deaf")])
    with pytest.raises(CannotStart, match=r"^service-desk did not become ready"):
        await start.begin()
    await start.end()
    assert all(ports.is_free(port) for port in ports_of(around).values())


async def test_a_service_that_ends_again_and_again_is_named_with_its_words(around: Home) -> None:
    start = Start(around, Voices([], io.StringIO()), [small("orders"), small("service-desk", "fails-run")])
    with pytest.raises(
        CannotStart, match=r"service-desk ends again and again; it says:\n.*the table is in the way"
    ):
        await start.begin()
    await start.end()


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
