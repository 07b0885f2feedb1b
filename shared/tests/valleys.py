"""A valley beyond the tower: it hears the bells, tells of their echoes and hears those, too; and doors to both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import httpx
from aiokafka.admin import AIOKafkaAdminClient
from fastapi import APIRouter

from backbone.ids import new_id
from backbone.kafka import Access
from backbone.run import run
from backbone.service import Batch, Host, Service, Tx, hears
from backbone.service.database import connect
from backbone.testing import create_database, drop_database
from backbone.testing_issuer import Issuer
from backbone.testing_support import eventually
from backbone.topics import create_topics
from backbone.web import Asked, Response, acts, done, shows
from backbone.wire import Catalogue, Incoming, encode
from shared.tests.bells import BellTopic, Note, Ring, Rung, Tower, metadata, note_rings
from shared.tests.grounds import Ground
from shared.tests.processes import OPERATIONS, answer_of, settings_of

FIRST: Final = "0af7651916cd43dd8448eb211c80319c"
SECOND: Final = "1bf7651916cd43dd8448eb211c80319c"
SPANS: Final = ("b7ad6b7169203331", "c7ad6b7169203331")


@dataclass(frozen=True, slots=True)
class Echoed:
    """A ring came back from the other side."""

    echo_id: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Let a ring come back."""

    echo_id: str


class Valley(Tower):
    """Hears what a tower rings."""

    def __init__(self, tower: Tower) -> None:
        super().__init__(suffix=tower.suffix)
        self.echoes = BellTopic(f"t.echo.{tower.suffix}", "echo_id", (Echoed,), owner="valley")
        self.service = Service(
            f"valley-{tower.suffix}",
            metadata,
            Catalogue((tower.rings, self.echoes), lambda fact: f"o2d.{fact.__name__.lower()}.v1"),
            subscriptions=(
                hears(Rung, on_rung_here, self.answer),
                hears(Echoed, on_echoed, note_rings),
            ),
            lanes=1,
        )

    async def answer(self, commands: Batch[Answer], tx: Tx) -> list[None]:
        """Tell of each ring once more."""
        for command in commands:
            tx.added(self.echoes, [command.echo_id])
            tx.emit(Echoed(command.echo_id), because=command)
            tx.tells(self.echoes, command.echo_id)
        return [None] * len(commands)


def on_rung_here(fact: Rung) -> Answer:
    """A ring comes back."""
    return Answer(f"{fact.bell_id} {fact.number}")


def on_echoed(fact: Echoed) -> Note:
    """An echo is noted."""
    return Note(fact.echo_id, 0)


@dataclass(frozen=True, slots=True)
class RingBody:
    """How often."""

    times: int


@dataclass(frozen=True, slots=True)
class RingView:
    """A bell and how often it was rung."""

    bell_id: str
    number: int


ASKED: Final = ("ring_bell", "crack_bell")


def door_to(tower: Tower) -> APIRouter:
    """A door at which a bell is rung, or breaks."""
    router = APIRouter()

    @router.post("/v1/bells/{bell_id}/ring", **acts(RingView, body=RingBody, example=RingBody(1)))
    async def ring_bell(ask: Asked, bell_id: str) -> Response:
        """Ring a bell."""
        times = (await ask.body(RingBody)).times
        return await ask.act(
            tower.ring, Ring(bell_id, times), reply=lambda number: done(RingView(bell_id, number))
        )

    @router.get("/v1/bells/{bell_id}/crack", **shows(RingView))
    async def crack_bell(ask: Asked, bell_id: str) -> Response:
        """Break a bell."""
        raise ZeroDivisionError(bell_id)

    return router


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody at the tower's door."""

    client: httpx.AsyncClient
    issuer: Issuer

    async def ring(self, bell_id: str, times: int = 1, **headers: str) -> httpx.Response:
        """Ring a bell."""
        head = {**self.issuer.headers("admin"), "idempotency-key": f"{bell_id}-{times}", **headers}
        return await self.client.post(f"/v1/bells/{bell_id}/ring", json={"times": times}, headers=head)

    async def get(self, path: str) -> httpx.Response:
        """What a path answers an operator."""
        return await self.client.get(path, headers=self.issuer.headers("admin"))


@asynccontextmanager
async def valley_of(ground: Ground, postgres_url: str) -> AsyncIterator[Ground]:
    """A valley with a database and a topic of its own."""
    valley = Valley(ground.tower)
    dsn = await create_database(postgres_url)
    engine = connect(dsn, name="valley", pool=10)
    try:
        await create_topics(ground.access, [valley.echoes], replication=1)
        yield Ground(valley, await valley.host(engine), dsn, ground.access)
    finally:
        await _delete_topic(ground.access, valley.echoes.name)
        await engine.dispose()
        await drop_database(postgres_url, dsn)


async def _delete_topic(access: Access, name: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=access.bootstrap)
    await admin.start()
    try:
        await admin.delete_topics([name])
    finally:
        await admin.close()


@asynccontextmanager
async def open_door(ground: Ground, folder: Path) -> AsyncIterator[Voice]:
    """A whole process with the tower's door, ready; its end is clean."""
    own = folder / ground.tower.service.name
    own.mkdir()
    issuer, stopping = Issuer(own), asyncio.Event()
    settings = settings_of(ground, issuer)
    service = replace(ground.tower.service, routes=(door_to(ground.tower),))
    policy = {f"{service.name}.{name}": frozenset({"admin"}) for name in (*OPERATIONS, *ASKED)}
    task = asyncio.create_task(run(service, settings, policy=policy, stopping=stopping))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.http_port}") as client:
        try:
            await eventually(lambda: _ready(client), 30, of="a process that is ready")
            yield Voice(client, issuer)
        finally:
            stopping.set()
            assert await asyncio.wait_for(task, 30)


async def _ready(client: httpx.AsyncClient) -> bool:
    answer = await answer_of(client, "/readyz")
    return answer is not None and answer.status_code == 200


def host_of(ground: Ground, traces: object) -> Host:
    """The ground's host with traces of its own."""
    host = ground.host
    return Host(ground.tower.service, host.engine, host.clock, traces=traces)  # type: ignore[arg-type]


def rung(number: int, trace: str | None, span: str = SPANS[0]) -> Incoming:
    """A ring as Kafka would give it."""
    told = (("ce_id", new_id()), ("ce_type", "o2d.rung.v1"))
    header = (("traceparent", f"00-{trace}-{span}-01"),) if trace else ()
    key = f"bell {number}"
    return Incoming("rings", 0, number, key, told + header, encode(Rung(key, number)), 0)
