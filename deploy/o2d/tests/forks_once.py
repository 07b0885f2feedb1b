"""Loaded by a fork server, it lets the system refuse every process but the first."""

from __future__ import annotations

import errno
import os
from itertools import count

_fork = os.fork
_asked = count()


def fork() -> int:
    if next(_asked):
        raise BlockingIOError(errno.EAGAIN, "no more processes")
    return _fork()


os.fork = fork
