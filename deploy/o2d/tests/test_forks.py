"""Programs that are forked: begun as if alone, their ends are told, and none outlives its server or who wanted it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

from o2d.home import Home
from o2d.local import forks, forkserver
from o2d.local.forks import ForkServer
from o2d.local.process import Child, Command
from o2d.local.services import NAMES, SERVICES
from o2d.trouble import CannotStart

PROGRAM = "forked"
# A parent that has one child forked, tells both process ids and waits to be killed.
PARENT = """
import asyncio, os, sys
from pathlib import Path
from o2d.local.forks import ForkServer
from o2d.local.process import Child, Command
async def main():
    server = ForkServer(["json"])
    words = [sys.executable, "-m", "forked", "waits"]
    child = Child(Command("child", words, dict(os.environ), Path(sys.argv[1]), forks=server))
    await child.start()
    print(child.pid, server.pid, flush=True)
    await child.wait()
asyncio.run(main())
"""


@pytest.fixture
def modules() -> Sequence[str]:
    """What the fork server of a test loads."""
    return ("backbone.ids",)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, modules: Sequence[str]) -> Iterator[ForkServer]:
    """A fork server that finds the programs of these tests."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    server = ForkServer(modules)
    yield server
    server.stop()


def program(server: ForkServer, home: Home, *words: str, **environment: str) -> Child:
    return Child(
        Command(
            PROGRAM,
            [sys.executable, "-m", PROGRAM, *words],
            environment,
            home.logs / "forked.log",
            home.path,
            forks=server,
        )
    )


def said(home: Home) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for line in (home.logs / "forked.log").read_text().splitlines()
        if line.startswith("{")
    ]


async def test_a_program_is_begun_as_if_alone(server: ForkServer, home: Home) -> None:
    child = program(server, home, "tells", "a word", O2D_FIRST="1", TZ="Asia/Tokyo")
    await child.start()
    assert await child.wait() == 0
    (beginning,) = said(home)
    assert {name: beginning[name] for name in beginning if name not in {"ids", "loaded"}} == {
        "name": "__main__",
        "words": ["tells", "a word"],
        "environment": {"O2D_FIRST": "1", "TZ": "Asia/Tokyo"},
        "folder": str(home.path),
        "session": True,
        "threads": 1,
        "sockets": 0,
        "called": PROGRAM,
    }
    assert (home.logs / "forked.log").read_text().endswith("good bye\n")


@pytest.mark.parametrize(
    ("word", "code", "words"), [("breaks", 1, "ValueError: planted"), ("refuses", 3, "")]
)
async def test_the_end_of_a_program_is_told(
    server: ForkServer, home: Home, word: str, code: int, words: str
) -> None:
    child = program(server, home, word)
    await child.start()
    assert (await child.wait(), child.ended) == (code, code)
    assert words in (home.logs / "forked.log").read_text()


