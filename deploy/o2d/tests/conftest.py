"""Homes of their own for the tests of the local start-up, and the children of its tests."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from o2d.home import Home
from o2d.local import accounts

WAIT_S = 15.0


@pytest.fixture
def home() -> Iterator[Home]:
    """An empty installation; what it keeps elsewhere is removed with it."""
    with tempfile.TemporaryDirectory(prefix="o2d-test-", ignore_cleanup_errors=True) as folder:
        made = Home(Path(folder) / "home")
        made.prepare()
        yield made
        account = accounts.unprivileged()
        if account:
            shutil.rmtree(accounts.database_folder(made, account), ignore_errors=True)


@pytest.fixture
def until_gone() -> Callable[[list[int]], list[int]]:
    """Waits until none of these processes is left; gives those that stay for too long."""

    def wait(pids: list[int]) -> list[int]:
        processes = {one.pid: one for one in psutil.process_iter(["status"]) if one.pid in pids}
        _, alive = psutil.wait_procs(processes.values(), timeout=WAIT_S)
        left = {
            one.pid for one in psutil.process_iter(["status"]) if one.info["status"] != psutil.STATUS_ZOMBIE
        }
        return [one.pid for one in alive if one.pid in left]

    return wait
