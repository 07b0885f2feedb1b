"""The simulated service and its processes: everything between the scripted servers is the product's own code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast
from zlib import crc32

import pytest
import structlog
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone import consume, lanes, replay, works
from backbone.errors import NotYet
from backbone.service import Batch, Host, Service, Tx, hears, tasks, told
from backbone.settings import Settings
from backbone.wire import Catalogue, Incoming
from backbone.works import Works
from shared.tests.jars import TestTopic
from tests.simulation.broker import REBALANCE_S, SESSION_S, Broker, Member
from tests.simulation.database import Database
from tests.simulation.tables import OPEN_JARS, PUT_MARBLES, READ_JARS, statements
from tests.simulation.virtual import PROCESS, Time, Wall
from tests.simulation.world import World

DRAIN_S = 4.0
STALL_S = 8.0
POISON = 3
PARTITIONS = 3


@dataclass(frozen=True, slots=True)
class JarOpened:
    """A jar is there."""

    jar_id: str


@dataclass(frozen=True, slots=True)
class MarbleSent:
    """The marble of this number, 1 … n without a gap, is to go into a jar."""

    jar_id: str
    number: int


OPENED = TestTopic("simulated.jars.v1", "potters", "jar_id", (JarOpened,))
SENT = TestTopic("simulated.marbles.v1", "children", "jar_id", (MarbleSent,))
CATALOGUE = Catalogue((OPENED, SENT), lambda fact: f"o2d.{fact.__name__.lower()}.v1")


class Plant:
    """A broker, a database and the processes between them, in one loop."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.wall = Wall(world.loop)
        self.database = Database(world, statements(self.wall))
        places = tuple((topic.name, number) for topic in (OPENED, SENT) for number in range(PARTITIONS))
        self.broker = Broker(world, places, self.database.handled)
        self.processes: list[Process] = []
        self.at_work: dict[str, Process] = {}
        self.poisoned: set[tuple[str, int]] = set()
        self.names = 0
        self.lanes = world.chance.choice((1, 1, 2, 4))

    def service(self) -> Service:
        """The simulated service."""

        def on_jar_opened(fact: JarOpened) -> JarOpened:
            return fact

        def on_marble_sent(fact: MarbleSent) -> MarbleSent:
            return fact

        subscriptions = (
            hears(JarOpened, on_jar_opened, self.open_jars),
            hears(MarbleSent, on_marble_sent, self.put_marbles),
        )
        return Service("simulated", MetaData(), CATALOGUE, subscriptions=subscriptions, lanes=self.lanes)

    async def open_jars(self, commands: Batch[JarOpened], tx: Tx) -> list[None]:
        """Bring jars."""
        await tx.sql.execute(OPEN_JARS, {"jars": [command.jar_id for command in commands]})
        return [None] * len(commands)

    async def put_marbles(self, commands: Batch[MarbleSent], tx: Tx) -> list[None]:
        """Put marbles into jars; one may be too early for its jar, or poison."""
        wanted = sorted({command.jar_id for command in commands})
        there = set(await tx.sql.execute(READ_JARS, {"jars": wanted}))
        for command in commands:
            if command.jar_id not in there:
                raise NotYet(command.jar_id)
            if (command.jar_id, command.number) in self.poisoned:
                raise ValueError("poison")
        numbers = [command.number for command in commands]
        await tx.sql.execute(PUT_MARBLES, {"jar": [c.jar_id for c in commands], "number": numbers})
        return [None] * len(commands)


