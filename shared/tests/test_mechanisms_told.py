"""Facts that come often, shuffled, broken, too large or too new: what waits, for what reason, and what does not."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone import parking, replay
from backbone.clock import RateClock
from backbone.ids import new_id
from backbone.kafka import Record
from backbone.partition import partition_of
from backbone.service import Batch, Host, Tx
from backbone.testing_support import eventually
from backbone.wire import FACT_BYTES_MAX, Incoming, encode
from shared.tests import jars
from shared.tests.bells import Rung, hang
from shared.tests.grounds import Ground, running
from shared.tests.records import consuming

Told = tuple[str, Record]


@pytest.fixture
async def host(engine: AsyncEngine) -> Host:
    """A host of the jars on an empty database."""
    return await jars.host_on(engine)


def rings(bells: int, each: int) -> list[list[Told]]:
    """Of every bell its rings in order, each a record with an id of its own."""
    queues = []
    for bell in range(bells):
        key = f"bell {bell}"
        queue: list[Told] = []
        for number in range(each):
            headers = [("ce_id", new_id().encode()), ("ce_type", b"o2d.rung.v1")]
            queue.append((key, (key.encode(), encode(Rung(key, number)), headers)))
        queues.append(queue)
    return queues


def shuffled(queues: Sequence[Sequence[Told]], chance: random.Random, copies: int) -> list[Told]:
    """All records, each `copies` times, the keys mixed at random; first occurrences keep each key's order."""
    mixed: list[Told] = []
    left = [list(queue) for queue in queues]
    came: list[Told] = []
    while any(left):
        queue = chance.choice([each for each in left if each])
        came.append(queue.pop(0))
        mixed.append(came[-1])
        mixed.extend(chance.choice(came) for _ in range(chance.randrange(3)))
    for record in came:
        again = copies - mixed.count(record)
        mixed.extend([record] * max(again, 0))
    return mixed


@pytest.mark.parametrize("seed", range(3))
async def test_every_fact_five_times_and_shuffled_is_noted_once_and_in_order(
    ground: Ground, seed: int
) -> None:
    bells, each = 8, 12
    await ground.host.do(hang, [f"bell {n}" for n in range(bells)])
    mixed = shuffled(rings(bells, each), random.Random(seed), 5)
    assert len(mixed) >= 5 * bells * each
    producer = ground.producer()
    await producer.start()
    async with running(consumer := consuming(ground, ground.host)):
        for start in range(0, len(mixed), 60):
            for key, record in mixed[start : start + 60]:
                await producer.send(ground.tower.rings.name, partition_of(key, 12), [record])
        await producer.stop()
        await eventually(lambda: consumer.caught_up(1), of="a consumer that has caught up")
        assert consumer.heard == len(mixed)
    for bell in range(bells):
        noted = await ground.rows(
            "SELECT number FROM rings WHERE bell_id = :b ORDER BY ring_id", b=f"bell {bell}"
        )
        assert [number for (number,) in noted] == list(range(each))
    assert await ground.count("parked_key") == 0


def with_value(record: Incoming, value: bytes | None, **headers: str) -> Incoming:
    """The record with another value and some other headers."""
    given = {**dict(record.headers), **headers}
    return Incoming(
        record.topic, 0, record.offset, record.key, tuple(given.items()), value, record.timestamp_ms
    )


async def test_who_hears_of_a_later_moment_before_being_stepped_there_does_what_follows_then(
    host: Host,
) -> None:
    await host.do(jars.open_jar, jars.OpenJar("a"))
    host.dues_changed.clear()
    dusty = jars.START + timedelta(days=1)
    moments = ["2026-03-03T08:00:00Z", "2026-03-02T12:00:00Z", "2026-03-04T08:00:00", "yesterday"]
    await host.hear([jars.sent("a", count, at=at) for count, at in enumerate(moments, 1)])
    assert host.clock.now() == dusty
    assert host.dues_changed.is_set()
    told = await jars.rows(host, "SELECT headers FROM outbox ORDER BY id")
    assert [dict(msgspec.json.decode(headers))["ce_time"] for (headers,) in told[1:]] == [moments[0]] * 4


async def test_a_clock_that_runs_is_moved_by_nothing_that_is_heard(engine: AsyncEngine) -> None:
    host = await jars.host_on(engine)
    host.clock = RateClock(1, jars.START)
    await host.do(jars.open_jar, jars.OpenJar("a"))
    await host.hear([jars.sent("a", 1, at="2026-03-03T08:00:00Z")])
    assert host.clock.now() < jars.START + timedelta(hours=1)
    assert await jars.held(host) == {"a": 1}


