"""One service as a process that dies as ordered, and the doors that tell a test of each act."""

from __future__ import annotations

import importlib
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backbone.service import Service
from o2d.local.process import Child, Command
from o2d.local.services import ServiceSpec
from simulator.doors import Doors, Person
from tests.faults.processes import FORKS

Hook = Callable[[str, str], Awaitable[None]]


@dataclass(slots=True)
class Member:
    """One service; each of its runs but the last has the next of `faults` as its point of death."""

    spec: ServiceSpec
    port: int
    dsn: str
    folder: Path
    environment: Mapping[str, str]
    faults: list[str] = field(default_factory=list)
    child: Child | None = None
    armed: str = ""
    codes: list[int] = field(default_factory=list)
    before: Callable[[], Awaitable[object]] | None = None

    async def start(self) -> None:
        """Start it, when what shall come `before` has come."""
        if self.child is not None and self.child.ended is not None:
            self.codes.append(self.child.ended)
        if self.before is not None:
            before, self.before = self.before, None
            await before()
        self.armed = self.faults.pop(0) if self.faults else ""
        log = self.folder / f"{self.spec.name}.log"
        environment = {**self.environment, "O2D_FAULT_POINT": self.armed}
        words = [*self.spec.words, "run"]
        self.child = Child(Command(self.spec.name, words, environment, log, self.folder, forks=FORKS))
        await self.child.start()

    async def stop(self) -> None:
        """End it as an operator does; what does not end is killed."""
        if self.child is not None:
            await self.child.stop(signal.SIGTERM, grace_s=15)

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self.child is not None
        self.child.tell(number)

    @property
    def heard(self) -> tuple[str, ...]:
        """The topics that it hears."""
        service: Service = importlib.import_module(f"{self.spec.name.replace('-', '_')}.__main__").SERVICE
        return service.topics_heard


class Watched(Doors):
    """Doors that tell of each act before it is done, and as soon as it was answered; all wait for who is told."""

    eve: Hook | None = None
    hook: Hook | None = None

    async def post(
        self, who: Person, service: str, path: str, body: Mapping[str, Any] | None = None, *, again: str = ""
    ) -> Any:
        """Tell, act, then tell again."""
        if self.eve is not None:
            await self.eve(service, path)
        answer = await super().post(who, service, path, body, again=again)
        if self.hook is not None:
            await self.hook(service, path)
        return answer
