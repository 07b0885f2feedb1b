"""One hop: a fact is taken, counted once, saved, told again; ours, bare and usual."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner
from msgspec.json import decode, encode
from sqlalchemy.ext.asyncio import async_sessionmaker

from backbone.clock import RateClock
from backbone.consume import Consuming
from backbone.ids import new_id
from backbone.kafka import Access
from backbone.kafka_client import KafkaConsumer, KafkaProducer
from backbone.relay import Relay
from backbone.service import Host
from backbone.service.database import connect
from o2d.bench import orm, subject
from o2d.bench.ground import Ground, Sample, Stopwatch, check, ground, turn_taps, until

_partition = DefaultPartitioner()


async def ours(server: str, bootstrap: str, count: int) -> Sample:
    """Through the product's own consumer, `hear` and relay, as in a running service."""
    async with ground(server, bootstrap) as place:
        await turn_taps(place, count)
        engine = connect(place.dsn, name="bench")
        host = Host(subject.service(place.turned, place.counted), engine, RateClock())
        access = Access(bootstrap)
        group = f"bench-{place.turned.name}"
        consuming = Consuming(
            host,
            lambda: KafkaConsumer(access, group, [place.turned.name]),
            name="bench",
            lanes=host.service.lanes,
        )
        relay = Relay(place.dsn, lambda: KafkaProducer(access), name="bench", told=host.told)
        watch = Stopwatch()
        works = [asyncio.create_task(consuming.run()), asyncio.create_task(relay.run())]
        await _moved(place, count)
        sample = watch.sample(count)
        consuming.stop()
        relay.stop()
        await asyncio.gather(*works)
        await engine.dispose()
        await check(place, count)
    return sample


async def _moved(place: Ground, count: int) -> None:
    connection = await asyncpg.connect(place.dsn)

    async def all_moved() -> bool:
        return bool(await connection.fetchval("SELECT coalesce(max(position), 0) FROM facts") >= count)

    await until(all_moved)
    await connection.close()


BARE_SEEN = """
    INSERT INTO inbox (subscription, event_id) SELECT 'bare', x FROM unnest($1::uuid[]) AS x ORDER BY 1
    ON CONFLICT DO NOTHING RETURNING event_id
"""
BARE_LOCK = "SELECT tap_id, litres FROM taps WHERE tap_id = ANY($1) ORDER BY tap_id FOR UPDATE"
BARE_SAVE = """
    UPDATE taps SET litres = s.litres, version = version + 1 FROM unnest($1::text[], $2::bigint[]) AS s(tap_id, litres)
    WHERE taps.tap_id = s.tap_id
"""
BARE_TELL = """
    INSERT INTO outbox (event_id, topic, key, headers, payload)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[])
"""
BARE_READ = "SELECT id, topic, key, headers, payload FROM outbox ORDER BY id LIMIT 1000"
BARE_MOVE = """
    WITH moved AS (DELETE FROM outbox WHERE id = ANY($1::bigint[]) RETURNING *)
    INSERT INTO facts (event_id, topic, key, headers, payload)
    SELECT event_id, topic, key, headers, payload FROM moved ORDER BY id
"""


async def bare(server: str, bootstrap: str, count: int) -> Sample:
    """The same work with the two drivers alone, in batches of 500; no retries, no parking, no rebalance."""
    async with ground(server, bootstrap) as place:
        await turn_taps(place, count)
        pool = await asyncpg.create_pool(place.dsn, min_size=4, max_size=10)
        consumer = AIOKafkaConsumer(
            place.turned.name, bootstrap_servers=bootstrap, group_id=f"bare-{place.turned.name}",
            enable_auto_commit=False, auto_offset_reset="earliest",
        )  # fmt: skip
        producer = producer_of(bootstrap)
        await producer.start()
        watch = Stopwatch()
        await consumer.start()
        told = asyncio.Event()
        relay = asyncio.create_task(bare_relay(pool, producer, told, count))
        heard = 0
        while heard < count:
            came = await consumer.getmany(timeout_ms=200, max_records=500)
            if came:
                heard += await _bare_batch(
                    place, pool, [each for records in came.values() for each in records]
                )
                told.set()
                await consumer.commit({where: records[-1].offset + 1 for where, records in came.items()})
        await relay
        sample = watch.sample(count)
        await consumer.stop()
        await producer.stop()
        await pool.close()
        await check(place, count)
    return sample


