"""Programs that a fork server becomes: each is there at once, as its own process, with all that it shares loaded."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from o2d.local import forkserver
from o2d.trouble import CannotStart

# What every service loads before anything of its own: two of the three seconds that a small machine needs to load one.
OF_SERVICES: Final = ("backbone.cli", "contracts.policy", "contracts.topics", "jinja2")
NUMBER_BYTES: Final = 32
SERVERS_COUNT_MAX: Final = 2


class Forked:
    """A program that was forked; read like a process of asyncio."""

    def __init__(self, told: socket.socket, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._told = told
        self._ending = asyncio.create_task(self._end(), name=f"end of {pid}")

    async def _end(self) -> int:
        with self._told:
            said = await asyncio.get_running_loop().sock_recv(self._told, NUMBER_BYTES)
        # A server that is gone has taken with it what it was.
        self.returncode = int(said) if said else -signal.SIGKILL
        return self.returncode

    async def wait(self) -> int:
        """Wait for its end; gives the exit code, negative for a signal."""
        return await asyncio.shield(self._ending)

    def send_signal(self, number: int) -> None:
        """Send a signal; one that has ended already hears nothing."""
        if self.returncode is None:
            os.kill(self.pid, number)


class ForkServer:
    """Keeps a fork server from `start` or the first program on until `stop`; it is replaced when it was killed."""

    def __init__(self, modules: Sequence[str] = OF_SERVICES) -> None:
        self._modules = modules
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    @property
    def pid(self) -> int:
        """Its process id; 0 while there is none."""
        return self._server.pid if self._server else 0

    def start(self) -> None:
        """Let it load; nobody waits for that here."""
        self.stop()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, "-m", forkserver.__name__, str(theirs.fileno()), *self._modules],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                cwd="/",
            )

    async def spawn(
        self, words: Sequence[str], environment: Mapping[str, str], folder: Path, out: int, death: int
    ) -> Forked:
        """Run `python -m` with these words, which speaks into the descriptor `out` and ends by the signal `death`.

        Raises CannotStart when the server ends before it has forked, and the one in its place, too.
        """
        order = {
            "words": list(words),
            "environment": dict(environment),
            "folder": str(folder),
            "signal": int(death),
        }
        for _ in range(SERVERS_COUNT_MAX):
            if self._server is None or self._server.poll() is not None:
                self.start()
            if forked := await self._ordered(json.dumps(order).encode(), out):
                return forked
        raise CannotStart(f"No process can be forked for {words[0]}: the fork server ends at once.")

    async def _ordered(self, order: bytes, out: int) -> Forked | None:
        assert self._control is not None
        told, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        told.setblocking(False)
        with theirs, contextlib.suppress(BrokenPipeError, ConnectionResetError):
            socket.send_fds(self._control, [order], [out, theirs.fileno()])
        if said := await asyncio.get_running_loop().sock_recv(told, NUMBER_BYTES):
            return Forked(told, int(said))
        told.close()
        self.stop()
        return None

    def stop(self) -> None:
        """End it, and with it what it has become and still runs."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None
