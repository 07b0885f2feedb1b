"""Records told and heard without the parts under test: who sends them raw, who reads them raw, who only listens."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer

from backbone.consume import ConsumeTimes, Consuming
from backbone.ids import new_id
from backbone.kafka import Record
from backbone.partition import partition_of
from backbone.wire import Incoming, encode
from shared.tests.bells import Rung
from shared.tests.grounds import Ground

TIMES: Final = ConsumeTimes(take=0.1, room=0.1, commit_every=0.1, drain=5, watch=0.2, stall=3, retry=0.1)


class Ear:
    """Hears records and remembers how often and how many at once."""

    database_away = False

    def __init__(self) -> None:
        self.heard: Counter[str] = Counter()
        self.at_work: Counter[str] = Counter()
        self.twice_at_once: set[str] = set()
        self.order: dict[str, list[int]] = {}
        self.gate = asyncio.Event()
        self.gate.set()

    async def hear(self, records: Sequence[Incoming]) -> None:
        """Hear records, when the gate is open."""
        for record in records:
            self.at_work[record.event_id] += 1
            if self.at_work[record.event_id] > 1:
                self.twice_at_once.add(record.event_id)
        try:
            await self.gate.wait()
            for record in records:
                self.heard[record.event_id] += 1
                self.order.setdefault(str(record.key), []).append(record.offset)
        finally:
            for record in records:
                self.at_work[record.event_id] -= 1


def consuming(ground: Ground, ear: Any, **options: Any) -> Consuming:
    """A consumer of the tower's rings with short times."""
    client = options.pop("client", None) or (lambda: ground.consumer())
    return Consuming(ear, client, **{"name": "tower", "lanes": 4, "times": TIMES, **options})


async def send(ground: Ground, count: int, keys: int = 20, numbers: Sequence[int] | None = None) -> list[str]:
    """Tell of `count` rings of `keys` bells without an outbox; the answer is their ids in order."""
    producer = ground.producer()
    await producer.start()
    topic, ids = ground.tower.rings.name, []
    try:
        batches: dict[int, list[Record]] = {}
        for n in range(count):
            key, event_id = f"bell {n % keys}", new_id()
            ids.append(event_id)
            headers = [("ce_id", event_id.encode()), ("ce_type", b"o2d.rung.v1")]
            number = numbers[n] if numbers else n
            record: Record = (key.encode(), encode(Rung(key, number)), headers)
            batches.setdefault(partition_of(key, 12), []).append(record)
        for partition, records in batches.items():
            await producer.send(topic, partition, records)
    finally:
        await producer.stop()
    return ids


async def sent_until(ground: Ground, count: int, topic: str = "") -> list[tuple[str, int, dict[str, str]]]:
    """The first `count` records of the tower's topic: (key, sequence, headers)."""
    client = AIOKafkaConsumer(
        topic or ground.tower.rings.name,
        bootstrap_servers=ground.access.bootstrap,
        auto_offset_reset="earliest",
    )
    await client.start()
    found: list[tuple[str, int, dict[str, str]]] = []
    try:
        async with asyncio.timeout(20):
            while len(found) < count:
                for records in (await client.getmany(timeout_ms=200)).values():
                    for record in records:
                        headers = {name: value.decode() for name, value in record.headers}
                        found.append((record.key.decode(), int(headers["ce_sequence"]), headers))
    finally:
        await client.stop()
    return found


def first_of_each(found: Sequence[tuple[str, int, Any]]) -> dict[str, list[int]]:
    """The sequences of each key in the order of their first occurrence."""
    seen: dict[str, list[int]] = {}
    for key, sequence, _ in found:
        if sequence not in seen.setdefault(key, []):
            seen[key].append(sequence)
    return seen
