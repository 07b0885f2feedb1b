"""The real command line with its own database and broker: a start, its end, its death, and the next start."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from o2d.home import Home, read_json
from o2d.local import ports
from o2d.local.services import SERVICES

SERVICE = Path(__file__).with_name("service.py")
NAMES = [one.name for one in SERVICES]
O2d = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def o2d(home: Home, tmp_path: Path) -> Iterator[O2d]:
    """Runs a word of the command line in the home; the services' names lead to the small service of these tests."""
    for name in NAMES:
        package = tmp_path / name.replace("-", "_")
        package.mkdir()
        (package / "__init__.py").touch()
        script = f"import sys; sys.argv[1:1] = [{name!r}]; exec(open({str(SERVICE)!r}).read())"
        (package / "__main__.py").write_text(script)
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"O2D_DATABASE_URL", "O2D_KAFKA_BOOTSTRAP"}
    }
    environment = {**kept, "O2D_HOME": str(home.path), "PYTHONPATH": str(tmp_path), "COLUMNS": "200"}
    started: list[subprocess.Popen[str]] = []

    def run(*words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "o2d", *words],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield run
    for process in started:
        with process:
            process.kill()
    if holder := home.running():
        os.kill(holder, signal.SIGKILL)


def ready(process: subprocess.Popen[str]) -> subprocess.Popen[str]:
    """The start, once it says that it is ready."""
    assert process.stdout
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("Ctrl-C"):
            return process
    pytest.fail(f"the start ended: {''.join(said)}")


def said(process: subprocess.Popen[str]) -> tuple[int, str]:
    """How a word ended and what it printed."""
    out, _ = process.communicate(timeout=60)
    return process.returncode, out


async def left_behind(home: Home, children: list[psutil.Process]) -> list[object]:
    """What still runs or listens after ten seconds."""
    left: list[object] = []
    with contextlib.suppress(TimeoutError):  # what is left then is what the test shows
        async with asyncio.timeout(10):
            while True:
                left[:] = filter(named, children)
                left += [name for name, port in home.ports().items() if not ports.is_free(port)]
                if not left:
                    break
                await asyncio.to_thread(psutil.wait_procs, children, 0.1)
    return left


def named(process: psutil.Process) -> str:
    """The name of a process that lives; nothing for one that has ended."""
    try:
        return "" if process.status() == psutil.STATUS_ZOMBIE else str(process.name())
    except psutil.NoSuchProcess:
        return ""


def family(pid: int) -> list[psutil.Process]:
    return list(psutil.Process(pid).children(recursive=True))


def database(home: Home) -> str:
    return str(read_json(home.state)["databases"]["orders"])


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


async def test_nothing_outlives_a_start_that_was_killed_and_the_next_has_its_data(
    home: Home, o2d: O2d
) -> None:
    killed = ready(o2d("up"))
    children = family(killed.pid)
    assert {"java", "postgres"} <= set(map(named, children))
    await written(database(home))
    killed.kill()
    assert await left_behind(home, children) == []

    code, greeting = said(o2d("up", "--detach"))
    again = home.running()
    assert (code, bool(again)) == (0, True), greeting
    # The second start finds all prepared; each service ran twice.
    steps = [line.split()[1] for line in (home.path / "events").read_text().splitlines()]
    assert {step: steps.count(step) // len(NAMES) for step in steps} == {"prepare": 1, "run": 2}
    assert await counted(database(home)) == 1
    code, sentence = said(o2d("up"))
    assert (code, sentence.partition(".\n")[0]) == (1, f"o2d already runs in {home.path} (process {again})")
    children = family(again or 0)
    os.kill(again or 0, signal.SIGINT)
    assert await left_behind(home, children) == []
    assert said(o2d("status"))[0] == 3


async def test_a_detached_start_shows_its_status_heals_itself_and_goes_down(home: Home, o2d: O2d) -> None:
    code, greeting = said(o2d("up", "--detach", "--clock", "stepped:2026-03-02T08:00:00Z"))
    assert code == 0, greeting
    code, status = said(o2d("status", "-o", "json"))
    shown = json.loads(status)
    assert code == 0
    assert set(shown) == {"services", "kafka", "databases", "home"}
    assert list(shown["services"]) == list(shown["databases"]) == NAMES
    assert all(set(one) == {"url", "pid", "ready"} and one["ready"] for one in shown["services"].values())
    assert all(one["url"] in greeting for one in shown["services"].values())
    assert "clock=stepped:2026-03-02T08:00:00Z" not in greeting

    holder = home.running()
    assert holder
    await written(database(home))
    await the_database_comes_back(home, holder)
    children = family(holder)
    assert said(o2d("down")) == (0, f"o2d ended in {home.path}.\n")
    assert await left_behind(home, children) == []


async def the_database_comes_back(home: Home, supervisor: int) -> None:
    """After the server was killed under its supervisor the same address gives the same data."""
    (server,) = (one for one in psutil.Process(supervisor).children() if named(one) == "postgres")
    server.kill()
    psutil.wait_procs([server], timeout=10)
    found = 0
    async with asyncio.timeout(20):
        while not found:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):  # not there yet
                found = await counted(database(home))
    assert found == 1


async def test_a_start_that_is_asked_to_end_meanwhile_leaves_nothing(home: Home, o2d: O2d) -> None:
    starting = o2d("up")
    assert starting.stdout
    # The broker and the database come up side by side: either may be the first.
    first = starting.stdout.readline()
    children = family(starting.pid)
    starting.send_signal(signal.SIGTERM)
    assert first.strip().endswith(("postgres is ready", "kafka is ready")), first
    assert said(starting)[0] == 130
    assert await left_behind(home, children) == []
