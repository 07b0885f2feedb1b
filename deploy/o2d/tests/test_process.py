"""Children: their words, their ends, and that none outlives a parent that was killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from o2d.home import Home
from o2d.local.process import Child, Command, roll
from o2d.trouble import CannotStart

STUBBORN = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()"
)
PATIENT = "import signal; print('up', flush=True); signal.pause()"
# A parent that starts one child, tells both process ids and waits to be killed.
PARENT = """
import asyncio, os, signal, sys
from pathlib import Path
from o2d.local.process import Child, Command
signal.signal(signal.SIGQUIT, signal.SIG_IGN)  # as in the background of a script
async def main():
    words = [sys.executable, "-c", sys.argv[2]]
    child = Child(Command("child", words, dict(os.environ), Path(sys.argv[1]), death=signal.SIGQUIT),
                  by_pipe=sys.argv[3] == "pipe")
    await child.start()
    print(child.pid, flush=True)
    await child.wait()
asyncio.run(main())
"""
TELLS_ITS_PID = "import os, signal; open('{mark}', 'w').write(str(os.getpid())); signal.pause()"


def command(home: Home, script: str, **more: object) -> Command:
    return Command("child", [sys.executable, "-c", script], dict(os.environ), home.logs / "child.log", **more)  # type: ignore[arg-type]


async def heard(home: Home, script: str, *, by_pipe: bool = False) -> tuple[Child, list[str]]:
    """A child that has said its first word."""
    lines: list[str] = []
    first = asyncio.Event()

    def on_line(line: str) -> None:
        lines.append(line)
        first.set()

    child = Child(command(home, script, on_line=on_line), by_pipe=by_pipe)
    await child.start()
    await asyncio.wait_for(first.wait(), 10)
    return child, lines


async def test_lines_of_a_child_reach_listener_and_log(home: Home) -> None:
    child, lines = await heard(home, "print('one'); print('two', end='')")
    assert await child.wait() == 0
    assert lines == ["one", "two"]
    assert (home.logs / "child.log").read_text() == "one\ntwo\n"


async def test_an_endless_line_is_cut_and_not_kept_in_memory(home: Home) -> None:
    child, lines = await heard(home, "print('x' * 300_000)")
    assert await child.wait() == 0
    assert "".join(lines) == "x" * 300_000
    assert max(map(len, lines)) <= 2 * 65_536


@pytest.mark.parametrize("by_pipe", [False, True])
async def test_a_child_ends_when_it_is_asked_to(home: Home, by_pipe: bool) -> None:
    child, _ = await heard(home, PATIENT, by_pipe=by_pipe)
    assert await child.stop(signal.SIGTERM) in {-signal.SIGTERM, 128 + signal.SIGTERM}
    assert child.ended is not None


@pytest.mark.parametrize("by_pipe", [False, True])
async def test_a_stubborn_child_is_killed_after_its_grace(home: Home, by_pipe: bool) -> None:
    child, _ = await heard(home, STUBBORN, by_pipe=by_pipe)
    assert await child.stop(signal.SIGTERM, grace_s=0.2) in {-signal.SIGKILL, 128 + signal.SIGKILL}


@pytest.mark.parametrize("how", ["signal", "pipe"])
def test_a_child_ends_with_a_parent_that_was_killed(
    home: Home, how: str, until_gone: Callable[[list[int]], list[int]]
) -> None:
    mark = home.path / "pid"
    script = f"open({str(mark)!r}, 'w').write(str(__import__('os').getpid())); " + PATIENT
    log = home.logs / "child.log"
    with subprocess.Popen([sys.executable, "-c", PARENT, log, script, how], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        leash = int(parent.stdout.readline())
        wait_for_text(log, "up")
        child = int(mark.read_text())
        parent.kill()
    assert until_gone([leash, child]) == []


def wait_for_text(path: Path, text: str) -> None:
    """Follow a log until it says the text."""
    follow = subprocess.run(
        ["timeout", "15", "sh", "-c", f"tail -n +1 -F '{path}' 2>/dev/null | grep -q -m1 '{text}'"],
        check=False,
    )
    assert text in path.read_text(), follow


async def test_a_program_that_is_not_there_is_said(home: Home) -> None:
    child = Child(Command("java", ["/nowhere/java"], {}, home.logs / "java.log"))
    with pytest.raises(CannotStart, match="/nowhere/java, which java needs, is not there"):
        await child.start()


def test_a_log_that_grew_large_is_set_aside(home: Home) -> None:
    log = home.logs / "service.log"
    log.write_text("old")
    os.truncate(log, 10_000_001)
    roll(log)
    assert not log.exists()
    assert log.with_name("service.log.1").exists()
