"""What a run writes lies in memory, where the machine has plenty of it.

A run makes and drops a thousand databases and as many topics, each of hundreds of files. On a disk that costs more than
what is tested with them, and how much more depends on the disk. Where memory is short, or is no place for programs, all
lies where the system keeps what is temporary.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import IO, Final

import psutil
import pytest

MEMORY: Final = Path("/dev/shm")
PLACE_FREE_MB_MIN: Final = 4_000
MACHINE_FREE_MB_MIN: Final = 8_000
USERS: Final = "users"
# Who keeps a server clears up by itself, when the last run is gone.
KEPT: Final = "o2d-testing-"
_held = pytest.StashKey[IO[str]]()


def roomy(place: Path = MEMORY) -> bool:
    """Whether a folder in memory takes what a run writes, and lets it be executed."""
    if not sys.platform.startswith("linux") or not os.access(place, os.W_OK):
        return False
    runs_programs = not os.statvfs(place).f_flag & os.ST_NOEXEC
    free_mb = shutil.disk_usage(place).free // 1_000_000
    machine_mb = psutil.virtual_memory().available // 1_000_000
    return runs_programs and free_mb >= PLACE_FREE_MB_MIN and machine_mb >= MACHINE_FREE_MB_MIN


def folder(place: Path = MEMORY) -> Path:
    """Where runs of this user with this interpreter's packages meet: those at the same time share their servers."""
    name = f"o2d-tests-{os.getuid()}-{hashlib.sha256(sys.prefix.encode()).hexdigest()[:8]}"
    path = place / name
    # Another account, that of the database, passes through.
    path.mkdir(mode=0o711, exist_ok=True)
    if path.stat().st_uid != os.getuid():
        raise pytest.UsageError(f"{path} belongs to another user; remove it, or set TMPDIR")
    return path


def clear(path: Path, users: IO[str]) -> None:
    """Remove what runs that were killed have left, unless another one is at work."""
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in path.iterdir():
            if left.name != USERS and not left.name.startswith(KEPT):
                shutil.rmtree(left, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Let everything that this run and its workers start write into memory; what the environment names stays."""
    if hasattr(config, "workerinput") or "TMPDIR" in os.environ or not roomy():
        return
    path = folder()
    users = (path / USERS).open("a")
    clear(path, users)
    fcntl.flock(users, fcntl.LOCK_SH)
    config.stash[_held] = users
    os.environ["TMPDIR"] = os.environ["O2D_DATABASES"] = str(path)
    tempfile.tempdir = None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    if (users := config.stash.get(_held, None)) is not None:
        path = Path(users.name).parent
        clear(path, users)
        users.close()
        del os.environ["TMPDIR"], os.environ["O2D_DATABASES"]
        tempfile.tempdir = None