def producer_of(bootstrap: str) -> AIOKafkaProducer:
    """A producer with the options that a careful person sets by hand."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap, enable_idempotence=True, linger_ms=0, max_batch_size=256 * 1024,
        compression_type="lz4",
    )  # fmt: skip


async def _bare_batch(place: Ground, pool: asyncpg.Pool, records: list[Any]) -> int:
    async with pool.acquire() as sql, sql.transaction():
        ids = {dict(each.headers)["ce_id"].decode(): each for each in records}
        fresh = {str(row[0]) for row in await sql.fetch(BARE_SEEN, list(ids))}
        turned = [
            (event, decode(each.value, type=subject.TapTurned))
            for event, each in ids.items()
            if event in fresh
        ]
        rows = await sql.fetch(BARE_LOCK, sorted({fact.tap_id for _, fact in turned}))
        held = {row["tap_id"]: row["litres"] for row in rows}
        keys, headers, payloads = [], [], []
        for event, fact in turned:
            held[fact.tap_id] += fact.litres
            keys.append(fact.tap_id)
            headers.append(headers_of(fact.tap_id, event))
            payloads.append(subject.payload(fact.tap_id, held[fact.tap_id]))
        await sql.execute(BARE_SAVE, list(held), list(held.values()))
        topics = [place.counted.name] * len(keys)
        await sql.execute(BARE_TELL, [new_id() for _ in keys], topics, keys, headers, payloads)
    return len(turned)


def headers_of(key: str, cause: str) -> str:
    """The headers of a told fact as the outbox keeps them."""
    moment = datetime.now(UTC).isoformat()
    return encode(
        [
            ("content-type", "application/json"), ("ce_specversion", "1.0"), ("ce_id", new_id()),
            ("ce_source", "/bench"), ("ce_type", "o2d.tapcounted.v1"), ("ce_subject", key), ("ce_time", moment),
            ("ce_recordedtime", moment), ("ce_partitionkey", key), ("ce_causationid", cause),
        ]
    ).decode()  # fmt: skip


async def bare_relay(pool: asyncpg.Pool, producer: AIOKafkaProducer, told: asyncio.Event, count: int) -> None:
    """Send what waits in the outbox until `count` were sent."""
    moved = 0
    async with pool.acquire() as sql:
        while moved < count:
            told.clear()
            sent = await bare_send(sql, producer)
            moved += sent
            if not sent:
                await told.wait()


async def bare_send(sql: Any, producer: AIOKafkaProducer) -> int:
    """Send the next rows of the outbox as record batches and move them to the log; how many they were."""
    rows = await sql.fetch(BARE_READ)
    partitions = list(range(subject.PARTITIONS_COUNT))
    batches: dict[tuple[str, int], Any] = {}
    for row in rows:
        key = row["key"].encode()
        place = row["topic"], _partition(key, partitions, partitions)
        batch = batches.setdefault(place, producer.create_batch())
        headers = [(name, value.encode()) for name, value in decode(row["headers"])]
        if batch.append(key=key, value=row["payload"], timestamp=None, headers=headers) is None:
            await (await producer.send_batch(batch, place[0], partition=place[1]))
            batch = batches[place] = producer.create_batch()
            batch.append(key=key, value=row["payload"], timestamp=None, headers=headers)
    sent = [await producer.send_batch(each, topic, partition=part) for (topic, part), each in batches.items()]
    await asyncio.gather(*sent)
    if rows:
        await sql.execute(BARE_MOVE, [row["id"] for row in rows])
    return len(rows)


async def usual(server: str, bootstrap: str, count: int) -> Sample:
    """As it is usually written: one fact, one transaction of mapped objects, one acknowledged send at a time."""
    async with ground(server, bootstrap) as place:
        await turn_taps(place, count)
        engine = connect(place.dsn, name="bench")
        sessions = async_sessionmaker(engine, expire_on_commit=False)
        consumer = AIOKafkaConsumer(
            place.turned.name, bootstrap_servers=bootstrap, group_id=f"usual-{place.turned.name}",
            enable_auto_commit=False, auto_offset_reset="earliest",
        )  # fmt: skip
        producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True)
        await producer.start()
        watch = Stopwatch()
        await consumer.start()
        relay = asyncio.create_task(orm.relay(place, sessions, producer, count))
        for _ in range(count):
            record = await consumer.getone()
            fact = json.loads(record.value)
            event = dict(record.headers)["ce_id"].decode()
            await orm.count_tap(place, sessions, event, fact["tap_id"], fact["litres"])
            await consumer.commit()
        await relay
        sample = watch.sample(count)
        await consumer.stop()
        await producer.stop()
        await engine.dispose()
        await check(place, count)
    return sample
