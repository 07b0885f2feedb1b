"""What every measured run stands on: a database of its own, topics of its own, and the checks at its end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from backbone.ids import new_id
from backbone.service.database import connect
from backbone.tables import backbone_metadata
from o2d.bench import subject

WAIT_SECONDS_MAX: Final = 120


class Wrong(Exception):
    """A run had an effect that it should not have, or lacked one: its figure counts for nothing."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where one run happens."""

    dsn: str
    bootstrap: str
    turned: subject.Topic
    counted: subject.Topic


@dataclass(frozen=True, slots=True)
class Sample:
    """One measured run: how many, in how many seconds of the wall and of this process's CPU."""

    count: int
    seconds: float
    cpu_seconds: float

    @property
    def rate(self) -> float:
        """How many a second."""
        return self.count / self.seconds


class Stopwatch:
    """Wall and CPU time from its making on."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def sample(self, count: int) -> Sample:
        """What has passed."""
        return Sample(count, time.perf_counter() - self._wall, time.process_time() - self._cpu)


@asynccontextmanager
async def ground(server: str, bootstrap: str) -> AsyncIterator[Ground]:
    """A fresh database with its taps, and two fresh topics; the database goes afterwards."""
    name = "bench_" + new_id().replace("-", "")[-12:]
    turned, counted = subject.topics(name)
    admin = await asyncpg.connect(server)
    await admin.execute(f'CREATE DATABASE "{name}"')
    dsn = server.rpartition("/")[0] + "/" + name
    try:
        engine = connect(dsn, name="bench", pool=1)
        async with engine.begin() as sql:
            await sql.run_sync(backbone_metadata.create_all)
            await sql.run_sync(subject.metadata.create_all)
        await engine.dispose()
        connection = await asyncpg.connect(dsn)
        await connection.execute(
            "INSERT INTO taps SELECT 'tap-' || lpad(n::text, 5, '0'), 0, 1, 0 FROM generate_series(0, $1) AS n",
            subject.TAPS_COUNT - 1,
        )
        await connection.close()
        await _create(bootstrap, turned.name, counted.name)
        yield Ground(dsn, bootstrap, turned, counted)
    finally:
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.close()
        await _remove(bootstrap, turned.name, counted.name)


async def _create(bootstrap: str, *names: str) -> None:
    kafka = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await kafka.start()
    await kafka.create_topics([NewTopic(name, subject.PARTITIONS_COUNT, 1) for name in names])
    await kafka.close()


async def _remove(bootstrap: str, *names: str) -> None:
    kafka = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await kafka.start()
    await kafka.delete_topics(list(names))
    await kafka.close()


async def turn_taps(place: Ground, count: int) -> None:
    """Put `count` facts on the topic that is heard."""
    producer = AIOKafkaProducer(bootstrap_servers=place.bootstrap, acks="all", max_batch_size=256 * 1024)
    await producer.start()
    for start in range(0, count, 2_000):
        sent = []
        for number in range(start, min(start + 2_000, count)):
            key, value, headers = subject.record(number)
            sent.append(await producer.send(place.turned.name, value, key=key, headers=headers))
        await asyncio.gather(*sent)
    await producer.stop()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a condition, asked every few milliseconds; raises `Wrong` when it never comes."""
    end = time.monotonic() + WAIT_SECONDS_MAX
    while not await condition():
        if time.monotonic() > end:
            raise Wrong(f"the run did not end within {WAIT_SECONDS_MAX} s")
        await asyncio.sleep(0.005)


async def check(place: Ground, count: int) -> None:
    """Every effect exactly once, nothing left to send, order kept for every key; raises `Wrong`."""
    connection = await asyncpg.connect(place.dsn)
    litres = await connection.fetchval("SELECT sum(litres) FROM taps")
    left = await connection.fetchval("SELECT count(*) FROM outbox")
    await connection.close()
    if litres != count or left:
        raise Wrong(f"{count} facts gave {litres} litres and left {left} rows to send")
    for tap_id, sums in (await told(place, count)).items():
        if sums != list(range(1, len(sums) + 1)):
            raise Wrong(f"{tap_id} was told out of order")


async def told(place: Ground, count: int) -> dict[str, list[int]]:
    """The sums told of each tap, in the order of the topic; raises `Wrong` when they are fewer than `count`."""
    consumer = AIOKafkaConsumer(bootstrap_servers=place.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    consumer.assign([TopicPartition(place.counted.name, n) for n in range(subject.PARTITIONS_COUNT)])
    found: dict[str, list[int]] = {}
    seen = 0
    end = time.monotonic() + WAIT_SECONDS_MAX
    while seen < count:
        taken: dict[Any, Any] = await consumer.getmany(timeout_ms=500, max_records=5_000)
        for records in taken.values():
            for each in records:
                value = msgspec.json.decode(each.value, type=subject.TapCounted)
                found.setdefault(value.tap_id, []).append(value.litres)
                seen += 1
        if time.monotonic() > end:
            raise Wrong(f"{seen} of {count} facts were told")
    await consumer.stop()
    return found
