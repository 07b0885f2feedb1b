"""A service small enough for one page: jars that marbles are put into, told as facts; the backbone's tests run it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Column, MetaData, Table, Text, text
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.clock import SteppedClock
from backbone.errors import NotFound, NotYet, Refusal
from backbone.ids import new_id
from backbone.service import Batch, Host, Service, Tx, falls_due, hears
from backbone.tables import backbone_metadata
from backbone.wire import Catalogue, Incoming

START = datetime(2026, 3, 2, 8, tzinfo=UTC)

metadata = MetaData()
jars = Table(
    "jars",
    metadata,
    Column("jar_id", Text, primary_key=True),
    Column("marbles", BigInteger, nullable=False),
    Column("history", Text, nullable=False, server_default=""),
    Column("version", BigInteger, nullable=False),
    Column("told", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class MarblesSent:
    """Somebody sends marbles to a jar."""

    jar_id: str
    count: int


@dataclass(frozen=True, slots=True)
class MarblesCounted:
    """A jar holds so many marbles now."""

    jar_id: str
    marbles: int


@dataclass(frozen=True, slots=True)
class TestTopic:
    """A topic of the tests."""

    name: str
    owner: str
    key: str
    facts: Sequence[type]
    compacted: bool = False


SENT = TestTopic("children.marbles.v1", "children", "jar_id", (MarblesSent,))
COUNTED = TestTopic("jars.jar.v1", "jars", "jar_id", (MarblesCounted,))
CATALOGUE = Catalogue((SENT, COUNTED), lambda fact: f"o2d.{fact.__name__.lower()}.v1")


@dataclass(frozen=True, slots=True)
class OpenJar:
    """Bring a jar."""

    jar_id: str


@dataclass(frozen=True, slots=True)
class PutMarbles:
    """Put marbles into a jar; 13 brings bad luck, and a jar that is not there may come."""

    jar_id: str
    count: int


class JarIsFull(Refusal):
    """No more than 1,000 marbles go into a jar."""


ADD = text("INSERT INTO jars (jar_id, marbles, version, told) VALUES (:jar_id, 0, 1, :told)")
LOCK = text("SELECT jar_id, marbles, told FROM jars WHERE jar_id = ANY(:ids) ORDER BY jar_id FOR UPDATE")
SAVE = text(
    """
    UPDATE jars SET marbles = saved.marbles, told = saved.told, version = version + 1,
                    history = history || saved.added
    FROM unnest(CAST(:jar_id AS text[]), CAST(:marbles AS bigint[]), CAST(:told AS bigint[]), CAST(:added AS text[]))
         AS saved(jar_id, marbles, told, added)
    WHERE jars.jar_id = saved.jar_id
    """
)


async def open_jar(commands: Batch[OpenJar], tx: Tx) -> list[str]:
    """Bring jars."""
    for command in commands:
        tx.added(COUNTED, [command.jar_id])
        tx.emit(MarblesCounted(command.jar_id, 0), because=command)
        tx.due("dust", command.jar_id, tx.now + timedelta(days=1), marbles=5)
        await tx.sql.execute(ADD, {"jar_id": command.jar_id, "told": tx.tells(COUNTED, command.jar_id)})
    return [command.jar_id for command in commands]


async def put_marbles(commands: Batch[PutMarbles], tx: Tx) -> list[int]:
    """Put marbles into jars, whole batches in two statements."""
    rows = await tx.sql.execute(LOCK, {"ids": sorted({command.jar_id for command in commands})})
    held: dict[str, int] = {}
    told: dict[str, int] = {}
    for row in rows:
        held[row.jar_id], told[row.jar_id] = row.marbles, row.told
    tx.locked(COUNTED, told)
    added = dict.fromkeys(held, "")
    answers = []
    for command in commands:
        if command.count == 13:
            raise ValueError("thirteen")
        if command.jar_id not in held:
            raise NotYet(command.jar_id)
        held[command.jar_id] += command.count
        added[command.jar_id] += f"{command.count},"
        if held[command.jar_id] > 1_000_000:
            raise JarIsFull("a jar holds a million marbles at most")
        tx.emit(MarblesCounted(command.jar_id, held[command.jar_id]), because=command)
        answers.append(held[command.jar_id])
    keys = list(held)
    await tx.sql.execute(
        SAVE,
        {
            "jar_id": keys,
            "marbles": list(held.values()),
            "told": [tx.tells(COUNTED, k) for k in keys],
            "added": [added[k] for k in keys],
        },
    )
    return answers


async def put_asked(commands: Batch[PutMarbles], tx: Tx) -> list[int]:
    """As `put_marbles`, for callers: a jar that is not there is unknown to them."""
    try:
        return await put_marbles(commands, tx)
    except NotYet as absent:
        raise NotFound(f"no jar {absent.subject}") from absent


def on_marbles_sent(fact: MarblesSent) -> PutMarbles:
    """Marbles that were sent go into the jar."""
    return PutMarbles(fact.jar_id, fact.count)


def on_dust(key: str, payload: Mapping[str, Any]) -> PutMarbles:
    """Dust turns into marbles after a day."""
    return PutMarbles(key, payload["marbles"])


SERVICE = Service(
    "jars",
    metadata,
    CATALOGUE,
    subscriptions=(hears(MarblesSent, on_marbles_sent, put_marbles),),
    deadlines=(falls_due("dust", on_dust, put_marbles),),
)


async def host_on(engine: AsyncEngine) -> Host:
    """A host of the jars service on an empty database."""
    async with engine.begin() as sql:
        await sql.run_sync(backbone_metadata.create_all)
        await sql.run_sync(metadata.create_all)
    return Host(SERVICE, engine, SteppedClock(START))


def sent(
    jar_id: str,
    count: int,
    *,
    event_id: str | None = None,
    offset: int = 0,
    kind: str = "v1",
    at: str | None = None,
) -> Incoming:
    """A record that sends marbles to a jar, told at the business moment `at` where there is one."""
    headers = (
        ("ce_id", event_id or new_id()),
        ("ce_type", f"o2d.marblessent.{kind}"),
        ("ce_correlationid", "root"),
        *([("ce_time", at)] if at is not None else []),
    )
    return Incoming(SENT.name, 0, offset, jar_id, headers, msgspec.json.encode(MarblesSent(jar_id, count)), 1)


async def rows(host: Host, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """What a statement gives."""
    async with host.read() as sql:
        return [tuple(row) for row in await sql.execute(text(statement), values)]


async def held(host: Host) -> dict[str, int]:
    """How many marbles each jar holds."""
    return {str(jar_id): int(count) for jar_id, count in await rows(host, "SELECT jar_id, marbles FROM jars")}


async def history(host: Host) -> str:
    """What went into the only jar, in order."""
    ((found,),) = await rows(host, "SELECT history FROM jars")
    return str(found)
