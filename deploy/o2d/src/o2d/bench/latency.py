"""From the first fact of an order to its last, twelve hops later, at a steady twenty orders a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from statistics import median, quantiles
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from o2d.bench.chain import WARM_COUNT, five, five_bare
from o2d.bench.chain_ground import PARTITIONS_COUNT, Chain, chain_ground, start_orders
from o2d.bench.ground import WAIT_SECONDS_MAX, Wrong
from o2d.bench.hop import producer_of

ORDERS_A_SECOND: Final = 20
ORDERS_COUNT: Final = 200
P99: Final = 98

Ways = Callable[[Chain], AbstractAsyncContextManager[None]]


async def measure(server: str, bootstrap: str, *, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """The line of the latency: medians over the rounds of p50 in milliseconds; the samples are (p50, p99)."""
    samples: dict[str, list[tuple[float, float]]] = {"bare": [], "ours": []}
    ways: dict[str, Ways] = {"bare": five_bare, "ours": five}
    for number in range(1, rounds + 1):
        for name, way in ways.items():
            async with chain_ground(server, bootstrap) as chain, way(chain):
                took = await _steady(chain)
            samples[name].append((round(median(took), 1), round(quantiles(took, n=100)[P99], 1)))
            say(
                f"chain-p50 {number}/{rounds} {name}: p50 {samples[name][-1][0]} ms, p99 {samples[name][-1][1]} ms"
            )
    ours, bare = (median(p50 for p50, _ in samples[name]) for name in ("ours", "bare"))
    return {
        "name": "chain-p50",
        "unit": "ms",
        "ours": ours,
        "bare": bare,
        "usual": None,
        "ratio_bare": round(bare / ours, 3),
        "ratio_usual": None,
        "cpu_us": None,
        "samples": samples,
    }


async def _steady(chain: Chain) -> list[float]:
    """Milliseconds of each order; raises `Wrong` when one does not come."""
    producer = producer_of(chain.bootstrap)
    await producer.start()
    await start_orders(chain, producer, [f"warm-{number}" for number in range(WARM_COUNT)])
    await chain.all_arrived(WARM_COUNT)
    consumer = AIOKafkaConsumer(bootstrap_servers=chain.bootstrap, fetch_max_wait_ms=10)
    await consumer.start()
    consumer.assign([TopicPartition(chain.topics[-1].name, part) for part in range(PARTITIONS_COUNT)])
    await consumer.seek_to_end()
    began: dict[str, float] = {}
    feeding = asyncio.create_task(_feed(chain, producer, began))
    took: dict[str, float] = {}
    async with asyncio.timeout(WAIT_SECONDS_MAX):
        while len(took) < ORDERS_COUNT:
            record = await consumer.getone()
            order_id = (record.key or b"").decode()
            took[order_id] = (time.perf_counter() - began[order_id]) * 1e3
    await feeding
    await consumer.stop()
    await producer.stop()
    if took.keys() != began.keys():
        raise Wrong("orders arrived that nobody had sent")
    return list(took.values())


async def _feed(chain: Chain, producer: Any, began: dict[str, float]) -> None:
    start = time.perf_counter()
    for number in range(ORDERS_COUNT):
        await asyncio.sleep(max(0.0, start + number / ORDERS_A_SECOND - time.perf_counter()))
        began[f"order-{number}"] = time.perf_counter()
        await start_orders(chain, producer, [f"order-{number}"])
