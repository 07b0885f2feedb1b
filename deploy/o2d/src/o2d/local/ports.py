"""Loopback ports: which are free, and who holds one that is not."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import ExitStack

import psutil

from o2d.trouble import CannotStart

LOOPBACK = "127.0.0.1"


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


def choose(wanted: Mapping[str, int]) -> dict[str, int]:
    """For each name the wanted port if it is free (0: any), else a free one; all differ."""
    with ExitStack() as held:
        chosen = {}
        for name, port in wanted.items():
            try:
                listener = held.enter_context(_bound(port))
            except OSError:
                listener = held.enter_context(_bound(0))
            chosen[name] = int(listener.getsockname()[1])
        return chosen


def insist(ports: Mapping[str, int], mend: str) -> None:
    """Raise CannotStart for the first of these ports that is taken, with who holds it."""
    for name, port in ports.items():
        if not is_free(port):
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