async def test_lines_of_a_program_reach_its_listener(server: ForkServer, home: Home) -> None:
    lines: list[str] = []
    words = [sys.executable, "-m", PROGRAM, "tells"]
    child = Child(
        Command(PROGRAM, words, {}, home.logs / "forked.log", home.path, on_line=lines.append, forks=server)
    )
    await child.start()
    assert await child.wait() == 0
    assert [line[:9] for line in lines] == ['{"name": ', "good bye"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_a_program_that_is_ended_at_once_ends(
    server: ForkServer, home: Home, number: signal.Signals
) -> None:
    child = program(server, home, "waits")
    await child.start()
    child.tell(number)
    assert await child.wait() == -number


@pytest.mark.parametrize("name", NAMES)
async def test_a_service_needs_nobody_to_fork_it_and_says_what_else_it_needs(home: Home, name: str) -> None:
    (spec,) = (one for one in SERVICES if one.name == name)
    child = Child(Command(name, [*spec.words, "run"], {}, home.logs / "alone.log"))
    await child.start()
    assert await child.wait() == 2
    assert "O2D_SERVICE_DSN: it is missing" in (home.logs / "alone.log").read_text()


@pytest.mark.parametrize("modules", [forks.OF_SERVICES], ids=["services"])
async def test_what_services_share_is_loaded_and_nothing_of_a_service(server: ForkServer, home: Home) -> None:
    child = program(server, home, "tells")
    await child.start()
    assert await child.wait() == 0
    (beginning,) = said(home)
    loaded = set(beginning["loaded"])
    assert loaded >= {"backbone", "contracts", "fastapi", "sqlalchemy"}
    assert not loaded & {name.replace("-", "_") for name in NAMES}
    assert (beginning["threads"], beginning["sockets"]) == (1, 0)


@pytest.mark.parametrize("modules", [forks.OF_SERVICES], ids=["services"])
async def test_no_two_programs_draw_the_same_ids(server: ForkServer, home: Home) -> None:
    children = [program(server, home, "tells") for _ in range(4)]
    for child in children:
        await child.start()
    assert [await child.wait() for child in children] == [0] * 4
    # What follows the time and the version of an id.
    drawn = [one[19:] for beginning in said(home) for one in beginning["ids"]]
    assert len(set(drawn)) == len(drawn) == 80


async def test_one_that_has_just_ended_hears_nothing(server: ForkServer, home: Home) -> None:
    child = program(server, home, "waits")
    await child.start()
    process = psutil.Process(child.pid)
    process.kill()
    psutil.wait_procs([process])  # nobody is told of it meanwhile: the loop stands still
    assert child.ended is None
    child.tell(signal.SIGTERM)
    assert await child.wait() == -signal.SIGKILL


async def test_a_program_that_nobody_waits_for_any_more_is_ended(
    server: ForkServer, home: Home, until_gone: Callable[[list[int]], list[int]]
) -> None:
    first = program(server, home, "waits")
    await first.start()
    # Nothing is begun, or told, before the order for it is left.
    os.kill(server.pid, signal.SIGSTOP)
    starting = asyncio.create_task(program(server, home, "waits").start())
    await asyncio.wait([starting], timeout=0)
    starting.cancel()
    await asyncio.wait([starting])
    assert starting.cancelled()
    os.kill(server.pid, signal.SIGCONT)
    # What is ordered next is begun after it.
    last = program(server, home, "refuses")
    await last.start()
    assert await last.wait() == 3
    others = [one.pid for one in psutil.Process(server.pid).children() if one.pid != first.pid]
    assert await asyncio.to_thread(until_gone, others) == []
    assert first.ended is None


async def test_orders_that_meet_the_end_of_a_server_are_done_by_the_next(
    server: ForkServer, home: Home
) -> None:
    server.start()
    os.kill(server.pid, signal.SIGSTOP)
    children = [program(server, home, "refuses") for _ in range(4)]
    starting = [asyncio.create_task(child.start()) for child in children]
    await asyncio.wait(starting, timeout=0)
    os.kill(server.pid, signal.SIGKILL)
    await asyncio.gather(*starting)
    assert [await child.wait() for child in children] == [3] * 4
    assert server.begun == 2


async def test_an_order_that_is_too_large_is_refused_and_ends_nobody(server: ForkServer, home: Home) -> None:
    child = program(server, home, "waits")
    await child.start()
    with pytest.raises(CannotStart, match=r"^The environment of forked is too large\."):
        await program(server, home, "tells", HUGE="x" * forkserver.ORDER_BYTES_MAX).start()
    assert child.ended is None


@pytest.mark.parametrize("modules", [["forks_once"]], ids=["no more processes"])
async def test_a_fork_that_the_system_refuses_is_said_and_ends_nobody(server: ForkServer, home: Home) -> None:
    child = program(server, home, "waits")
    await child.start()
    with pytest.raises(CannotStart, match=r"^No process can be forked for forked: .*no more processes\.$"):
        await program(server, home, "tells").start()
    assert (child.ended, server.begun) == (None, 1)


async def test_a_server_that_was_killed_takes_its_programs_with_it_and_is_replaced(
    server: ForkServer, home: Home
) -> None:
    child = program(server, home, "waits")
    await child.start()
    os.kill(server.pid, signal.SIGKILL)
    assert await child.wait() == -signal.SIGKILL
    again = program(server, home, "refuses")
    await again.start()
    assert await again.wait() == 3


async def test_a_server_that_cannot_load_is_said(home: Home, capfd: pytest.CaptureFixture[str]) -> None:
    server = ForkServer(["nobody.has_this"])
    with pytest.raises(
        CannotStart, match="No process can be forked for forked: the fork server ends at once"
    ):
        await program(server, home, "tells").start()
    assert capfd.readouterr().err.count("No module named 'nobody'") == forks.TRIES_COUNT_MAX


def test_a_program_ends_with_whoever_had_it_forked(
    home: Home, until_gone: Callable[[list[int]], list[int]]
) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, home.logs / "forked.log"], stdout=subprocess.PIPE, env=environment
    ) as parent:
        assert parent.stdout
        pids = [int(one) for one in parent.stdout.readline().split()]
        assert len(pids) == 2
        parent.kill()
    assert until_gone(pids) == []


async def test_what_is_stopped_leaves_nothing(
    server: ForkServer, home: Home, until_gone: Callable[[list[int]], list[int]]
) -> None:
    child = program(server, home, "waits")
    await child.start()
    pids = [child.pid, server.pid]
    server.stop()
    assert await child.wait() == -signal.SIGKILL
    assert await asyncio.to_thread(until_gone, pids) == []
