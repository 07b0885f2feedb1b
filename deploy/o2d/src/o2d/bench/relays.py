"""The relay alone: a full outbox is sent to Kafka and moved to the log; ours and bare."""

from __future__ import annotations

import asyncio

import asyncpg

from backbone.ids import new_id
from backbone.kafka import Access
from backbone.kafka_client import KafkaProducer
from backbone.relay import Relay
from o2d.bench import subject
from o2d.bench.ground import Ground, Sample, Stopwatch, Wrong, ground, told, until
from o2d.bench.hop import BARE_TELL, bare_relay, headers_of, producer_of

FILL_ROWS_COUNT = 1_000


async def _fill(place: Ground, count: int) -> None:
    connection = await asyncpg.connect(place.dsn)
    for start in range(0, count, FILL_ROWS_COUNT):
        numbers = range(start, min(start + FILL_ROWS_COUNT, count))
        keys = [subject.tap(number) for number in numbers]
        sums = [number // subject.TAPS_COUNT + 1 for number in numbers]
        payloads = [subject.payload(key, litres) for key, litres in zip(keys, sums, strict=True)]
        headers = [headers_of(key, new_id()) for key in keys]
        topics = [place.counted.name] * len(keys)
        await connection.execute(BARE_TELL, [new_id() for _ in keys], topics, keys, headers, payloads)
    await connection.close()


async def _moved(place: Ground, count: int) -> None:
    connection = await asyncpg.connect(place.dsn)

    async def all_moved() -> bool:
        return bool(await connection.fetchval("SELECT coalesce(max(position), 0) FROM facts") >= count)

    await until(all_moved)
    await connection.close()


async def _check(place: Ground, count: int) -> None:
    for tap_id, sums in (await told(place, count)).items():
        if sums != list(range(1, len(sums) + 1)):
            raise Wrong(f"{tap_id} was sent out of order, or not once")


async def ours(server: str, bootstrap: str, count: int) -> Sample:
    """The product's relay."""
    async with ground(server, bootstrap) as place:
        await _fill(place, count)
        relay = Relay(place.dsn, lambda: KafkaProducer(Access(bootstrap)), name="bench")
        watch = Stopwatch()
        work = asyncio.create_task(relay.run())
        await _moved(place, count)
        sample = watch.sample(count)
        relay.stop()
        await work
        await _check(place, count)
    return sample


async def bare(server: str, bootstrap: str, count: int) -> Sample:
    """The two drivers alone: read, send record batches, move."""
    async with ground(server, bootstrap) as place:
        await _fill(place, count)
        # As in the product: a plan made for a small table would read a large one from end to end.
        careful = {"enable_seqscan": "off", "jit": "off"}
        pool = await asyncpg.create_pool(place.dsn, min_size=1, max_size=1, server_settings=careful)
        producer = producer_of(bootstrap)
        watch = Stopwatch()
        await producer.start()
        await bare_relay(pool, producer, asyncio.Event(), count)
        sample = watch.sample(count)
        await producer.stop()
        await pool.close()
        await _check(place, count)
    return sample
