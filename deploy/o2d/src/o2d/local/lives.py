"""Keeping a child alive: started again when it ends unasked, each time a little later."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from o2d.local.process import Child, Command
from o2d.trouble import CannotStart

PAUSE_FIRST_S, PAUSE_S_MAX = 0.2, 10.0
STEADY_S = 30.0
STOP_S = 15.0


class Server(Protocol):
    """What can be kept alive."""

    child: Child | None

    async def start(self) -> None:
        """Start it. Raises CannotStart."""
        ...

    async def stop(self) -> None:
        """End it."""
        ...


@dataclass(slots=True)
class Program:
    """A service as a server: a child that is asked to end by SIGTERM."""

    command: Command
    child: Child | None = None

    async def start(self) -> None:
        """Start it; whether it is ready is asked over HTTP."""
        self.child = Child(self.command)
        await self.child.start()

    async def stop(self) -> None:
        """End it in order, or for certain when that takes too long."""
        if self.child:
            await self.child.stop(signal.SIGTERM, grace_s=STOP_S)


class Life:
    """One server kept alive between `begin` and `end`."""

    def __init__(
        self, name: str, server: Server, said: Callable[[str], None], changed: Callable[[], None]
    ) -> None:
        self.name = name
        self.restarts = 0
        self._server = server
        self._said = said
        self._changed = changed
        self._task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """The process id of the present run."""
        return self._server.child.pid if self._server.child else 0

    async def begin(self) -> None:
        """Start it for the first time. Raises CannotStart with the reason."""
        await self._server.start()
        self._task = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def _keep(self) -> None:
        pause_s = PAUSE_FIRST_S
        while True:
            began = time.monotonic()
            code = await self._server.child.wait() if self._server.child else 0
            if time.monotonic() - began > STEADY_S:
                pause_s = PAUSE_FIRST_S
            self._said(f"{self.name} ended {_with(code)}; it is started again in {pause_s:.1f} s")
            await asyncio.sleep(pause_s)
            pause_s = min(PAUSE_S_MAX, pause_s * 2)
            self.restarts += 1
            try:
                await self._server.start()
            except CannotStart as reason:
                self._said(str(reason))
            self._changed()

    async def end(self) -> None:
        """End it and start it no more."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._server.stop()


def _with(code: int) -> str:
    return f"by {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