class Process:
    """One process of the service, as `Works` runs it; its life is a task of its own."""

    def __init__(self, plant: Plant) -> None:
        plant.names += 1
        self.name = f"p{plant.names}"
        self.plant, self.world = plant, plant.world
        self.member: Member | None = None
        self.members = 0
        self.works: Works | None = None
        self.dead = self.stopping = False
        self.life = self.world.loop.spawn(self.name, self._live())
        plant.processes.append(self)

    async def _live(self) -> None:
        try:
            await self._work()
        except Exception as failure:
            # As `run` does: what cannot go on ends, and a supervisor starts another.
            self.world.say("fell", f"{self.name} {failure!r}")
            self.kill()

    async def _work(self) -> None:
        self.world.say("starts", self.name)
        engine = cast(AsyncEngine, self.plant.database)
        host = _Watched(self, engine)
        settings = Settings(
            service_dsn="postgresql://simulated", kafka_bootstrap="simulated",
            session=SESSION_S, rebalance=REBALANCE_S, drain=DRAIN_S, stall=STALL_S,
        )  # fmt: skip
        self.works = Works(host, settings, frozenset({"consume"}))
        await self.works.start()
        if self.stopping:
            self.works.stop_taking()
        rounds = self.works.rounds()
        parts = ("consumer", "retries", "carefulness")
        running = [self.world.loop.spawn(self.name, rounds[part]()) for part in parts]
        for part in running:
            await part
        await self.works.ended()
        self.world.say("ended", self.name)

    def client(self) -> Member:
        """The next client of the process."""
        self.members += 1
        self.member = Member(self.plant.broker, f"{self.name}.{self.members}")
        return self.member

    def stop(self) -> None:
        """SIGTERM."""
        self.world.say("stop", self.name)
        self.stopping = True
        if self.works is not None:
            self.works.stop_taking()

    def kill(self) -> None:
        """SIGKILL: nothing of it runs again; the servers see its connections end, the group only its silence."""
        self.world.say("kill", self.name)
        self.dead = True
        self.world.loop.freeze(self.name)
        for session in sorted(self.plant.database.sessions, key=lambda each: each.number):
            if session.process == self.name:
                session.end("killed")
        for event_id, process in list(self.plant.at_work.items()):
            if process is self:
                del self.plant.at_work[event_id]

    @property
    def runs(self) -> bool:
        """Whether it lives and is not asked to end."""
        return not (self.dead or self.stopping or self.life.done())

    @property
    def hangs(self) -> bool:
        """Whether it was asked to end and has not."""
        return self.stopping and not (self.dead or self.life.done())

    @property
    def stands(self) -> bool:
        """Whether the group counts on it: what it has in work, nobody else may have."""
        return self.member is not None and self.member.stands


class _Watched(Host):
    """The product's host; whoever has a record in work, two members that both stand never have the same."""

    def __init__(self, process: Process, engine: AsyncEngine) -> None:
        super().__init__(process.plant.service(), engine, cast(Any, _Now(process.plant.wall)))
        self._process = process

    async def hear(self, records: Sequence[Incoming]) -> None:
        me, at_work = self._process, self._process.plant.at_work
        for record in records:
            other = at_work.get(record.event_id)
            if other is not None and other is not me and other.stands and me.stands:
                raise me.world.breaks(f"in work twice: {record.event_id} at {other.name} and {me.name}")
        mine = {record.event_id: me for record in records if record.event_id not in at_work}
        at_work.update(mine)
        try:
            await super().hear(records)
        finally:
            for event_id in mine:
                if at_work.get(event_id) is me:
                    del at_work[event_id]


class _Now:
    mode = "rate"

    def __init__(self, wall: Wall) -> None:
        self._wall = wall

    def now(self) -> datetime:
        """The virtual wall time."""
        return self._wall.now()

    def advance(self, to: datetime) -> None:
        """Nobody steps this clock."""


@contextmanager
def installed(plant: Plant) -> Iterator[None]:
    """The product with virtual time, seeded chance, and scripted servers in the place of its drivers."""
    world, wall = plant.world, plant.wall
    world.loop.set_exception_handler(lambda _, context: world.unlooked.append(str(context)))
    quiet = structlog.make_filtering_bound_logger(0)
    log = structlog.wrap_logger(structlog.ReturnLogger(), processors=[world.logged], wrapper_class=quiet)

    def client(*_: object, **__: object) -> Member:
        return next(each for each in plant.processes if each.name == PROCESS.get()).client()

    with pytest.MonkeyPatch.context() as patch:
        for module in (consume, lanes):
            patch.setattr(module, "time", Time(world.loop))
        patch.setattr(consume, "structlog", SimpleNamespace(get_logger=lambda _: log))
        patch.setattr(works, "KafkaConsumer", client)
        patch.setattr(lanes, "hash", lambda key: crc32(key.encode()), raising=False)
        for module in (told, lanes):
            patch.setattr(module, "random", world.chance)
        for module in (told, replay, tasks):
            patch.setattr(module, "datetime", wall)
        for module in (told, replay, lanes, works):
            patch.setattr(module, "log", log)
        yield
