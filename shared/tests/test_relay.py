"""The relay on a real PostgreSQL and a real Kafka: order, one at a time, nothing lost when it dies anywhere."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.partitioner import DefaultPartitioner
from sqlalchemy import text

from backbone import relay as relay_module
from backbone.kafka import Record, SendFailed, UnsafeClient
from backbone.kafka_client import KafkaConsumer, KafkaProducer
from backbone.partition import partition_of
from backbone.relay import Relay
from backbone.service import Batch, Tx
from backbone.testing_support import eventually
from shared.tests.bells import Ring, Silenced, hang
from shared.tests.conftest import Ground

OLD_SESSIONS = (
    "SELECT pid FROM pg_stat_activity WHERE application_name LIKE '% relay' "
    "AND datname = current_database() AND backend_start < now() - interval '2 s'"
)


@asynccontextmanager
async def running(*relays: Relay) -> AsyncIterator[None]:
    """Relays that run until the block ends."""
    tasks = [asyncio.create_task(relay.run()) for relay in relays]
    try:
        yield
    finally:
        for relay in relays:
            relay.stop()
        await asyncio.wait_for(asyncio.gather(*tasks), 20)


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


async def ring_all(ground: Ground, bells: Sequence[str], writers: int, rings: int) -> None:
    """Ring every bell from many writers at once, each transaction open for a random while."""
    await ground.host.do(hang, list(bells))

    async def write(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(rings):

            async def ring_slowly(commands: Batch[Ring], tx: Tx) -> list[int]:
                answer = await ground.tower.ring(commands, tx)
                await tx.sql.execute(text("SELECT pg_sleep(:s)"), {"s": chance.random() / 200})
                return answer

            await ground.host.do(ring_slowly, Ring(chance.choice(bells), chance.randint(1, 3)))

    await asyncio.gather(*(write(seed) for seed in range(writers)))


async def test_order_per_key_holds_with_eight_writers(ground: Ground) -> None:
    async with running(ground.relay(told=ground.host.told)):
        await ring_all(ground, ["a", "b", "c", "d", "e"], writers=8, rings=25)
        await eventually(lambda: _empty(ground), of="an empty outbox")
    told = dict(await ground.rows("SELECT bell_id, told FROM bells"))
    found = await sent_until(ground, sum(told.values()))
    assert {key: len(sequences) for key, sequences in first_of_each(found).items()} == told
    assert all(sequences == sorted(sequences) for sequences in first_of_each(found).values())
    assert len(found) == sum(told.values())


async def test_rows_written_before_the_lock_break_the_order(ground: Ground) -> None:
    await ground.host.do(hang, ["a"])
    insert = "INSERT INTO outbox (event_id, topic, key, headers, payload) VALUES (gen_random_uuid(), $1, 'a', $2, 'x')"
    lock = "SELECT told FROM bells WHERE bell_id = 'a' FOR UPDATE"
    one, other = await asyncpg.connect(ground.dsn), await asyncpg.connect(ground.dsn)
    first, second = one.transaction(), other.transaction()
    await first.start()
    await second.start()
    # Both insert, the later one gets the row first: it is the first in truth and the second in the outbox.
    await one.execute(insert, ground.tower.rings.name, '[["ce_sequence","2"]]')
    await other.execute(insert, ground.tower.rings.name, '[["ce_sequence","1"]]')
    await other.execute(lock)
    await second.commit()
    await one.execute(lock)
    await first.commit()
    await asyncio.gather(one.close(), other.close())
    async with running(ground.relay()):
        assert first_of_each(await sent_until(ground, 2)) == {"a": [2, 1]}


def test_a_key_goes_where_every_kafka_client_sends_it() -> None:
    chance = random.Random(1)
    keys = ["", *("".join(chance.choices("abcé-0", k=length)) for length in range(1, 300))]
    partitions = list(range(12))
    for key in keys:
        assert partition_of(key, 12) == DefaultPartitioner()(key.encode(), partitions, partitions)


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
            await eventually(lambda: _empty(ground))
    assert await ground.count("facts") == 1


async def test_a_relay_that_dies_between_send_and_move_sends_again_and_loses_nothing(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ground.host.do(hang, ["a"])
    await ground.host.do(ground.tower.ring, Ring("a", 5))
    left = 1

    def reached(point: str) -> None:
        nonlocal left
        if point == "relay.sent" and left:
            left -= 1
            raise ConnectionResetError("died here")

    monkeypatch.setattr(relay_module, "reached", reached)
    async with running(ground.relay()):
        found = await sent_until(ground, 10)
        await eventually(lambda: _empty(ground))
    assert [sequence for _, sequence, _ in found] == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]
    assert len({headers["ce_id"] for _, _, headers in found}) == 5
    assert await ground.count("facts") == 5


async def test_a_relay_that_moves_before_it_sends_loses_what_was_in_between(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ground.host.do(hang, ["a"])
    await ground.host.do(ground.tower.ring, Ring("a", 5))
    dead = True

    async def moved_first(self: Relay, producer: Any, rows: Any) -> None:
        nonlocal dead
        if dead:
            connection = await asyncpg.connect(ground.dsn)
            await connection.fetch(relay_module.MOVE, 0, [row["id"] for row in rows], [])
            await connection.close()
            dead = False
            raise SendFailed("died here")
        await sending(self, producer, rows)

    sending = Relay._send
    monkeypatch.setattr(Relay, "_send", moved_first)
    async with running(ground.relay(told=ground.host.told)):
        await eventually(lambda: _empty(ground))
        await ground.host.do(ground.tower.ring, Ring("a"))
        assert [sequence for _, sequence, _ in await sent_until(ground, 1)] == [6]


async def test_after_a_failed_send_a_new_producer_reads_again(ground: Ground) -> None:
    await ground.host.do(hang, ["a"])
    await ground.host.do(ground.tower.ring, Ring("a", 3))
    made: list[KafkaProducer] = []

    class Failing(KafkaProducer):
        async def send(self, topic: str, partition: int, records: Iterable[Record]) -> None:
            if len(made) < 3:
                raise SendFailed("not this time")
            await super().send(topic, partition, records)

    def producer() -> KafkaProducer:
        made.append(Failing(ground.access))
        return made[-1]

    async with running(ground.relay(producer)):
        assert [sequence for _, sequence, _ in await sent_until(ground, 3)] == [1, 2, 3]
    assert len(made) == 3


async def test_a_cut_connection_ends_the_round_and_nothing_else(ground: Ground) -> None:
    await ground.host.do(hang, ["a"])
    relay = ground.relay()
    async with running(relay):
        await eventually(lambda: relay.active)
        await ground.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '% relay' "
            "AND datname = current_database()"
        )
        await ground.host.do(ground.tower.ring, Ring("a", 2))
        assert [sequence for _, sequence, _ in await sent_until(ground, 2)] == [1, 2]
        await eventually(lambda: _empty(ground))
    assert [row[0] for row in await ground.rows("SELECT key FROM facts ORDER BY position")] == ["a", "a"]


async def test_personal_data_is_sent_and_kept_out_of_the_log(ground: Ground) -> None:
    await ground.host.do(ground.tower.silence, Silenced("a", "Ann Example"))
    async with running(ground.relay()):
        await sent_until(ground, 1, ground.tower.private.name)
        await eventually(lambda: _empty(ground))
    ((payload,),) = await ground.rows("SELECT payload FROM facts")
    assert b"Ann" not in payload
    assert b"sha256" in payload


async def test_a_batch_larger_than_one_request_keeps_its_order(ground: Ground) -> None:
    await ground.host.do(hang, ["a"])
    await ground.host.do(ground.tower.ring, Ring("a", 50))
    await _set(ground, "UPDATE outbox SET payload = convert_to(repeat(md5(random()::text), 1000), 'UTF8')")
    async with running(ground.relay()):
        found = await sent_until(ground, 50)
    assert [sequence for _, sequence, _ in found] == list(range(1, 51))


@pytest.mark.parametrize("option", [{"acks": 1}, {"enable_idempotence": False}, {"transactional_id": "t"}])
async def test_a_producer_that_may_lose_facts_is_refused(ground: Ground, option: dict[str, Any]) -> None:
    with pytest.raises(UnsafeClient):
        ground.producer(**option)


@pytest.mark.parametrize(
    "option",
    [
        {"enable_auto_commit": True},
        {"auto_offset_reset": "latest"},
        {"partition_assignment_strategy": ()},
    ],
)
def test_a_consumer_that_may_lose_facts_is_refused(option: dict[str, Any]) -> None:
    with pytest.raises(UnsafeClient):
        KafkaConsumer(None, "g", ["t"], **option)  # type: ignore[arg-type]


async def _empty(ground: Ground) -> bool:
    return await ground.count("outbox") == 0


async def _set(ground: Ground, statement: str) -> None:
    async with ground.host.engine.begin() as sql:
        await sql.execute(text(statement))
