"""The consumer on a real Kafka: nothing twice at once, no offset lost, a stall seen, a bad fact blocks its key."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack

from backbone.consume import Consuming
from backbone.kafka import KafkaAway
from backbone.kafka_client import KafkaConsumer
from backbone.lanes import Lanes
from backbone.marks import Mark
from backbone.testing_support import eventually
from backbone.wire import Incoming
from shared.tests.bells import BAD_NUMBER, Ring, hang
from shared.tests.grounds import Ground, running
from shared.tests.records import Ear, consuming, send


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


async def test_who_asks_for_leisure_waits_for_what_is_in_work_and_not_for_ever(ground: Ground) -> None:
    ear = Ear()
    async with running(consumer := consuming(ground, ear)):
        assert await consumer.at_leisure(5)
        ear.gate.clear()
        await send(ground, 20)
        await eventually(lambda: any(ear.at_work.values()))
        assert not await consumer.at_leisure(0.05)
        waiting = asyncio.create_task(consumer.at_leisure(20))
        ear.gate.set()
        assert await waiting
        assert not any(ear.at_work.values())


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
            await eventually(lambda: ground.has("rings", 30 * 12))
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


def _paused(consumer: Consuming) -> bool:
    client = consumer._client
    return isinstance(client, KafkaConsumer) and bool(client._started().paused())
