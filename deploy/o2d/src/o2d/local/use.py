"""What runs for its users alone: each holds a lock, which the system lets go however they end; the last one ends it."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

# Names the file whose lock its users hold to what is started for them.
USED_BY: Final = "O2D_USED_BY"
# What that file is called where it lies with what is used.
USERS: Final = "users"
LOOK_SECONDS: Final = 0.2


@contextmanager
def used(file: Path) -> Iterator[None]:
    """Use what ends with its last user, before it is started and until the block is left; nothing inherits that.

    Waits for one that is just being ended.
    """
    with file.open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        yield


async def alone(users: IO[Any]) -> None:
    """Come back when nobody uses it any more; nobody can again until the file is closed."""
    # A thread that waits for the lock could not be ended with the process.
    while True:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            await asyncio.sleep(LOOK_SECONDS)
        else:
            return


async def unused(file: Path) -> None:
    """Come back when nobody uses what the file stands for any more."""
    with file.open("a") as users:
        await alone(users)
