"""Facts straight from Kafka: all topics, without a group, so that nobody's offsets move."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from contracts.topics import PARTITIONS_COUNT, TOPICS
from o2d.tellings import Telling, in_time_order, telling_of_record
from o2d.trouble import CannotStart

TAKE_MS: Final = 500
REQUEST_MS: Final = 10_000
CONNECT_SECONDS: Final = 20.0


async def consumer(bootstrap: str, prefix: str = "") -> AIOKafkaConsumer:
    """A consumer that stands at the beginning of every partition of ours. Raises CannotStart without a broker.

    `prefix` sets the topics of one installation apart on a shared broker.
    """
    client = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        request_timeout_ms=REQUEST_MS,
    )
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await client.start()
            known = await client.topics()
    except (KafkaError, OSError, TimeoutError) as failure:
        await client.stop()
        raise CannotStart(f"No broker answers at {bootstrap}.", "`o2d status` shows what runs.") from failure
    client.assign(
        [
            TopicPartition(prefix + topic.name, number)
            for topic in TOPICS
            if prefix + topic.name in known
            for number in range(PARTITIONS_COUNT)
        ]
    )
    return client


async def from_kafka(
    bootstrap: str, prefix: str = "", began: Callable[[], None] = lambda: None
) -> AsyncIterator[Telling]:
    """What is told from now on (`began` is called at that moment), without end. Raises CannotStart without a broker."""
    client = await consumer(bootstrap, prefix)
    try:
        for place, end in (await client.end_offsets(list(client.assignment()))).items():
            client.seek(place, end)
        began()
        while True:
            taken: dict[TopicPartition, list[Any]] = await client.getmany(timeout_ms=TAKE_MS)
            records = [record for batch in taken.values() for record in batch]
            tellings = (telling_of_record(record.headers, record.value) for record in records)
            for telling in in_time_order([one for one in tellings if one is not None]):
                yield telling
    finally:
        await client.stop()
