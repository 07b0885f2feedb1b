"""Facts come again: all of them from the first one on, five times and in another order; nothing changes."""

from __future__ import annotations

import random
import time
from collections import Counter
from functools import partial
from typing import Any, Final

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from backbone.testing import plain_dsn
from backbone.testing_support import eventually
from contracts.topics import PARTITIONS_COUNT, TOPICS
from simulator.scenarios import SCENARIOS
from tests.faults.conftest import Converged
from tests.faults.outages import healthy
from tests.faults.street import FIVE, PATIENCE_S, Ground, Street, street

TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
SUM: Final = (
    """SELECT count(*), coalesce(md5(string_agg(r::text, '|' ORDER BY r::text)), '') FROM "{}" AS r"""
)
# What a process notes of its own runs.
OF_RUNS: Final = {"attempts", "business_clock"}
TIMES: Final = 5
SEED: Final = 20260302

State = dict[tuple[str, str], tuple[int, str]]


async def state_of(town: Street) -> State:
    """How many rows each table of each service has, and a sum of all their columns."""
    found: State = {}
    for name in FIVE:
        connection = await asyncpg.connect(plain_dsn(town.members[name].dsn))
        try:
            for (table,) in await connection.fetch(TABLES):
                if table not in OF_RUNS:
                    text = SUM.format(table)
                    ((count, digest),) = await connection.fetch(text)
                    found[name, table] = (count, digest)
        finally:
            await connection.close()
    return found


def differing(before: State, after: State) -> dict[tuple[str, str], tuple[int, int]]:
    """The tables that changed, with how many rows they had and have."""
    return {table: (before[table][0], after[table][0]) for table in before if before[table] != after[table]}


def places(town: Street, topics: Any) -> list[TopicPartition]:
    return [
        TopicPartition(town.access.prefix + topic, number)
        for topic in topics
        for number in range(PARTITIONS_COUNT)
    ]


async def reset(town: Street, name: str) -> None:
    """Set the group of a service back to the beginning, while nobody of it runs."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=town.access.bootstrap, group_id=town.access.prefix + name, enable_auto_commit=False
    )
    await consumer.start()
    try:
        heard = places(town, town.members[name].heard)
        consumer.assign(heard)
        await consumer.commit(dict.fromkeys(heard, 0))
    finally:
        await consumer.stop()


async def replayed(town: Street) -> dict[str, int]:
    """Let every service hear everything again; the answer is how much that was."""
    await town.halt()
    for name in FIVE:
        await reset(town, name)
    again = {name: await town.unheard(name) for name in FIVE}
    await town.resume()
    return again


async def all_heard(town: Street) -> bool:
    return [await town.unheard(name) for name in FIVE] == [0] * len(FIVE)


async def facts_of(town: Street) -> list[Any]:
    """All records of all topics."""
    consumer = AIOKafkaConsumer(bootstrap_servers=town.access.bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        parts = places(town, [topic.name for topic in TOPICS])
        consumer.assign(parts)
        await consumer.seek_to_beginning(*parts)
        left = sum((await consumer.end_offsets(parts)).values())
        found: list[Any] = []
        while len(found) < left:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += records
        return found
    finally:
        await consumer.stop()


async def deliver(town: Street, records: list[Any]) -> None:
    """Put records on their topics again, in this order."""
    producer = AIOKafkaProducer(bootstrap_servers=town.access.bootstrap, acks="all")
    await producer.start()
    try:
        for record in records:
            await producer.send(
                record.topic, record.value, record.key, record.partition, headers=list(record.headers)
            )
        await producer.flush()
    finally:
        await producer.stop()


async def test_facts_that_come_five_times_and_from_the_first_one_on_change_nothing(
    ground: Ground, converged: Converged
) -> None:
    async with street(ground) as town:
        await healthy(town, await town.play(SCENARIOS["shaft"]))
        before = await state_of(town)

        late = await facts_of(town) * (TIMES - 1)
        random.Random(SEED).shuffle(late)
        await deliver(town, late)
        began = time.monotonic()
        await town.rest()
        converged(time.monotonic() - began)
        came = Counter(dict(record.headers)["ce_id"] for record in await facts_of(town))
        assert set(came.values()) == {TIMES}
        assert differing(before, await state_of(town)) == {}

        again = await replayed(town)
        assert min(again.values()) > 0
        began = time.monotonic()
        await town.rest()
        converged(time.monotonic() - began)
        assert differing(before, await state_of(town)) == {}
        assert await town.broken() == []
        assert await town.parked() == []

        # The other way round: without what it remembers, the same replay does harm.
        for name in FIVE:
            await town.rows(name, "TRUNCATE inbox")
        await replayed(town)
        await eventually(partial(all_heard, town), PATIENCE_S, of="everything heard again")
        changed = differing(before, await state_of(town))
        assert {table for _, table in changed} - {"inbox", "asked_keys"}
