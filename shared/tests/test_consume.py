"""The consumer on a real Kafka: nothing twice at once, no offset lost, a stall seen, a bad fact blocks its key."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from backbone.consume import ConsumeTimes, Consuming
from backbone.ids import new_id
from backbone.kafka import KafkaAway, Place, Record
from backbone.kafka_client import KafkaConsumer
from backbone.lanes import Lanes
from backbone.marks import Mark
from backbone.partition import partition_of
from backbone.testing_support import eventually
from backbone.wire import Incoming, encode
from shared.tests.bells import BAD_NUMBER, Ring, Rung, hang
from shared.tests.conftest import Ground

TIMES = ConsumeTimes(take=0.1, room=0.1, commit_every=0.1, drain=5, watch=0.2, stall=3, retry=0.1)


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


@asynccontextmanager
async def running(*consumers: Consuming) -> AsyncIterator[None]:
    """Consumers that run until the block ends."""
    tasks = [asyncio.create_task(consumer.run()) for consumer in consumers]
    try:
        yield
    finally:
        for consumer in consumers:
            consumer.stop()
        await asyncio.wait_for(asyncio.gather(*tasks), 30)


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


async def test_records_are_heard_once_each_and_in_order(ground: Ground) -> None:
    ear = Ear()
    consumer = consuming(ground, ear)
    async with running(consumer):
        ids = await send(ground, 3000)
        await eventually(lambda: len(ear.heard) == 3000)
        assert await consumer.caught_up(5)
        assert sum((await consumer.lag()).values()) == 0
        assert consumer.unready is None
    assert set(ear.heard) == set(ids)
    assert set(ear.heard.values()) == {1}
    assert all(offsets == sorted(offsets) for offsets in ear.order.values())


async def test_a_clean_stop_commits_all_that_was_handled(ground: Ground) -> None:
    first, second = Ear(), Ear()
    async with running(consuming(ground, first)):
        await send(ground, 500)
        await eventually(lambda: len(first.heard) == 500)
    async with running(consumer := consuming(ground, second)):
        await send(ground, 10)
        await eventually(lambda: len(second.heard) == 10)
        assert await consumer.caught_up(5)
    assert set(second.heard.values()) == {1}
    assert not first.heard.keys() & second.heard.keys()


async def in_work_while_a_member_joins(ground: Ground, ears: Sequence[Ear]) -> None:
    """Eighteen records are in work when the second member comes; they may end when it is let in."""
    first, second = (consuming(ground, ear) for ear in ears)
    async with running(first):
        await send(ground, 100)
        await eventually(lambda: len(ears[0].heard) == 100)
        ears[0].gate.clear()
        await send(ground, 18, keys=18)
        await eventually(lambda: _in_work(first) == 18)
        async with running(second):
            await eventually(lambda: len(first._assigned) < 12, of="the revocation")
            ears[0].gate.set()
            await eventually(lambda: first._assigned and second._assigned, 20, of="the new assignment")
            await send(ground, 100)
            await eventually(lambda: len(ears[0].heard | ears[1].heard) == 218)


async def test_when_a_member_joins_what_is_in_work_does_not_come_again(ground: Ground) -> None:
    ears = Ear(), Ear()
    await in_work_while_a_member_joins(ground, ears)
    assert set((ears[0].heard + ears[1].heard).values()) == {1}


async def test_without_the_barrier_what_is_in_work_comes_again(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def revoked(self: Consuming) -> None:
        self._assigned = frozenset()
        self._marks = {}

    monkeypatch.setattr(Consuming, "revoked", revoked)
    ears = Ear(), Ear()
    await in_work_while_a_member_joins(ground, ears)
    again = sum(count > 1 for count in (ears[0].heard + ears[1].heard).values())
    assert again >= 18


async def test_members_come_and_go_and_no_record_is_lost_or_heard_by_two_at_once(ground: Ground) -> None:
    ears = [Ear() for _ in range(3)]
    ids: list[str] = []
    async with running(consuming(ground, ears[0])):
        ids += await send(ground, 400)
        for ear in ears[1:]:
            async with running(consuming(ground, ear)):
                while not ear.heard:
                    ids += await send(ground, 100)
        await eventually(lambda: len(ears[0].heard + ears[1].heard + ears[2].heard) == len(ids), 30)
    assert set(ears[0].heard + ears[1].heard + ears[2].heard) == set(ids)
    assert not any(ear.twice_at_once for ear in ears)
    assert set((ears[0].heard + ears[1].heard + ears[2].heard).values()) == {1}


async def test_a_member_that_cannot_drain_in_time_gives_up_its_work_and_the_next_one_does_it(
    ground: Ground,
) -> None:
    stuck, healthy = Ear(), Ear()
    times = ConsumeTimes(take=0.1, commit_every=0.1, drain=0.3, watch=0.2, retry=0.1)
    async with running(first := consuming(ground, stuck, times=times)):
        await eventually(lambda: first._assigned)
        stuck.gate.clear()
        ids = await send(ground, 50)
        await eventually(lambda: _in_work(first) == 50)
        async with running(consuming(ground, healthy)):
            await eventually(lambda: healthy.heard, of="records for the new member")
            stuck.gate.set()
            await eventually(lambda: set(stuck.heard | healthy.heard) == set(ids), 20)
    assert set((stuck.heard + healthy.heard).values()) == {1}


async def test_what_fails_in_a_lane_is_repeated_until_it_is_taken(ground: Ground) -> None:
    class Failing(Ear):
        left = 3

        async def hear(self, records: Sequence[Incoming]) -> None:
            if self.left:
                self.left -= 1
                raise OSError("the database is away")
            await super().hear(records)

    ear = Failing()
    async with running(consumer := consuming(ground, ear, lanes=1)):
        ids = await send(ground, 5, keys=1)
        await eventually(lambda: consumer.unready, of="trouble that is said")
        await eventually(lambda: set(ear.heard) == set(ids))
        assert consumer.unready is None


async def test_while_the_database_is_away_nothing_new_is_taken_and_the_membership_stays(
    ground: Ground,
) -> None:
    ear = Ear()
    async with running(consumer := consuming(ground, ear)):
        await eventually(lambda: consumer._assigned)
        ear.database_away = True
        await eventually(lambda: consumer.unready == "the database does not answer")
        await eventually(lambda: _paused(consumer), of="paused partitions")
        ids = await send(ground, 50)
        # Longer than the session of the group: a member that did not ask meanwhile would be out.
        assert not await consumer.caught_up(1)
        assert not ear.heard
        ear.database_away = False
        await eventually(lambda: set(ear.heard) == set(ids))
    assert set(ear.heard.values()) == {1}


class Deaf(KafkaConsumer):
    """A client that goes silent: it is a member, and nothing comes out of it."""

    async def take(self, records_max: int, seconds: float, *, held: bool) -> dict[Place, list[Incoming]]:
        """Nothing, after a while."""
        await super().take(records_max, seconds, held=True)
        return {}


async def test_a_client_that_went_silent_is_replaced(ground: Ground) -> None:
    ear = Ear()
    made: list[KafkaConsumer] = []

    def client() -> KafkaConsumer:
        kind = KafkaConsumer if made else Deaf
        topics = [ground.tower.rings.name]
        made.append(kind(ground.access, "g" + topics[0], topics, session_seconds=6, rebalance_seconds=10))
        return made[-1]

    times = ConsumeTimes(take=0.1, commit_every=0.1, watch=0.1, stall=0.5, retry=0.1)
    async with running(consumer := consuming(ground, ear, client=client, times=times)):
        ids = await send(ground, 20)
        await eventually(lambda: set(ear.heard) == set(ids), 20)
        assert consumer.alive
    assert len(made) == 2


async def test_without_the_watchdog_a_silent_client_stays_silent_and_with_it_the_process_asks_to_be_replaced(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    def client() -> KafkaConsumer:
        topics = [ground.tower.rings.name]
        return Deaf(ground.access, "g" + topics[0], topics, session_seconds=6, rebalance_seconds=10)

    times = ConsumeTimes(take=0.1, commit_every=0.1, watch=0.1, stall=0.3, retry=0.1)
    watched = consuming(ground, Ear(), client=client, times=times)
    async with running(watched):
        await send(ground, 5)
        await eventually(lambda: not watched.alive, 30, of="a liveness that fails")

    async def blind(self: Consuming) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Consuming, "_watch", blind)
    unwatched = consuming(ground, Ear(), client=client, times=times)
    async with running(unwatched):
        await eventually(lambda: unwatched._assigned)
        assert not await unwatched.caught_up(2)
        assert unwatched.alive
        assert unwatched.unready is None


async def test_a_bad_fact_blocks_its_own_key_alone(ground: Ground) -> None:
    await ground.host.do(hang, [f"bell {n}" for n in range(20)])
    async with running(consumer := consuming(ground, ground.host)):
        await send(ground, 200, numbers=[BAD_NUMBER if n == 13 else n for n in range(200)])
        await eventually(lambda: consumer.caught_up(1))
    noted = Counter(row[0] for row in await ground.rows("SELECT bell_id FROM rings"))
    assert noted == {f"bell {n}": 10 for n in range(20) if n != 13}
    assert await ground.rows("SELECT key, cause FROM parked_key") == [("bell 13", "ValueError: thirteen")]
    assert await ground.count("parked_event") == 10


async def test_a_hop_through_outbox_relay_and_consumer_keeps_every_ring(ground: Ground) -> None:
    bells = [f"bell {n}" for n in range(30)]
    await ground.host.do(hang, bells)
    relay = ground.relay(told=ground.host.told)
    async with AsyncExitStack() as stack:
        work = asyncio.create_task(relay.run())
        stack.push_async_callback(asyncio.wait_for, work, 20)
        stack.callback(relay.stop)
        async with running(consumer := consuming(ground, ground.host)):
            await asyncio.gather(*(ground.host.do(ground.tower.ring, Ring(bell, 12)) for bell in bells))
            await eventually(lambda: _all_noted(ground, 30 * 12))
            assert await consumer.caught_up(5)
    for bell in bells:
        numbers = await ground.rows("SELECT number FROM rings WHERE bell_id = :b ORDER BY ring_id", b=bell)
        assert [number for (number,) in numbers] == list(range(1, 13))


async def test_offsets_never_pass_what_is_still_in_work() -> None:
    mark = Mark(10)
    records = [Incoming("t", 0, offset, "k", (), b"", 1) for offset in range(10, 20)]
    first, second = mark.take(records[:5]), mark.take(records[5:])
    mark.settle(second, 5)
    assert mark.position == 10
    mark.settle(first, 4)
    assert mark.position == 10
    mark.settle(first, 1)
    assert mark.position == 20


async def test_a_lane_keeps_a_keys_order_and_lanes_do_not_wait_for_each_other() -> None:
    ear = Ear()
    lanes = Lanes(4, ear.hear, lambda records: None)
    lanes.start()
    try:
        records = [Incoming("t", 0, n, f"k{n % 9}", (), b"", 1) for n in range(900)]
        mark = Mark(0)
        for start in range(0, 900, 100):
            lanes.put(mark, records[start : start + 100])
        assert await lanes.until(lambda: lanes.idle, 5)
    finally:
        await lanes.stop()
    assert mark.position == 900
    assert all(offsets == sorted(offsets) for offsets in ear.order.values())


async def test_a_broker_that_is_away_makes_the_consumer_unready_and_is_awaited(ground: Ground) -> None:
    ear = Ear()
    away = True

    def client() -> KafkaConsumer:
        if away:
            raise KafkaAway("no broker")
        return ground.consumer()

    async with running(consumer := consuming(ground, ear, client=client)):
        await eventually(lambda: consumer.unready == "no broker")
        assert not await consumer.caught_up(0.1)
        away = False
        ids = await send(ground, 5)
        await eventually(lambda: set(ear.heard) == set(ids))


def _in_work(consumer: Consuming) -> int:
    return sum(mark.taken - mark.position for mark in consumer._marks.values())


def _paused(consumer: Consuming) -> bool:
    client = consumer._client
    return isinstance(client, KafkaConsumer) and bool(client._started().paused())


async def _all_noted(ground: Ground, count: int) -> bool:
    return await ground.count("rings") == count
