"""The relay on a real PostgreSQL and a real Kafka: order, one at a time, nothing lost when it dies anywhere."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Sequence
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from backbone import relay as relay_module
from backbone.kafka import Record, SendFailed
from backbone.kafka_client import KafkaProducer
from backbone.sending import send_rows
from backbone.service import Batch, Tx
from backbone.testing_support import eventually
from shared.tests.bells import Ring, Silenced, hang
from shared.tests.grounds import Ground, running
from shared.tests.records import first_of_each, sent_until


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
        await eventually(lambda: ground.empty(), of="an empty outbox")
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
        await eventually(lambda: ground.empty())
    assert [sequence for _, sequence, _ in found] == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]
    assert len({headers["ce_id"] for _, _, headers in found}) == 5
    assert await ground.count("facts") == 5


async def test_a_relay_that_moves_before_it_sends_loses_what_was_in_between(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ground.host.do(hang, ["a"])
    await ground.host.do(ground.tower.ring, Ring("a", 5))
    dead = True

    async def moved_first(producer: Any, rows: Any, seconds: float) -> None:
        nonlocal dead
        if dead:
            connection = await asyncpg.connect(ground.dsn)
            await connection.fetch(relay_module.MOVE, 0, [row["id"] for row in rows], [])
            await connection.close()
            dead = False
            raise SendFailed("died here")
        await send_rows(producer, rows, seconds)

    monkeypatch.setattr(relay_module, "send_rows", moved_first)
    async with running(ground.relay(told=ground.host.told)):
        await eventually(lambda: ground.empty())
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
        await eventually(lambda: ground.empty())
    assert [row[0] for row in await ground.rows("SELECT key FROM facts ORDER BY position")] == ["a", "a"]


async def test_personal_data_is_sent_and_kept_out_of_the_log(ground: Ground) -> None:
    await ground.host.do(ground.tower.silence, Silenced("a", "Ann Example"))
    async with running(ground.relay()):
        await sent_until(ground, 1, ground.tower.private.name)
        await eventually(lambda: ground.empty())
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


async def _set(ground: Ground, statement: str) -> None:
    async with ground.host.engine.begin() as sql:
        await sql.execute(text(statement))
