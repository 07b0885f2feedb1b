"""One PostgreSQL and one Kafka for runs of tests: started by the first, shared by all, ended with the last."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from o2d.home import read_json
from o2d.local.keeper import ANSWER
from o2d.local.use import USERS, used
from o2d.trouble import CannotStart, last_lines

READY_S = 180.0  # the first start on a machine fetches the broker
GIVEN = {"postgres": "O2D_DATABASE_URL", "kafka": "O2D_KAFKA_BOOTSTRAP"}


def shared_folder() -> Path:
    """Where runs of this user with this interpreter's packages meet; closed to others."""
    name = f"o2d-testing-{os.getuid()}-{hashlib.sha256(sys.prefix.encode()).hexdigest()[:8]}"
    return Path(tempfile.gettempdir()) / name


@contextlib.contextmanager
def infrastructure(home: Path | None = None) -> Iterator[tuple[str, str]]:
    """Both servers as (`postgresql://…`, `host:port`). Raises CannotStart with the reason when one is not to be had."""
    with server("postgres", home) as postgres_url, server("kafka", home) as kafka_bootstrap:
        yield postgres_url, kafka_bootstrap


@contextlib.contextmanager
def server(what: str, home: Path | None = None) -> Iterator[str]:
    """The address of one server (`postgres` or `kafka`): what the environment names, else a shared one.

    A shared one ends when its last user left this context or was killed. Raises CannotStart with the reason.
    """
    if given := os.environ.get(GIVEN[what]):
        yield given
        return
    folder = (home or shared_folder()) / what
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise CannotStart(f"{folder} belongs to another user.", "Remove it, or set TMPDIR.")
    with used(folder / USERS):
        yield _address(what, folder)


def _address(what: str, folder: Path) -> str:
    with (folder / "start").open("a") as start:
        fcntl.flock(start, fcntl.LOCK_EX)  # the first starts it, the others wait here
        answer = read_json(folder / ANSWER)
        if "address" not in answer or not _keeps(int(answer["pid"])):
            (folder / ANSWER).unlink(missing_ok=True)
            answer = _started(what, folder)
        return str(answer["address"])


def _keeps(pid: int) -> bool:
    import psutil

    try:
        return "o2d.local.keeper" in psutil.Process(pid).cmdline()
    except psutil.Error:
        return False


def _started(what: str, folder: Path) -> dict[str, str]:
    log = folder / "keeper.log"
    with log.open("wb") as words:
        # A session of its own: Ctrl-C is for the tests, the server ends when they have.
        keeper = subprocess.Popen(
            [sys.executable, "-m", "o2d.local.keeper", what, folder],
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            start_new_session=True,
            cwd="/",
        )
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        answer = read_json(folder / ANSWER)
        if "address" in answer:
            keeper.returncode = 0  # it outlives us on purpose; nobody waits for it
            return answer
        if keeper.poll() is not None:
            answer = read_json(folder / ANSWER)
            raise CannotStart(
                answer.get("reason") or f"The keeper of {what} ended; it says:\n{last_lines(log)}"
            )
        time.sleep(0.05)
    keeper.terminate()
    keeper.wait()
    raise CannotStart(f"{what} did not start within {READY_S:.0f} s; its keeper says:\n{last_lines(log)}")
