"""One relay at a time: a second one waits, takes over, and does so from one that stands still."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import asyncpg
import pytest

from backbone import relay as relay_module
from backbone.kafka import Record
from backbone.kafka_client import KafkaProducer
from backbone.sending import RelayTimes, locked
from backbone.testing_support import eventually
from shared.tests.bells import Ring, hang
from shared.tests.grounds import Ground, running
from shared.tests.records import sent_until

OLD_SESSIONS = (
    "SELECT pid FROM pg_stat_activity WHERE application_name LIKE '% relay' "
    "AND datname = current_database() AND backend_start < now() - interval '2 s'"
)


async def test_of_two_relays_one_is_active_and_the_other_takes_over(ground: Ground) -> None:
    await ground.host.do(hang, ["a"])
    one, other = ground.relay(), ground.relay()
    async with running(one, other):
        await eventually(lambda: one.active or other.active)
        assert one.active != other.active
        active, waiting = (one, other) if one.active else (other, one)
        active.stop()
        await eventually(lambda: waiting.active, of="the takeover")
        await ground.host.do(ground.tower.ring, Ring("a", 3))
        assert [sequence for _, sequence, _ in await sent_until(ground, 3)] == [1, 2, 3]
        assert not active.active


async def test_a_relay_that_waits_for_its_turn_is_not_woken_by_what_is_told(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    async def counted(connection: asyncpg.Connection[Any], shard: int) -> bool:
        nonlocal asked
        asked += 1
        return await locked(connection, shard)

    active, told = ground.relay(), asyncio.Event()
    waiting = ground.relay(told=told, times=RelayTimes(idle_session=60, lock_retry=60))
    async with running(active):
        await eventually(lambda: active.active)
        monkeypatch.setattr(relay_module, "locked", counted)
        async with running(waiting):
            await eventually(lambda: asked)
            told.set()
            for _ in range(100):
                await ground.count("outbox")
            assert asked == 1
        assert not waiting.active


async def test_a_relay_that_stands_still_loses_its_lock(ground: Ground) -> None:
    await ground.host.do(hang, ["a"])

    class Stuck(KafkaProducer):
        async def send(self, topic: str, partition: int, records: Iterable[Record]) -> None:
            await asyncio.Event().wait()

    stopped = ground.relay(lambda: Stuck(ground.access))

    async def no_heartbeat(connection: object, work: Any) -> Any:
        return await work

    stopped._beating = no_heartbeat  # type: ignore[method-assign]  # as a process that got SIGSTOP
    other = ground.relay()
    task = asyncio.create_task(stopped.run())
    await eventually(lambda: stopped.active)
    await ground.host.do(ground.tower.ring, Ring("a"))
    async with running(other):
        await eventually(lambda: other.active, of="the takeover from a relay without a heartbeat")
        assert len(await sent_until(ground, 1)) == 1
    task.cancel()
    await asyncio.wait({task})


async def test_a_relay_that_waits_for_kafka_keeps_its_lock_by_its_heartbeat(ground: Ground) -> None:
    await ground.host.do(hang, ["a"])
    gate = asyncio.Event()

    class Slow(KafkaProducer):
        async def send(self, topic: str, partition: int, records: Iterable[Record]) -> None:
            await gate.wait()
            await super().send(topic, partition, records)

    slow, other = ground.relay(lambda: Slow(ground.access)), ground.relay()
    async with running(slow):
        await eventually(lambda: slow.active)
        await ground.host.do(ground.tower.ring, Ring("a"))
        async with running(other):
            # Twice the time after which the server ends a silent session.
            await eventually(lambda: ground.rows(OLD_SESSIONS), of="a relay's session of two seconds")
            assert slow.active
            assert not other.active
            gate.set()
            await eventually(lambda: ground.empty())
    assert await ground.count("facts") == 1
