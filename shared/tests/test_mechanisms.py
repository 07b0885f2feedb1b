"""Each mechanism of the backbone is there for a loss: here it is taken out, and the loss is seen."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone import parking, replay
from backbone import relay as relay_module
from backbone.errors import TellingBroken
from backbone.kafka import Record
from backbone.kafka_client import KafkaProducer
from backbone.service import AskedKey, Batch, Host, Reply, Tx, asked
from backbone.testing_support import eventually
from shared.tests import jars
from shared.tests.bells import Ring, Rung, hang
from shared.tests.grounds import Ground, running
from shared.tests.records import sent_until

PARKED_A = ("on_marbles_sent", jars.SENT.name, "a")
TOLD = text("SELECT told FROM bells WHERE bell_id = :bell_id")
SAVE = text("UPDATE bells SET told = :told WHERE bell_id = :bell_id")


@pytest.fixture
async def host(engine: AsyncEngine) -> Host:
    """A host of the jars on an empty database."""
    return await jars.host_on(engine)


def unguarded(self: Tx, owner: tuple[str, str], fact: object) -> int:
    """The count before this transaction, whether or not its row is held and written."""
    return self._owned.get(owner, 0)


async def sequences(ground: Ground) -> list[int]:
    """The sequences of the facts that wait, in the order in which they will be sent."""
    found = await ground.rows("SELECT headers FROM outbox ORDER BY id")
    return [int(dict(msgspec.json.decode(headers))["ce_sequence"]) for (headers,) in found]


async def two_ring_without_the_lock(ground: Ground) -> list[Any]:
    """Two transactions read the same bell's count without its lock, then both tell of a ring."""
    both = asyncio.Barrier(2)

    async def careless(commands: Batch[Ring], tx: Tx) -> list[None]:
        (command,) = commands
        told = (await tx.sql.execute(TOLD, {"bell_id": command.bell_id})).scalar_one()
        await both.wait()
        tx.emit(Rung(command.bell_id, told + 1))
        await tx.sql.execute(SAVE, {"bell_id": command.bell_id, "told": told + 1})
        return [None]

    await ground.host.do(hang, ["a"])
    return await asyncio.gather(
        *(ground.host.do(careless, Ring("a")) for _ in range(2)), return_exceptions=True
    )


async def test_who_tells_without_the_lock_is_refused(ground: Ground) -> None:
    refused = await two_ring_without_the_lock(ground)
    assert [type(each) for each in refused] == [TellingBroken, TellingBroken]
    assert await sequences(ground) == []
    assert await ground.rows("SELECT told FROM bells") == [(0,)]


async def test_without_the_lock_first_rule_two_facts_are_both_the_first(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tx, "_base_of", unguarded)
    await two_ring_without_the_lock(ground)
    assert await sequences(ground) == [1, 1]
    assert await ground.rows("SELECT told FROM bells") == [(1,)]


