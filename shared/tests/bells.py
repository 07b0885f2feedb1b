"""A tower: bells that are rung and told of, and a book that notes each ring; each tower has topics of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Identity, MetaData, Table, Text, text
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.clock import Clock, SteppedClock
from backbone.ids import new_id
from backbone.service import Batch, Host, Service, Tx, falls_due, hears
from backbone.tables import backbone_metadata
from backbone.wire import Catalogue

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
BAD_NUMBER = 1313

metadata = MetaData()
bells = Table(
    "bells",
    metadata,
    Column("bell_id", Text, primary_key=True),
    Column("told", BigInteger, nullable=False),
)
rings = Table(
    "rings",
    metadata,
    Column("ring_id", BigInteger, Identity(), primary_key=True),
    Column("bell_id", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Rung:
    """A bell was rung for the `number`-th time."""

    bell_id: str
    number: int


@dataclass(frozen=True, slots=True)
class Silenced:
    """A bell will ring no more; whose bell it was is nobody's business."""

    bell_id: str
    owner: str


@dataclass(frozen=True, slots=True)
class BellTopic:
    """A topic of one test."""

    name: str
    key: str
    facts: Sequence[type]
    owner: str = "tower"
    compacted: bool = False


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring a bell, `times` times."""

    bell_id: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Note:
    """Note a ring in the book."""

    bell_id: str
    number: int


LOCK = text("SELECT bell_id, told FROM bells WHERE bell_id = ANY(:ids) ORDER BY bell_id FOR UPDATE")
ADD = text("INSERT INTO bells SELECT bell_id, 0 FROM unnest(CAST(:ids AS text[])) AS new(bell_id)")
SAVE = text(
    """
    UPDATE bells SET told = saved.told
    FROM unnest(CAST(:ids AS text[]), CAST(:told AS bigint[])) AS saved(bell_id, told)
    WHERE bells.bell_id = saved.bell_id
    """
)
NOTE = text(
    """
    INSERT INTO rings (bell_id, number)
    SELECT bell_id, number
    FROM unnest(CAST(:ids AS text[]), CAST(:numbers AS bigint[])) WITH ORDINALITY AS heard(bell_id, number, place)
    ORDER BY place
    """
)


class Tower:
    """A service with topics that no other run uses."""

    def __init__(self, lanes: int = 4, suffix: str | None = None) -> None:
        suffix = self.suffix = suffix or new_id()
        self.rings = BellTopic(f"t.bell.{suffix}", "bell_id", (Rung,))
        self.private = BellTopic(f"t.silence.{suffix}", "bell_id", (Silenced,), compacted=True)
        self.topics = (self.rings, self.private)
        self.service = Service(
            f"tower-{suffix}",
            metadata,
            Catalogue(self.topics, lambda fact: f"o2d.{fact.__name__.lower()}.v1"),
            subscriptions=(hears(Rung, on_rung, note_rings),),
            deadlines=(
                falls_due("curfew", on_curfew, note_rings),
                falls_due("echo", on_curfew, note_rings, recorded=True),
            ),
            lanes=lanes,
        )

    async def host(self, engine: AsyncEngine, clock: Clock | None = None) -> Host:
        """A host of the tower on an empty database."""
        async with engine.begin() as sql:
            await sql.run_sync(backbone_metadata.create_all)
            await sql.run_sync(metadata.create_all)
        return Host(self.service, engine, clock or SteppedClock(START))

    async def ring(self, commands: Batch[Ring], tx: Tx) -> list[int]:
        """Ring bells: lock, tell, save."""
        rows = await tx.sql.execute(LOCK, {"ids": sorted({command.bell_id for command in commands})})
        told = {row.bell_id: row.told for row in rows}
        tx.locked(self.rings, told)
        for command in commands:
            for _ in range(command.times):
                told[command.bell_id] += 1
                tx.emit(Rung(command.bell_id, told[command.bell_id]), because=command)
        keys = list(told)
        await tx.sql.execute(SAVE, {"ids": keys, "told": [tx.tells(self.rings, key) for key in keys]})
        return [told[command.bell_id] for command in commands]

    async def silence(self, commands: Batch[Silenced], tx: Tx) -> list[None]:
        """Tell of silence, on the topic that is kept out of the log."""
        for command in commands:
            tx.added(self.private, [command.bell_id])
            tx.emit(command, because=command)
            tx.tells(self.private, command.bell_id)
        return [None] * len(commands)


async def hang(commands: Batch[Sequence[str]], tx: Tx) -> list[None]:
    """Hang bells into the tower, each with a curfew an hour from now."""
    for ids in commands:
        await tx.sql.execute(ADD, {"ids": list(ids)})
        for bell_id in ids:
            tx.due("curfew", bell_id, tx.now + timedelta(hours=1), number=-1)
    return [None] * len(commands)


async def listen(commands: Batch[str], tx: Tx) -> list[None]:
    """Wait for the echo of bells, an hour by the wall."""
    for bell_id in commands:
        tx.due("echo", bell_id, timedelta(hours=1), number=-1)
    return [None] * len(commands)


async def note_rings(commands: Batch[Note], tx: Tx) -> list[None]:
    """Note rings in the book, whole batches in one statement."""
    if any(command.number == BAD_NUMBER for command in commands):
        raise ValueError("thirteen")
    await tx.sql.execute(
        NOTE,
        {
            "ids": [command.bell_id for command in commands],
            "numbers": [command.number for command in commands],
        },
    )
    return [None] * len(commands)


def on_rung(fact: Rung) -> Note:
    """A ring is noted."""
    return Note(fact.bell_id, fact.number)


def on_curfew(key: str, payload: Mapping[str, Any]) -> Note:
    """The curfew is noted, too."""
    return Note(key, payload["number"])
