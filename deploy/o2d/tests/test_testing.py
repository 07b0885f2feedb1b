"""The servers that runs of tests share: started once, ended with the last user, even one that was killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from o2d.home import Home
from o2d.local import ports
from o2d.local.keeper import ANSWER, remove
from o2d.local.testing import infrastructure, server
from o2d.trouble import CannotStart

USER = """
import signal, sys
from pathlib import Path
from o2d.local.testing import server
with server("postgres", Path(sys.argv[1])) as address:
    print(address, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A meeting place of its own, with nothing named by the environment."""
    monkeypatch.delenv("O2D_DATABASE_URL", raising=False)
    monkeypatch.delenv("O2D_KAFKA_BOOTSTRAP", raising=False)
    with tempfile.TemporaryDirectory(prefix="o2d-test-", ignore_cleanup_errors=True) as made:
        yield Path(made)
        for run in Path(made).glob("*/run-*"):
            remove(Home(run))


def user(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USER, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def family(folder: Path) -> list[int]:
    """The keeper and all that it started."""
    keeper = psutil.Process(json.loads((folder / "postgres" / ANSWER).read_text())["pid"])
    return [keeper.pid, *(child.pid for child in keeper.children(recursive=True))]


def test_users_share_a_server_that_ends_with_the_last_even_if_killed(
    folder: Path, until_gone: Callable[[list[int]], list[int]]
) -> None:
    with user(folder) as first, user(folder) as second:
        assert first.stdout
        assert second.stdout
        address = first.stdout.readline()
        assert address == second.stdout.readline()
        assert address.startswith("postgresql://postgres:")
        alive = family(folder)
        assert len(alive) > 2
        first.communicate()
        with server("postgres", folder) as again:
            assert again == address.strip()
        assert all(psutil.pid_exists(pid) for pid in alive[:2])
        second.kill()
    assert until_gone(alive) == []
    assert not list((folder / "postgres").glob("run-*"))


def test_a_keeper_that_was_killed_takes_its_server_along_and_is_replaced(
    folder: Path, until_gone: Callable[[list[int]], list[int]]
) -> None:
    with server("postgres", folder):
        killed = family(folder)
        psutil.Process(killed[0]).kill()
        assert until_gone(killed) == []
        with server("postgres", folder) as address:
            replaced = family(folder)
            assert not set(replaced) & set(killed)
            assert not ports.is_free(int(address.rpartition(":")[2].partition("/")[0]))
    assert until_gone(replaced) == []


def test_servers_named_by_the_environment_are_used_as_they_are(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("O2D_DATABASE_URL", "postgresql://given/postgres")
    monkeypatch.setenv("O2D_KAFKA_BOOTSTRAP", "given:9092")
    with infrastructure(folder) as both:
        assert both == ("postgresql://given/postgres", "given:9092")
    assert list(folder.iterdir()) == []


def test_a_server_that_cannot_start_gives_its_reason(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("O2D_FREE_MB_MIN", str(10**12))
    with pytest.raises(CannotStart, match="MB are free"), server("postgres", folder):
        pytest.fail("started without space")
    assert os.listdir(folder / "postgres")