async def test_without_the_told_count_a_sequence_comes_twice(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def tells_after_saving(commands: Batch[Ring], tx: Tx) -> list[int]:
        answer = await ground.tower.ring(commands, tx)
        tx.emit(Rung(commands[0].bell_id, 2))
        return answer

    await ground.host.do(hang, ["a"])
    with pytest.raises(TellingBroken, match="not saved after it"):
        await ground.host.do(tells_after_saving, Ring("a"))
    assert await sequences(ground) == []

    monkeypatch.setattr(Tx, "_base_of", unguarded)
    await ground.host.do(tells_after_saving, Ring("a"))
    monkeypatch.undo()
    await ground.host.do(ground.tower.ring, Ring("a"))
    assert await sequences(ground) == [1, 2, 2]


async def sent_by_two_relays(ground: Ground, at_work: int) -> list[int]:
    """What two relays send of five facts, when `at_work` of them have read them before any was sent."""
    arrived = 0
    gate = asyncio.Event()

    class Meeting(KafkaProducer):
        async def send(self, topic: str, partition: int, records: Iterable[Record]) -> None:
            nonlocal arrived
            arrived += 1
            if arrived == at_work:
                gate.set()
            await gate.wait()
            await super().send(topic, partition, records)

    await ground.host.do(hang, ["a"])
    await ground.host.do(ground.tower.ring, Ring("a", 5))
    one, other = (ground.relay(lambda: Meeting(ground.access)) for _ in range(2))
    async with running(one, other):
        await eventually(lambda: ground.empty(), of="an empty outbox")
    return [sequence for _, sequence, _ in await sent_until(ground, 5 * at_work)]


async def test_with_its_lock_one_of_two_relays_sends(ground: Ground) -> None:
    assert await sent_by_two_relays(ground, 1) == [1, 2, 3, 4, 5]
    await ground.host.do(ground.tower.ring, Ring("a"))
    async with running(ground.relay()):
        await eventually(lambda: ground.empty())
    assert [sequence for _, sequence, _ in await sent_until(ground, 6)] == [1, 2, 3, 4, 5, 6]


async def test_without_the_relays_lock_every_fact_is_sent_by_each(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def always(connection: object, shard: int) -> bool:
        return True

    monkeypatch.setattr(relay_module, "locked", always)
    assert sorted(await sent_by_two_relays(ground, 2)) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


async def three_with_the_first_too_early(host: Host) -> None:
    """The first of three comes before its jar, the others after it."""
    await host.hear([jars.sent("a", 1)])
    await host.do(jars.open_jar, jars.OpenJar("a"))
    await host.hear([jars.sent("a", 2), jars.sent("a", 3)])


async def test_a_parked_key_keeps_its_order_until_it_is_replayed(host: Host) -> None:
    await three_with_the_first_too_early(host)
    assert await jars.history(host) == ""
    await replay.replay(host, PARKED_A)
    assert await jars.history(host) == "1,2,3,"


async def test_without_the_queue_of_a_parked_key_later_facts_overtake(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing_is_parked(sql: object, keys: Iterable[parking.ParkedKey]) -> set[parking.ParkedKey]:
        return set()

    monkeypatch.setattr(parking, "lock_parked", nothing_is_parked)
    await three_with_the_first_too_early(host)
    monkeypatch.undo()
    await replay.replay(host, PARKED_A)
    assert await jars.history(host) == "2,3,1,"


async def consumer_meets_replay(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """A consumer has found the key parked and has not queued its fact yet, when a replay of the key begins."""
    found, on = asyncio.Event(), asyncio.Event()
    add_parked = parking.add_parked

    async def slowly(sql: Any, waiting: Sequence[parking.Waiting]) -> None:
        found.set()
        await on.wait()
        await add_parked(sql, waiting)

    await host.hear([jars.sent("a", 1)])
    await host.do(jars.open_jar, jars.OpenJar("a"))
    monkeypatch.setattr(parking, "add_parked", slowly)
    consumer = asyncio.create_task(host.hear([jars.sent("a", 2)]))
    await found.wait()
    player = asyncio.create_task(replay.replay(host, PARKED_A))
    await eventually(lambda: _done_or_waiting(host, player), of="a replay that waits or is done")
    on.set()
    await asyncio.gather(consumer, player)


async def _done_or_waiting(host: Host, player: asyncio.Task[Any]) -> bool:
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return player.done() or bool(await jars.rows(host, waiting))


async def test_replay_waits_for_a_consumer_that_is_about_to_queue(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    await consumer_meets_replay(host, monkeypatch)
    assert await jars.history(host) == "1,2,"
    assert await jars.rows(host, "SELECT 1 FROM parked_event") == []


async def test_without_the_lock_on_a_parked_key_a_fact_is_left_in_a_queue_that_nobody_replays(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked = text(parking.LOCK_KEYS.text.replace("FOR UPDATE OF parked_key", ""))
    monkeypatch.setattr(parking, "LOCK_KEYS", unlocked)
    await consumer_meets_replay(host, monkeypatch)
    assert await jars.history(host) == "1,"
    assert len(await jars.rows(host, "SELECT 1 FROM parked_event")) == 1
    assert await jars.rows(host, "SELECT 1 FROM parked_key") == []


async def test_without_the_row_of_its_key_a_command_takes_effect_twice(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forget(sql: object, replies: object) -> None:
        return None

    async def ask() -> Reply:
        return await host.do(
            jars.put_asked,
            jars.PutMarbles("a", 7),
            key=AskedKey("ann", "put", "k", b"body"),
            reply=lambda count: Reply(200, {}, str(count).encode()),
        )

    await host.do(jars.open_jar, jars.OpenJar("a"))
    monkeypatch.setattr(asked, "keep", forget)
    assert [(await ask()).body, (await ask()).body] == [b"7", b"14"]
    monkeypatch.undo()
    assert [(await ask()).body, (await ask()).body] == [b"21", b"21"]
    assert await jars.held(host) == {"a": 21}
