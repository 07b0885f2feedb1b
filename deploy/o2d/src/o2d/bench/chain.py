"""A chain of twelve hops through five services, from the first fact to the last; ours and bare."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from msgspec.json import decode, encode

from backbone.clock import RateClock
from backbone.consume import Consuming
from backbone.ids import new_id
from backbone.kafka import Access
from backbone.kafka_client import KafkaConsumer, KafkaProducer
from backbone.relay import Relay
from backbone.service import Host
from backbone.service.database import connect
from o2d.bench.chain_ground import SERVICES_COUNT, Chain, chain_ground, service_of, start_orders
from o2d.bench.ground import Sample, Stopwatch
from o2d.bench.hop import BARE_SEEN, BARE_TELL, bare_send, headers_of, producer_of

WARM_COUNT: Final = 20


async def ours(server: str, bootstrap: str, count: int) -> Sample:
    """Through the product's own consumers, `hear` and relays: five services in one process."""
    async with chain_ground(server, bootstrap) as chain, five(chain):
        return await _through(chain, count)


async def bare(server: str, bootstrap: str, count: int) -> Sample:
    """The same hops with the two drivers alone, in batches; no retries, no parking, no rebalance."""
    async with chain_ground(server, bootstrap) as chain, five_bare(chain):
        return await _through(chain, count)


async def _through(chain: Chain, count: int) -> Sample:
    producer = producer_of(chain.bootstrap)
    await producer.start()
    # The first orders find every consumer with its partitions and every statement prepared.
    await start_orders(chain, producer, [f"warm-{number}" for number in range(WARM_COUNT)])
    await chain.all_arrived(WARM_COUNT)
    watch = Stopwatch()
    await start_orders(chain, producer, [f"order-{number}" for number in range(count)])
    await chain.all_arrived(WARM_COUNT + count)
    sample = watch.sample(count)
    await producer.stop()
    await chain.check(WARM_COUNT + count)
    return sample


@asynccontextmanager
async def five(chain: Chain) -> AsyncIterator[None]:
    """Five services of ours run meanwhile."""
    access = Access(chain.bootstrap)
    engines, works = [], []
    parts: list[Consuming | Relay] = []
    for number in range(SERVICES_COUNT):
        engine = connect(chain.dsns[number], name="bench", pool=4)
        host = Host(service_of(chain, number), engine, RateClock())
        topics = list(host.service.topics_heard)
        consuming = Consuming(
            host, _consumer(access, f"{chain.topics[0].name}-{number}", topics), name="bench", lanes=1
        )
        relay = Relay(chain.dsns[number], lambda: KafkaProducer(access), name="bench", told=host.told)
        engines.append(engine)
        parts += [consuming, relay]
        works += [asyncio.create_task(consuming.run()), asyncio.create_task(relay.run())]
    try:
        yield
    finally:
        for part in parts:
            part.stop()
        await asyncio.gather(*works)
        for engine in engines:
            await engine.dispose()


def _consumer(access: Access, group: str, topics: list[str]) -> Any:
    return lambda: KafkaConsumer(access, group, topics)


BARE_ADD: Final = """
    INSERT INTO steps (step_id, hop, told)
    SELECT step_id, hop, 1 FROM unnest($1::text[], $2::bigint[]) AS added(step_id, hop)
"""


@asynccontextmanager
async def five_bare(chain: Chain) -> AsyncIterator[None]:
    """Five services made of the two drivers run meanwhile."""
    async with asyncio.TaskGroup() as group:
        works = [group.create_task(_bare_service(chain, number)) for number in range(SERVICES_COUNT)]
        try:
            yield
        finally:
            for work in works:
                work.cancel()


async def _bare_service(chain: Chain, number: int) -> None:
    pool = await asyncpg.create_pool(chain.dsns[number], min_size=2, max_size=4)
    heard = {chain.topics[hop - 1].name: hop for hop in chain.hops_of(number)}
    consumer = AIOKafkaConsumer(
        *heard, bootstrap_servers=chain.bootstrap, group_id=f"bare-{chain.topics[0].name}-{number}",
        enable_auto_commit=False, auto_offset_reset="earliest",
    )  # fmt: skip
    producer = producer_of(chain.bootstrap)
    await producer.start()
    await consumer.start()
    told = asyncio.Event()
    relay = asyncio.create_task(_bare_relay(pool, producer, told))
    try:
        while True:
            came = await consumer.getmany(timeout_ms=200, max_records=500)
            if came:
                async with pool.acquire() as sql, sql.transaction():
                    await _bare_steps(chain, sql, heard, [one for many in came.values() for one in many])
                told.set()
                await consumer.commit({where: records[-1].offset + 1 for where, records in came.items()})
    finally:
        relay.cancel()
        await asyncio.gather(relay, return_exceptions=True)
        await consumer.stop()
        await producer.stop()
        await pool.close()


async def _bare_steps(chain: Chain, sql: Any, heard: dict[str, int], records: list[Any]) -> None:
    ids = {dict(each.headers)["ce_id"].decode(): each for each in records}
    fresh = [ids[str(row[0])] for row in await sql.fetch(BARE_SEEN, list(ids))]
    orders = [(decode(each.value)["order_id"], heard[each.topic]) for each in fresh]
    await sql.execute(BARE_ADD, [f"{order}/{hop}" for order, hop in orders], [hop for _, hop in orders])
    keys = [order for order, _ in orders]
    topics = [chain.topics[hop].name for _, hop in orders]
    headers = [headers_of(order, new_id()) for order in keys]
    payloads = [encode({"order_id": order}) for order in keys]
    await sql.execute(BARE_TELL, [new_id() for _ in keys], topics, keys, headers, payloads)


async def _bare_relay(pool: asyncpg.Pool, producer: AIOKafkaProducer, told: asyncio.Event) -> None:
    async with pool.acquire() as sql:
        while True:
            told.clear()
            while await bare_send(sql, producer):
                pass
            await told.wait()
