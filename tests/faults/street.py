"""The five services as real processes that may be killed at any moment; a supervisor starts them again."""

from __future__ import annotations

import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, Final

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from backbone.kafka import Access
from backbone.testing import DatabaseOf, plain_dsn
from backbone.testing_support import eventually
from contracts.topics import PARTITIONS_COUNT
from o2d import issuer
from o2d.asking import Services
from o2d.clockwork import Standing, rest, step
from o2d.home import Home
from o2d.local.lives import Life
from o2d.local.services import SERVICES, Surroundings, is_ready, url
from o2d.trouble import CannotStart
from o2d.verify.catalogue import CHECKS, ENDED, prove
from o2d.verify.ground import gather
from simulator.doors import Person
from tests.faults.members import Member, Watched
from tests.faults.processes import free_port
from tests.faults.servers import Servers
from tests.faults.topics import own_topics
from tests.flows.town import BEGIN, OWNERS, Town

FIVE: Final = tuple(sorted(OWNERS))
KILLED: Final = -signal.SIGKILL
PATIENCE_S: Final = 90.0
# A little longer than the pauses of a busy machine; what a member holds when it is killed is free after it.
SESSION_S: Final = "3"
HASTE: Final = {"O2D_SESSION": SESSION_S, "O2D_REBALANCE": "10", "O2D_DRAIN": "5", "O2D_STALL": "6",
                "O2D_RELAY_IDLE": "2", "O2D_RELAY_HEARTBEAT": "0.4"}  # fmt: skip
# What the shortest road gives to look at.
LOOKED_AT: Final = {"sequence", "sent in order", "heard was told", "told was heard", "moves are booked", "run way",
                    "received is booked", "bought once", "visit way", "order fulfilled", "value happened"}  # fmt: skip


