"""Members of a group come, go and fall silent: nothing is in work twice, no offset is lost, a stall is seen."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from backbone.consume import ConsumeTimes, Consuming
from backbone.kafka import Place
from backbone.kafka_client import KafkaConsumer
from backbone.testing_support import eventually
from backbone.wire import Incoming
from shared.tests.grounds import Ground, running
from shared.tests.records import Ear, consuming, send


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


def _in_work(consumer: Consuming) -> int:
    return sum(mark.taken - mark.position for mark in consumer._marks.values())


class _Nobody:
    """A barrier for a member that has nothing in work."""

    async def revoked(self) -> None:
        """Nothing is in work."""

    def assigned(self, places: Collection[Place]) -> None:
        """These are ours."""

    async def until_free(self) -> None:
        """More is always of use."""


async def test_a_member_leaves_although_a_question_of_it_waits_to_be_asked_again(ground: Ground) -> None:
    consumer = ground.consumer()
    await consumer.start(_Nobody())
    # As the client is between two tries while its broker is away.
    waits = asyncio.create_task(asyncio.Event().wait())
    consumer._started()._fetcher._pending_tasks.add(waits)
    await consumer.stop()
    assert waits.cancelled()


async def test_where_the_others_stand_is_asked_past_the_question_that_waits_for_records(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[AIOKafkaConsumer] = []
    begins = AIOKafkaConsumer.beginning_offsets

    async def noted(self: AIOKafkaConsumer, places: Any) -> Any:
        asked.append(self)
        return await begins(self, places)

    monkeypatch.setattr(AIOKafkaConsumer, "beginning_offsets", noted)
    one, other = ground.consumer(), ground.consumer()
    await asyncio.gather(one.start(_Nobody()), other.start(_Nobody()))
    await eventually(lambda: len(one._started().assignment()) == 6, of="half of the partitions")
    offsets = await one.offsets()
    assert sum(each.mine for each in offsets.values()) == 6
    # A broker answers a connection in turn: where records are waited for, this would wait as long.
    assert asked
    assert one._started() not in asked
    await asyncio.gather(one.stop(), other.stop())
