"""Where the proof stands: logs, inboxes and tables of every service's database, and what Kafka holds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg
import msgspec
from aiokafka import TopicPartition

from o2d.kafka_facts import consumer, records_of
from o2d.trouble import CannotStart
from o2d.verify.finding import Finding
from o2d.verify.hearing import Heard
from o2d.verify.log import Log, Told, told_of
from o2d.verify.sending import Kafka, Sent
from o2d.verify.stock import Booked
from o2d.verify.tables import ROW_CHECKS, look

READ_ROWS: Final = 5_000
_HEADERS: Final = msgspec.json.Decoder(list[tuple[str, str]])

FACTS: Final = "SELECT position, event_id, topic, key, headers, payload FROM facts ORDER BY shard, position"
INBOX: Final = "SELECT subscription, event_id, seen_at FROM inbox ORDER BY subscription, event_id"
MOVES: Final = """
    SELECT move_id, lot_id, quantity_micro, bought_in_minor, labour_minor, capital_minor, overhead_minor FROM moves
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """All that is checked; `rows` has what the checks of tables found, by service and name of the check."""

    log: Log
    heard: tuple[Heard, ...] = ()
    booked: Mapping[str, Booked] = field(default_factory=dict)
    kafka: Kafka | None = None
    rows: Mapping[tuple[str, str], Finding] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _House:
    told: list[Told]
    heard: list[Heard]
    booked: dict[str, Booked]
    rows: dict[tuple[str, str], Finding]


async def gather(databases: Mapping[str, str], bootstrap: str | None, prefix: str = "") -> Ground:
    """Read every database in one snapshot each, then Kafka (left out without `bootstrap`).

    Whoever calls sees to it that nothing is told meanwhile. Raises CannotStart when something does not answer.
    """
    houses = await asyncio.gather(*(_house(name, dsn) for name, dsn in databases.items()))
    return Ground(
        Log(told for house in houses for told in house.told),
        tuple(row for house in houses for row in house.heard),
        {move_id: row for house in houses for move_id, row in house.booked.items()},
        await read_kafka(bootstrap, prefix) if bootstrap else None,
        {place: finding for house in houses for place, finding in house.rows.items()},
    )


async def _house(name: str, dsn: str) -> _House:
    try:
        sql: asyncpg.Connection[Any] = await asyncpg.connect(dsn.replace("+asyncpg", ""), timeout=15)
    except (OSError, asyncpg.PostgresError) as failure:
        raise CannotStart(f"The database of {name} does not answer: {failure}.") from failure
    try:
        async with sql.transaction(isolation="repeatable_read", readonly=True):
            await sql.execute("SET LOCAL statement_timeout = 0")
            return await _read(name, sql)
    finally:
        await sql.close()


async def _read(name: str, sql: asyncpg.Connection[Any]) -> _House:
    told = [
        told_of(
            name, row["position"], str(row["event_id"]), row["topic"], row["key"],
            _HEADERS.decode(row["headers"]), row["payload"],
        )
        async for row in sql.cursor(FACTS, prefetch=READ_ROWS)
    ]  # fmt: skip
    heard = [
        Heard(name, row["subscription"], str(row["event_id"]), row["seen_at"])
        async for row in sql.cursor(INBOX, prefetch=READ_ROWS)
    ]
    booked: dict[str, Booked] = {}
    if name == "materials":
        async for row in sql.cursor(MOVES, prefetch=READ_ROWS):
            booked[row[0]] = Booked(row[0], row[1], row[2], tuple(row)[3:])
    rows = {
        (name, check.name): await look(sql, check) for check in ROW_CHECKS if check.service in {None, name}
    }
    return _House(told, heard, booked, rows)


async def read_kafka(bootstrap: str, prefix: str = "") -> Kafka:
    """All records of our topics, up to where they ended when this was asked. Raises CannotStart without a broker."""
    client = await consumer(bootstrap, prefix)
    try:
        places = sorted(client.assignment())
        begins = await client.beginning_offsets(places)
        sent: dict[TopicPartition, list[Sent]] = {place: [] for place in places}
        since: dict[str, datetime] = {}
        async for record in records_of(client):
            place = TopicPartition(record.topic, record.partition)
            sent[place].append(_sent(record, prefix))
            cut = begins[place] > 0 and len(sent[place]) == 1
            if cut:
                _note(since, place.topic.removeprefix(prefix), record.timestamp)
        for place in places:
            if begins[place] > 0 and not sent[place]:
                since[place.topic.removeprefix(prefix)] = datetime.now(UTC)
    finally:
        await client.stop()
    return Kafka([record for place in places for record in sent[place]], since)


def _sent(record: Any, prefix: str) -> Sent:
    event_id = dict(record.headers).get("ce_id", b"").decode()
    key = None if record.key is None else record.key.decode()
    return Sent(record.topic.removeprefix(prefix), record.partition, key, event_id)


def _note(since: dict[str, datetime], topic: str, timestamp_ms: int) -> None:
    moment = datetime.fromtimestamp(timestamp_ms / 1000, UTC)
    since[topic] = max(since.get(topic, moment), moment)
