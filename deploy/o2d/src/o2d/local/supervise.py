"""A whole local start: database and broker, then migrations and topics, then the services; and all of it back again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from o2d import issuer
from o2d.home import Home, write_private
from o2d.local import databases, kafka
from o2d.local.databases import Database
from o2d.local.forks import ForkServer
from o2d.local.lives import Life, Program
from o2d.local.postgres import Postgres
from o2d.local.prepared import Prepared, ground
from o2d.local.process import DEATH_SIGNAL, Child, Command, module_words
from o2d.local.services import CLOCK, SERVICES, ServiceSpec, Surroundings, choose_ports, is_ready, url
from o2d.local.use import USED_BY, unused
from o2d.local.voices import Voices, readable
from o2d.trouble import CannotStart, last_lines

READY_S = 60.0
# A service that ends this often before it was ever ready will not become so.
RESTARTS_MAX = 3
# Preparing is mostly loading: more at a time than cores gains nothing.
PREPARE = "prepare"
PREPARE_AT_A_TIME = max(2, os.cpu_count() or 2)


@dataclass(slots=True)
class Start:
    """One local start in a home whose lock is held."""

    home: Home
    voices: Voices
    services: Sequence[ServiceSpec] = SERVICES
    clock: str = CLOCK
    first_port: int | None = None
    _forks: ForkServer = field(default_factory=ForkServer)
    _lives: list[Life] = field(default_factory=list)
    _servers: list[Life] = field(default_factory=list)
    _state: dict[str, Any] = field(default_factory=dict)

    async def begin(self) -> dict[str, Any]:
        """Start everything in order; gives the state once all is ready. Raises CannotStart with the reason."""
        self.home.state.unlink(missing_ok=True)  # of a start that was killed
        issuer.make_keys(self.home)
        ports = choose_ports(self.home, self.services, self.first_port)
        if DEATH_SIGNAL and any(module_words(one.words) for one in self.services):
            self._forks.start()  # it loads while the servers come up
        made, bootstrap = await _both(self._database(), self._broker())
        dsns = {name: one.dsn for name, one in made.items()}
        around = Surroundings(self.home, bootstrap, dsns, ports, self.clock)
        await self._prepare(around, made)
        self._state = {
            "services": {one.name: {"url": url(ports[one.name]), "pid": 0} for one in self.services},
            "kafka": {"bootstrap": bootstrap},
            "databases": dsns,
            "home": str(self.home.path),
            "holder": os.getpid(),
            "started": False,
        }
        self._lives = [self._life(one, around) for one in self.services]
        await _both(*(life.begin() for life in self._lives))
        self._write_state()
        await self._ready(ports)
        self._state["started"] = True
        self._write_state()
        return self._state

    async def _database(self) -> dict[str, Database]:
        names = [one.name for one in self.services]
        if given := os.environ.get("O2D_DATABASE_URL"):
            return await databases.prepare(self.home, given, names, prefix=f"o2d_{self.home.hash}_")
        server = Postgres(self.home)
        await server.prepare()
        for note in server.notes:
            self.voices.say("o2d", note, "warning")
        await self._begin_server(Life("postgres", server, self._warn, self._write_state))
        return await databases.prepare(self.home, server.url, names)

    async def _broker(self) -> str:
        if given := os.environ.get("O2D_KAFKA_BOOTSTRAP"):
            if not await kafka.brokers(given, timeout_ms=10_000):
                raise CannotStart(
                    f"No broker answers at {given}.", "Look at O2D_KAFKA_BOOTSTRAP, and whether it runs."
                )
            return given
        (broker,) = kafka.members(self.home)
        await broker.prepare()
        await self._begin_server(Life("kafka", broker, self._warn, self._write_state))
        return broker.node.address

    async def _begin_server(self, life: Life) -> None:
        self._servers.append(life)  # noted first: a start that is broken off ends what it began
        await life.begin()
        self.voices.say("o2d", f"{life.name} is ready")

    async def _prepare(self, around: Surroundings, made: dict[str, Database]) -> None:
        """Migrate the database of each service and see to its topics, in one process.

        What an earlier start has done on servers of our own is left out: it would be most of the time of a start.
        """
        ours = {life.name for life in self._servers} >= {"postgres", "kafka"}
        data = self.home.path / "kafka" / "data"
        prepared = Prepared(
            self.home, ground({name: one.oid for name, one in made.items()}, data) if ours else None
        )
        missing = [one for one in self.services if not prepared.is_done(one)]
        gate = asyncio.Semaphore(PREPARE_AT_A_TIME)

        async def run(service: ServiceSpec) -> None:
            async with gate:
                child = Child(self._command(service, PREPARE, around))
                await child.start()
                if code := await child.wait():
                    words = self._last_words(service.name)
                    raise CannotStart(
                        f"`{service.name} {PREPARE}` failed with code {code}; it says:\n{words}"
                    )

        await _both(*(run(one) for one in missing))
        for one in missing:
            prepared.note(one)

    def _command(self, service: ServiceSpec, step: str, around: Surroundings) -> Command:
        return Command(
            name=service.name,
            words=[*service.words, step],
            environment=around.environment(service),
            log=self.home.logs / f"{service.name}.log",
            folder=self.home.path,
            on_line=self.voices.of(service.name),
            forks=self._forks,
        )

    def _life(self, service: ServiceSpec, around: Surroundings) -> Life:
        program = Program(self._command(service, "run", around))
        return Life(service.name, program, self._warn, self._write_state)

    def _warn(self, text: str) -> None:
        self.voices.say("o2d", text, "warning")

    async def _ready(self, ports: dict[str, int]) -> None:
        until = monotonic() + READY_S
        waiting = dict(ports)
        while waiting:
            answers = await asyncio.gather(*(is_ready(port) for port in waiting.values()))
            waiting = {
                name: port for (name, port), ready in zip(waiting.items(), answers, strict=True) if not ready
            }
            for life in self._lives:
                if life.name in waiting and life.restarts >= RESTARTS_MAX:
                    words = self._last_words(life.name)
                    raise CannotStart(f"{life.name} ends again and again; it says:\n{words}")
            if waiting and monotonic() > until:
                name = next(iter(waiting))
                words = self._last_words(name)
                raise CannotStart(
                    f"{', '.join(waiting)} did not become ready in {READY_S:.0f} s; {name} says:\n{words}"
                )
            await asyncio.sleep(0.05 if waiting else 0)

    def _last_words(self, name: str) -> str:
        return "\n".join(map(readable, last_lines(self.home.logs / f"{name}.log").splitlines()))

    def _write_state(self) -> None:
        if not self._state:
            return
        for life in self._lives:
            self._state["services"][life.name]["pid"] = life.pid
        write_private(self.home.state, json.dumps(self._state, indent=1))

    async def end(self) -> None:
        """End everything in the opposite order: first who talks, then what they talk to."""
        for lives in (self._lives, self._servers):
            await asyncio.gather(*(life.end() for life in lives))
        self._forks.stop()
        self.home.state.unlink(missing_ok=True)


async def _both(*works: Any) -> list[Any]:
    """Do all at the same time; the first failure ends the others before it is told."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def stop_asked() -> AsyncIterator[asyncio.Event]:
    """An event that Ctrl-C and SIGTERM set; whoever asks twice does not want to wait for a clean end.

    What was started for somebody is asked to end when they have ended, in whatever way.
    """
    asked = asyncio.Event()

    def ask() -> None:
        if asked.is_set():
            os._exit(130)  # what was started ends with us, whoever began it
        asked.set()

    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, ask)
    use = asyncio.create_task(unused(Path(file))) if (file := os.environ.get(USED_BY)) else None
    if use is not None:
        use.add_done_callback(lambda _: asked.set())
    try:
        yield asked
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
        if use is not None:
            use.cancel()


async def run(start: Start, when_ready: Any) -> bool:
    """Start, call `when_ready(state)`, wait to be asked to end, and end; False when asked before all was ready.

    Raises CannotStart with the reason when the start fails; nothing is left behind then.
    """
    async with stop_asked() as asked:
        beginning = asyncio.create_task(start.begin())
        waiting = asyncio.create_task(asked.wait())
        try:
            await asyncio.wait({beginning, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if not beginning.done():
                return False
            when_ready(beginning.result())
            await waiting
            return True
        finally:
            for task in (beginning, waiting):
                task.cancel()
            await asyncio.gather(beginning, waiting, return_exceptions=True)
            await start.end()