BROKEN: dict[str, tuple[Incoming, str]] = {
    "poison": (jars.sent("a", 13), "ValueError: thirteen"),
    "undecodable": (with_value(jars.sent("a", 1), b"{"), "the value does not decode"),
    "tombstone": (with_value(jars.sent("a", 1), None), "no type that is known"),
    "unknown major version": (jars.sent("a", 1, kind="v9"), "no type that is known"),
    "oversized": (
        with_value(jars.sent("a", 1), b'{"jar_id":"a","count":1' + b" " * FACT_BYTES_MAX + b"}"),
        "bytes are allowed",
    ),
    "a value of another type": (
        with_value(jars.sent("a", 1), b'{"jar_id":"a","count":"1"}'),
        "the value does not decode",
    ),
    "refused": (jars.sent("a", 2_000_000), "JarIsFull: a jar holds a million marbles at most"),
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_what_cannot_be_handled_is_parked_with_its_reason_after_three_tries(
    host: Host, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []
    count_tries = parking.count_tries

    async def counting(sql: Any, waiting: Sequence[parking.Waiting]) -> dict[tuple[str, str], int]:
        counted = await count_tries(sql, waiting)
        tries.extend(counted.values())
        return counted

    monkeypatch.setattr(parking, "count_tries", counting)
    for name in "ab":
        await host.do(jars.open_jar, jars.OpenJar(name))
    record, reason = BROKEN[kind]
    await host.hear([jars.sent("b", 1), record, jars.sent("b", 2), jars.sent("a", 5)])
    # Three tries were made; the fourth count says that there is none any more.
    assert tries == [1, 2, 3, 4]
    assert await jars.held(host) == {"a": 0, "b": 3}
    ((key, parked, cause),) = await jars.rows(host, "SELECT key, kind, cause FROM parked_key")
    assert (key, parked) == ("a", "poison")
    assert reason in cause
    assert len(await jars.rows(host, "SELECT 1 FROM parked_event")) == 2
    assert await jars.rows(host, "SELECT 1 FROM attempts") == []


async def test_what_was_mended_is_replayed_in_order_and_the_key_goes_on(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    await host.do(jars.open_jar, jars.OpenJar("a"))
    mended = False

    async def faulty(commands: Batch[Any], tx: Tx) -> list[int]:
        if not mended and any(command.count == 3 for command in commands):
            raise ZeroDivisionError("a fault of the handler")
        return await jars.put_marbles(commands, tx)

    subscription = host.service.subscriptions[0]
    object.__setattr__(subscription, "handler", faulty)
    try:
        await host.hear([jars.sent("a", number) for number in range(1, 6)])
        assert await jars.history(host) == "1,2,"
        key = ("on_marbles_sent", jars.SENT.name, "a")
        failed = await replay.replay(host, key)
        assert (failed.handled, failed.stopped_by) == (0, "ZeroDivisionError: a fault of the handler")
        mended = True
        assert (await replay.replay(host, key)).handled == 3
    finally:
        object.__setattr__(subscription, "handler", jars.put_marbles)
    await host.hear([jars.sent("a", 6)])
    assert await jars.history(host) == "1,2,3,4,5,6,"
    assert await jars.rows(host, "SELECT 1 FROM parked_key") == []


async def test_a_record_larger_than_any_fact_is_parked_with_its_bytes_and_others_go_on(
    ground: Ground,
) -> None:
    await ground.host.do(hang, ["bell 0", "bell 1"])
    large = encode(Rung("bell 0", 1)).replace(b"}", b" " * FACT_BYTES_MAX + b"}")
    headers = [("ce_id", new_id().encode()), ("ce_type", b"o2d.rung.v1")]
    producer = ground.producer(max_request_size=2 * FACT_BYTES_MAX, max_batch_size=2 * FACT_BYTES_MAX)
    await producer.start()
    ((_, small),) = rings(2, 1)[1]
    await producer.send(ground.tower.rings.name, partition_of("bell 0", 12), [(b"bell 0", large, headers)])
    await producer.send(ground.tower.rings.name, partition_of("bell 1", 12), [small])
    await producer.stop()
    async with running(consumer := consuming(ground, ground.host)):
        await eventually(lambda: consumer.caught_up(1))
    assert await ground.rows("SELECT bell_id FROM rings") == [("bell 1",)]
    assert await ground.rows("SELECT key, length(payload) FROM parked_event") == [("bell 0", len(large))]
