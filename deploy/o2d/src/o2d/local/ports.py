"""Loopback ports: which are free, which this process has claimed for what it starts, and who holds one that is not."""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil

from o2d.trouble import CannotStart

LOOPBACK = "127.0.0.1"
# Claims of this process by port: descriptors of locks, kept open until it ends. A port is chosen long before a server
# listens on it, and two starts at a time must not choose the same.
_CLAIMS: dict[int, int] = {}


def _bound(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # As servers do: a connection of a former life that still lingers does not make the port taken.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(1)
    except OSError:
        listener.close()
        raise
    return listener


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    try:
        _bound(port).close()
    except OSError:
        return False
    return True


def _claim(port: int) -> bool:
    """Claim a port among all starts of this user; False when another process has it."""
    if port in _CLAIMS:
        return True
    folder = Path(tempfile.gettempdir()) / f"o2d-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = os.open(folder / str(port), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return False
    _CLAIMS[port] = file
    return True


def choose(wanted: Mapping[str, int]) -> dict[str, int]:
    """For each name the wanted port if it is free and nobody's claim (0: any), else another; all differ."""
    with ExitStack() as held:
        return {name: _chosen(port, held) for name, port in wanted.items()}


def _chosen(wanted: int, held: ExitStack) -> int:
    if wanted:
        with suppress(OSError):
            held.enter_context(_bound(wanted))
            if _claim(wanted):
                return wanted
    while True:
        port = int(held.enter_context(_bound(0)).getsockname()[1])
        # A port that this process has chosen for another name may have no listener yet.
        if port not in _CLAIMS and _claim(port):
            return port


def insist(ports: Mapping[str, int], mend: str) -> None:
    """Claim exactly these ports. Raises CannotStart for the first that is taken, with who holds it."""
    for name, port in ports.items():
        if not is_free(port) or not _claim(port):
            raise CannotStart(f"Port {port} for {name} is taken by {holder(port)}.", mend)


def holder(port: int) -> str:
    """Who listens on a port, as far as we may see."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return f"process {connection.pid} ({psutil.Process(connection.pid).name()})"
    except psutil.Error:
        return "a process we may not see"
    return "another process"
