"""A Kafka that was wiped is filled again from the log of facts, and nobody does anything twice."""

from __future__ import annotations

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from backbone.refill import Refilled, RelayActive, refill
from backbone.testing_support import eventually
from backbone.topics import create_topics
from shared.tests.bells import Ring, Silenced, hang
from shared.tests.grounds import QUICK_RELAY, Ground, running
from shared.tests.records import consuming


async def refilled(ground: Ground) -> Refilled:
    return await refill(
        ground.dsn, ground.producer, name="tower", personal=[ground.tower.private.name], times=QUICK_RELAY
    )


async def wipe(ground: Ground) -> None:
    """Take all topics away, and with them what members had committed."""
    admin = AIOKafkaAdminClient(bootstrap_servers=ground.access.bootstrap)
    await admin.start()
    try:
        await admin.delete_topics([topic.name for topic in ground.tower.topics])

        async def gone() -> bool:
            found = await admin.describe_topics([topic.name for topic in ground.tower.topics])
            return not any(topic["partitions"] for topic in found)

        await eventually(gone, of="topics that are gone")
    finally:
        await admin.close()
    await create_topics(ground.access, ground.tower.topics, replication=1)


async def test_after_kafka_was_wiped_what_was_heard_is_dropped_and_the_rest_is_heard(ground: Ground) -> None:
    await ground.host.do(hang, ["a", "b"])
    await ground.host.do(ground.tower.ring, Ring("a", 20))
    async with running(ground.relay()):
        await eventually(ground.empty)
        async with running(consuming(ground, ground.host)):
            await eventually(lambda: ground.has("rings", 20))
        await ground.host.do(ground.tower.ring, Ring("a", 5))
        await ground.host.do(ground.tower.silence, Silenced("b", "Ann Example"))
        await eventually(ground.empty)
        with pytest.raises(RelayActive):
            await refilled(ground)
    await wipe(ground)
    assert await refilled(ground) == Refilled(25, 1)
    async with running(consumer := consuming(ground, ground.host)):
        await eventually(lambda: ground.has("rings", 25))
        await eventually(lambda: consumer.caught_up(5), 30)
    numbers = await ground.rows("SELECT number FROM rings ORDER BY ring_id")
    assert [number for (number,) in numbers] == list(range(1, 26))


async def test_without_a_refill_a_wipe_loses_what_was_not_heard(ground: Ground) -> None:
    await ground.host.do(hang, ["a"])
    await ground.host.do(ground.tower.ring, Ring("a", 20))
    async with running(ground.relay()):
        await eventually(ground.empty)
    await wipe(ground)
    async with running(consumer := consuming(ground, ground.host)):
        await eventually(lambda: consumer.joined)
        await eventually(lambda: consumer.caught_up(5), 30)
    assert await ground.count("rings") == 0
