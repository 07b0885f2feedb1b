"""orders is killed at every point of do, hear and relay: what was acknowledged is there once, and is told once."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from backbone.testing import DatabaseOf
from backbone.testing_support import eventually
from contracts.topics import NEED, PARTITIONS_COUNT
from o2d.local.process import Child
from tests.faults.processes import PATIENCE_S, Installation, free_port, installation

NEEDS_COUNT = 5
POINTS = (
    "do.begun", "do.handled", "do.committed", "hear.inboxed", "hear.handled", "hear.committed", "hear.offset",
    "relay.read", "relay.sent", "relay.moved"
)  # fmt: skip


@pytest.fixture
async def place(database_of: DatabaseOf, kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[Installation]:
    async with installation("orders", await database_of("orders"), kafka_bootstrap, tmp_path) as place:
        yield place


async def state(place: Installation, key: str) -> bool:
    """State one need under a key; whether it was acknowledged."""
    line = {"line_id": "L1", "quantity": "1", "wanted_at": "2026-04-01T00:00:00Z", "text": "nothing like it"}
    headers = {**place.issuer.headers("customer", "c1"), "idempotency-key": key}
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{place.port}") as client:
            answer = await client.post("/v1/needs", json={"lines": [line]}, headers=headers)
    except httpx.HTTPError:
        return False
    return answer.status_code == 201


async def told(place: Installation) -> Counter[str]:
    """How often each fact id stands on the topic of needs."""
    consumer = AIOKafkaConsumer(bootstrap_servers=place.access.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        parts = [TopicPartition(place.access.prefix + NEED.name, n) for n in range(PARTITIONS_COUNT)]
        consumer.assign(parts)
        ends = await consumer.end_offsets(parts)
        found: Counter[str] = Counter()
        while sum(ends.values()) > sum([await consumer.position(part) for part in parts]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found.update(dict(record.headers)["ce_id"].decode() for record in records)
        return found
    finally:
        await consumer.stop()


async def settled(place: Installation) -> bool:
    """Whether every need has been looked at by the consumer and everything is sent."""
    waiting = await place.rows("SELECT 1 FROM needs WHERE attention IS NULL")
    return not waiting and not await place.rows("SELECT 1 FROM outbox")


async def first_heard(place: Installation, process: Child) -> bool:
    """Whether a need has been looked at by the consumer, or the process that should do it is dead."""
    if process.ended is not None:
        return True
    return bool(await place.rows("SELECT 1 FROM needs WHERE attention IS NOT NULL"))


@pytest.mark.parametrize("point", POINTS)
async def test_a_kill_loses_nothing_and_doubles_nothing(place: Installation, point: str) -> None:
    # Offsets are committed once a second, so all needs may share one commit.
    process = await place.start(fault=point if point == "hear.offset" else f"{point}:2")
    acknowledged = set()
    if await place.ready(process):
        for number in range(NEEDS_COUNT):
            if await state(place, f"key-{number}"):
                acknowledged.add(f"key-{number}")
            if number == 0:
                # Needs that lie on the topic together are heard as one batch: without a batch of the
                # first alone, no point of hearing need ever be met twice.
                await eventually(
                    lambda: first_heard(place, process), PATIENCE_S, of="the first need looked at"
                )
    async with asyncio.timeout(PATIENCE_S):
        assert await process.wait() == -signal.SIGKILL, f"{point} was never reached"
    process = await place.start()
    assert await place.ready(process)
    for number in range(NEEDS_COUNT):
        assert await state(place, f"key-{number}")
    await eventually(lambda: settled(place), PATIENCE_S, of="every need looked at and told of")
    assert await place.end(process) == 0
    assert await place.rows("SELECT count(*) FROM needs") == [(NEEDS_COUNT,)]
    kept = {key for (key,) in await place.rows("SELECT key FROM asked_keys")}
    assert acknowledged <= kept
    facts = await place.rows("SELECT event_id::text FROM facts WHERE topic = $1", NEED.name)
    # NeedStated and NeedUnmatched of each need, each in the log once; Kafka may have them twice, never less.
    assert len(facts) == len(set(facts)) == 2 * NEEDS_COUNT
    assert set(await told(place)) == {event_id for (event_id,) in facts}
    assert await place.rows("SELECT 1 FROM parked_key") == []


async def test_two_processes_share_the_work_and_one_of_them_relays(place: Installation) -> None:
    first = await place.start()
    assert await place.ready(first)
    second = await place.start(port=free_port())
    for number in range(NEEDS_COUNT):
        assert await state(place, f"key-{number}")
    await place.end(first, signal.SIGKILL)
    await eventually(lambda: settled(place), 60, of="the second process to take over")
    facts = await place.rows("SELECT event_id::text FROM facts WHERE topic = $1", NEED.name)
    assert len(facts) == len(set(facts)) == 2 * NEEDS_COUNT
    assert await place.end(second) == 0
