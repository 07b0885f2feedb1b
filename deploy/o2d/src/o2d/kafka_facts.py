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
TAKE_RECORDS_MAX: Final = 5_000
STALLED_SECONDS: Final = 30.0
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


async def records_of(client: AIOKafkaConsumer) -> AsyncIterator[Any]:
    """All records from the beginning of every partition to where it ends now; per partition in order.

    Raises CannotStart when the broker does not give what it has.
    """
    places = sorted(client.assignment())
    begins, ends = await client.beginning_offsets(places), await client.end_offsets(places)
    for place in places:
        client.seek(place, begins[place])
    behind = {place for place in places if begins[place] < ends[place]}
    while behind:
        try:
            async with asyncio.timeout(STALLED_SECONDS):
                taken = await client.getmany(timeout_ms=TAKE_MS, max_records=TAKE_RECORDS_MAX)
        except TimeoutError as failure:
            raise CannotStart("The broker does not give what it has.") from failure
        for place, records in taken.items():
            for record in records:
                if record.offset < ends[place]:
                    yield record
        behind = {place for place in behind if await client.position(place) < ends[place]}


async def all_tellings(bootstrap: str, prefix: str = "") -> list[Telling]:
    """Every fact that the topics hold now, in time order. Raises CannotStart without a broker."""
    client = await consumer(bootstrap, prefix)
    try:
        found = [telling_of_record(record.headers, record.value) async for record in records_of(client)]
    finally:
        await client.stop()
    return in_time_order(list({one.event_id: one for one in found if one is not None}.values()))


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
