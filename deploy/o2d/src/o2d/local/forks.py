"""Programs that a fork server becomes: each is there at once, as its own process, with all that it shares loaded."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
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
SAID_BYTES_MAX: Final = 1_000
# The second one is there for orders that met the end of the first.
TRIES_COUNT_MAX: Final = 2
FULL_SECONDS: Final = 0.01


class Forked:
    """A program that was forked, read like a process of asyncio. `death` is how it ends when its server is gone."""

    def __init__(self, told: socket.socket, pid: int, death: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._told = told
        self._death = death
        self._ending = asyncio.create_task(self._end(), name=f"end of {pid}")

    async def _end(self) -> int:
        # Left open until it has ended: closing it ends the program.
        with self._told:
            said = await _said(self._told)
        self.returncode = int(said) if said else -self._death
        return self.returncode

    async def wait(self) -> int:
        """Wait for its end; gives the exit code, negative for a signal."""
        return await asyncio.shield(self._ending)

    def send_signal(self, number: int) -> None:
        """Send a signal; one that has ended already hears nothing."""
        if self.returncode is None:
            # It may be gone without our having heard of it.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


class ForkServer:
    """Keeps a fork server from `start` or the first program on until `stop`; it is replaced when it was killed.

    `begun` counts the servers.
    """

    def __init__(self, modules: Sequence[str] = OF_SERVICES) -> None:
        self.begun = 0
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
        self.begun += 1
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setblocking(False)
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

        Raises CannotStart when it cannot be forked, or when two servers end before they have.
        """
        order = json.dumps(
            {"words": list(words), "environment": dict(environment), "folder": str(folder), "signal": death}
        ).encode()
        if len(order) > forkserver.ORDER_BYTES_MAX:
            raise CannotStart(f"The environment of {words[0]} is too large.", "Unset what it does not need.")
        for _ in range(TRIES_COUNT_MAX):
            if self._server is None or self._server.poll() is not None:
                self.start()
            asked = self._server
            told, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            try:
                with theirs:
                    await self._send(order, [out, theirs.fileno()])
                said = await _said(told)
            except BaseException:
                told.close()
                raise
            if said.isdigit():
                return Forked(told, int(said), death)
            told.close()
            if said:
                raise CannotStart(f"No process can be forked for {words[0]}: {said}.")
            # Others may have put another one in its place by now.
            if self._server is asked:
                self.stop()
        raise CannotStart(f"No process can be forked for {words[0]}: the fork server ends at once.")

    async def _send(self, order: bytes, descriptors: Sequence[int]) -> None:
        """Send an order, once there is room for it; what meets the end of the server is lost with it."""
        while self._control is not None:
            try:
                socket.send_fds(self._control, [order], descriptors)
                return
            except BlockingIOError:
                await asyncio.sleep(FULL_SECONDS)
            except (BrokenPipeError, ConnectionResetError):
                return

    def stop(self) -> None:
        """End it, and with it what it has become and still runs."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None


async def _said(told: socket.socket) -> str:
    """What is told next; nothing when nobody will tell any more."""
    told.setblocking(False)
    try:
        return (await asyncio.get_running_loop().sock_recv(told, SAID_BYTES_MAX)).decode()
    except ConnectionResetError:
        return ""