@dataclass(slots=True)
class Street(Town):
    """A town whose services may be away for a while: who asks is patient."""

    members: dict[str, Member] = field(default_factory=dict)
    access: Access = field(default_factory=lambda: Access(""))
    warned: list[str] = field(default_factory=list)
    lives: dict[str, Life] = field(default_factory=dict)

    async def halt(self) -> None:
        """End every service, in order."""
        for life in self.lives.values():
            await life.end()

    async def resume(self) -> None:
        """Start every service again."""
        for life in self.lives.values():
            await life.begin()
        await self.ready()

    async def rest(self) -> datetime:
        """Wait until all are there and nothing is in work."""
        standings: tuple[Standing, ...] = await self._patiently(lambda: rest(self.services, PATIENCE_S))
        return max(standing.now for standing in standings)

    async def step(self, moments: Sequence[datetime]) -> datetime | None:
        """Go to the next moment; a step that some have heard of and others not is made again."""
        moment: datetime | None = await self._patiently(
            lambda: step(self.services, own=moments, patience_s=PATIENCE_S)
        )
        return moment

    @property
    def watched(self) -> Watched:
        """The doors, for who wants to hear of each act."""
        assert isinstance(self.doors, Watched)
        return self.doors

    async def ready(self) -> None:
        """Wait until each service is ready."""
        for member in self.members.values():
            await eventually(partial(is_ready, member.port), PATIENCE_S, of=f"a ready {member.spec.name}")

    async def broken(self) -> list[str]:
        """The promises that are broken, with their first violations; every order has to have ended."""
        await self.rest()
        ground = await gather(self.state["databases"], self.access.bootstrap, self.access.prefix)
        findings = list(prove(ground, [*CHECKS, ENDED]))
        idle = {check.name for check, finding in findings if not finding.checked}
        assert not idle & LOOKED_AT, "nothing was looked at"
        return [f"{check.name}: {finding.first}" for check, finding in findings if finding.wrong]

    async def waiting(self, name: str) -> int:
        """How much lies before a service: facts that it has not noted as heard, and those that it has to send."""
        return await self.unheard(name) + len(await self.rows(name, "SELECT 1 FROM outbox"))

    async def unheard(self, name: str) -> int:
        """Records behind what the service's group has committed."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.access.bootstrap)
        consumer = AIOKafkaConsumer(bootstrap_servers=self.access.bootstrap)
        await admin.start()
        await consumer.start()
        try:
            places = [
                TopicPartition(self.access.prefix + topic, number)
                for topic in self.members[name].heard
                for number in range(PARTITIONS_COUNT)
            ]
            noted = await admin.list_consumer_group_offsets(self.access.prefix + name)
            ends = await consumer.end_offsets(places)
            at = {place: max(noted[place].offset, 0) if place in noted else 0 for place in places}
            return sum(ends[place] - at[place] for place in places)
        finally:
            await consumer.stop()
            await admin.close()

    async def _patiently(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        """The answer, as soon as all services are there to give it; `CannotStart` when they are not in time."""
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                return await ask()
            except CannotStart:
                if time.monotonic() > until:
                    raise
            await self.ready()

    async def parked(self) -> list[Any]:
        """What is set aside anywhere: service, subscription, key, cause."""
        return [
            (name, *row)
            for name in self.members
            for row in await self.rows(name, "SELECT subscription, key, cause FROM parked_key")
        ]

    async def rows(self, name: str, statement: str, *values: Any) -> list[Any]:
        """What the database of a service says."""
        connection = await asyncpg.connect(plain_dsn(self.members[name].dsn))
        try:
            return [tuple(row) for row in await connection.fetch(statement, *values)]
        finally:
            await connection.close()


@dataclass(frozen=True, slots=True)
class Ground:
    """What a street is built on."""

    servers: Servers
    database_of: DatabaseOf
    folder: Path


async def _members(
    ground: Ground, access: Access, faults: Mapping[str, Sequence[str]], processes: int
) -> dict[str, Member]:
    home = Home(ground.folder / "home")
    home.prepare()
    issuer.make_keys(home)
    specs = [spec for spec in SERVICES if spec.name in FIVE]
    dsns = {spec.name: plain_dsn(await ground.database_of(spec.name.replace("-", "_"))) for spec in specs}
    ports = {spec.name: free_port() for spec in specs}
    around = Surroundings(home, access.bootstrap, dsns, ports, f"stepped:{BEGIN}")
    told = {**HASTE, "O2D_KAFKA_PREFIX": access.prefix}
    members = {}
    for number, spec in product(range(1, processes + 1), specs):
        name, port = (spec.name, ports[spec.name]) if number == 1 else (f"{spec.name}-{number}", free_port())
        environment = {**around.environment(spec), **told, "O2D_HTTP_PORT": str(port)}
        folder = ground.folder / f"process-{number}"
        folder.mkdir(exist_ok=True)
        deaths = list(faults.get(name, ()))
        members[name] = Member(spec, port, dsns[spec.name], folder, environment, deaths)
    return members


@asynccontextmanager
async def street(
    ground: Ground, faults: Mapping[str, Sequence[str]] | None = None, *, processes: int = 1
) -> AsyncIterator[Street]:
    """Start the five, each as so many processes with their points of death; end them.

    People go to the first process of a service; the others have its name with their number behind it.
    """
    async with own_topics(ground.servers.broker.node.address) as access:
        members = await _members(ground, access, faults or {}, processes)
        urls = {name: url(member.port) for name, member in members.items()}
        state = {"databases": {name: members[name].dsn for name in FIVE}}
        home = Home(ground.folder / "home")

        def token(who: Person) -> str:
            return issuer.sign(home, who.role, who.party, who.name)

        async with Services(urls, issuer.sign(home, "admin")) as services, Watched(urls, token) as doors:
            found = Street(services, doors, state, members=members, access=access)
            for name, member in members.items():
                found.lives[name] = Life(name, member, found.warned.append, lambda: None)
            try:
                await found.resume()
                yield found
            finally:
                await found.halt()
