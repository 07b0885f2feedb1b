"""What runs for somebody alone: who uses it holds a lock, which the system lets go however they end."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

# Names the file whose lock its users hold to what is started for them.
USED_BY: Final = "O2D_USED_BY"
# Where they meet, in a home.
USERS: Final = "users"
LOOK_SECONDS: Final = 0.5


@contextmanager
def used(file: Path) -> Iterator[None]:
    """Use what ends with its last user, before it is started and until the block is left; nothing inherits that."""
    with file.open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        yield


async def unused(file: Path) -> None:
    """Come back when nobody uses it any more. Raises OSError when the file cannot be opened."""
    # A thread that waits for the lock could not be ended with the process.
    with file.open("a") as users:
        while True:
            if _alone(users.fileno()):
                return
            await asyncio.sleep(LOOK_SECONDS)


def _alone(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
