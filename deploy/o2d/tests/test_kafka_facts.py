"""Facts as Kafka has them: read whole for a proof, and live for a terminal; on a real broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import islice

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from backbone.ids import new_id
from backbone.kafka import Access
from backbone.kafka_client import KafkaProducer
from backbone.partition import partition_of
from backbone.topics import create_topics
from backbone.wire import headers_of_text
from contracts.orders import NeedStated
from contracts.topics import NEED, PARTITIONS_COUNT
from deploy.o2d.tests.operators import outgoing
from deploy.o2d.tests.planting import broken
from deploy.o2d.tests.story import told
from o2d.kafka_facts import from_kafka
from o2d.tellings import Telling, telling_of_record
from o2d.trouble import CannotStart
from o2d.verify.catalogue import CHECKS
from o2d.verify.ground import Ground, read_kafka
from o2d.verify.log import Log, Told

SENT_CHECKS = [check for check in CHECKS if check.name.startswith("sent ")]


@pytest.fixture
async def access(kafka_bootstrap: str) -> AsyncIterator[Access]:
    """A broker with one topic of ours, under a prefix that no other run uses."""
    made = Access(kafka_bootstrap, prefix=f"{new_id()}.")
    await create_topics(made, [NEED], replication=1)
    yield made
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    await admin.delete_topics([made.prefix + NEED.name])
    await admin.close()


def needs(count: int) -> list[Told]:
    """Needs of so many customers, each of its own."""
    return list(
        told(NeedStated(f"need-{n}", "customer", "address", "a chair", (), "partial") for n in range(count))
    )


async def send(access: Access, tellings: list[Told]) -> None:
    producer = KafkaProducer(access)
    await producer.start()
    for one in tellings:
        row = outgoing(one)
        partition = partition_of(row.key, PARTITIONS_COUNT)
        await producer.send(
            row.topic, partition, [(row.key.encode(), row.payload, headers_of_text(row.headers))]
        )
    await producer.stop()


async def test_all_that_kafka_has_is_read_and_held_against_the_log(access: Access) -> None:
    tellings = needs(30)
    await send(access, tellings)
    kafka = await read_kafka(access.bootstrap, access.prefix)
    assert {record.event_id for record in kafka.records} == {one.event_id for one in tellings}
    assert broken(Ground(Log(tellings), kafka=kafka), SENT_CHECKS) == {}
    more = [*tellings, replace(tellings[0], event_id=new_id(), sequence=2)]
    found = broken(Ground(Log(more), kafka=kafka), SENT_CHECKS)
    assert found == {"sent in order": f"{more[-1].name} is not in Kafka"}
    fewer = broken(Ground(Log(tellings[1:]), kafka=kafka), SENT_CHECKS)
    assert tellings[0].event_id in fewer["sent was told"]


async def test_what_is_told_is_seen_as_it_comes(access: Access) -> None:
    await send(access, needs(3))
    began = asyncio.Event()
    source = from_kafka(access.bootstrap, access.prefix, began.set)
    seen: list[Telling] = []

    async def watch() -> None:
        async for telling in source:
            seen.append(telling)
            if len(seen) == 2:
                return

    watching = asyncio.create_task(watch())
    await began.wait()
    later = needs(5)[3:]
    await send(access, later)
    await asyncio.wait_for(watching, 20)
    assert {one.event_id for one in seen} == {one.event_id for one in later}


async def test_a_broker_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(CannotStart, match=r"No broker answers at 127.0.0.1:1\."):
        await read_kafka("127.0.0.1:1")


def test_a_record_that_is_no_fact_is_passed_over() -> None:
    (need,) = islice(told([NeedStated("need", "customer", "address", "a chair", (), "partial")]), 1)
    row = outgoing(need)
    headers = headers_of_text(row.headers)
    assert telling_of_record([], b"{}") is None
    assert telling_of_record(headers, b"{broken") is None
    telling = telling_of_record(headers, row.payload)
    assert telling is not None
    assert (telling.service, telling.fact, telling.key) == ("orders", "NeedStated", "need")
    assert telling_of_record(headers, None) is not None
