"""The one road into a service: do, hear, parking and replay on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from backbone import inbox, replay
from backbone.errors import Busy, KeyInUse, KeyReused, NotFound, TellingBroken
from backbone.ids import new_id, oldest_id
from backbone.service import AskedKey, Batch, Host, Reply, Tx
from backbone.service import told as told_module
from backbone.service.database import connect
from backbone.service.tasks import tasks_of
from backbone.service.told import waves

_spec = importlib.util.spec_from_file_location("jars_of_tests", Path(__file__).parent / "jars.py")
assert _spec is not None
assert _spec.loader is not None
jars = importlib.util.module_from_spec(_spec)
sys.modules["jars_of_tests"] = jars
_spec.loader.exec_module(jars)


@pytest.fixture
async def host(empty_database: str) -> AsyncIterator[Host]:
    engine = connect(empty_database, name="test", pool=8)
    yield await jars.host_on(engine)
    await engine.dispose()


async def rows(host: Host, statement: str, **values: Any) -> list[Any]:
    async with host.read() as sql:
        return [tuple(row) for row in await sql.execute(text(statement), values)]


async def marbles(host: Host) -> dict[str, int]:
    return dict(await rows(host, "SELECT jar_id, marbles FROM jars"))


async def test_an_asked_command_and_its_fact_and_deadline_are_committed_together(host: Host) -> None:
    await host.do(jars.open_jar, jars.OpenJar("a"))
    assert await host.do(jars.put_asked, jars.PutMarbles("a", 7)) == 7
    told = await rows(host, "SELECT key, headers FROM outbox ORDER BY id")
    assert [key for key, _ in told] == ["a", "a"]
    assert '"00000000000000000002"' in told[1][1]
    assert await rows(host, "SELECT kind, key FROM due") == [("dust", "a")]


async def test_a_failing_command_leaves_nothing(host: Host) -> None:
    await host.do(jars.open_jar, jars.OpenJar("a"))
    with pytest.raises(ValueError, match="thirteen"):
        await host.do(jars.put_asked, jars.PutMarbles("a", 13))
    assert await marbles(host) == {"a": 0}
    assert len(await rows(host, "SELECT 1 FROM outbox")) == 1


async def test_a_fact_is_told_only_under_a_row_that_the_transaction_owns(host: Host) -> None:
    async def careless(commands: Batch[Any], tx: Tx) -> list[None]:
        tx.emit(jars.MarblesCounted("nowhere", 1))
        return [None]

    with pytest.raises(TellingBroken, match="neither locked nor added"):
        await host.do(careless, object())


async def test_a_fact_told_after_its_row_was_saved_is_refused(host: Host) -> None:
    async def late(commands: Batch[Any], tx: Tx) -> list[None]:
        await jars.open_jar(Batch([jars.OpenJar("b")]), tx)
        tx.emit(jars.MarblesCounted("b", 1))
        return [None]

    with pytest.raises(TellingBroken):
        await host.do(late, object())


async def test_the_same_key_gives_the_same_answer_and_one_effect(host: Host) -> None:
    await host.do(jars.open_jar, jars.OpenJar("a"))
    key = AskedKey("ann", "put", "k1", b"body")

    def reply(count: int) -> Reply:
        return Reply(200, {"x": "y"}, str(count).encode())

    first = await host.do(jars.put_asked, jars.PutMarbles("a", 7), key=key, reply=reply)
    again = await host.do(jars.put_asked, jars.PutMarbles("a", 7), key=key, reply=reply)
    assert first == again == Reply(200, {"x": "y"}, b"7")
    assert await marbles(host) == {"a": 7}
    with pytest.raises(KeyReused):
        await host.do(
            jars.put_asked, jars.PutMarbles("a", 8), key=AskedKey("ann", "put", "k1", b"other"), reply=reply
        )


async def test_a_refusal_is_kept_as_the_answer_of_its_key(host: Host) -> None:
    key = AskedKey("ann", "put", "k2", b"body")
    first = await host.do(
        jars.put_asked, jars.PutMarbles("a", 7), key=key, reply=lambda n: Reply(200, {}, b"")
    )
    assert first.status == 404
    await host.do(jars.open_jar, jars.OpenJar("a"))
    again = await host.do(
        jars.put_asked, jars.PutMarbles("a", 7), key=key, reply=lambda n: Reply(200, {}, b"")
    )
    assert again == first
    with pytest.raises(NotFound):
        await host.do(jars.put_asked, jars.PutMarbles("z", 7))


async def test_of_many_requests_with_one_key_one_takes_effect(host: Host) -> None:
    await host.do(jars.open_jar, jars.OpenJar("a"))
    key = AskedKey("ann", "put", "k3", b"body")

    async def ask() -> object:
        try:
            return await host.do(
                jars.put_asked,
                jars.PutMarbles("a", 1),
                key=key,
                reply=lambda n: Reply(200, {}, str(n).encode()),
            )
        except (KeyInUse, Busy) as refusal:
            return refusal

    answers = await asyncio.gather(*(ask() for _ in range(20)))
    assert await marbles(host) == {"a": 1}
    assert all(isinstance(answer, KeyInUse | Busy) or answer == Reply(200, {}, b"1") for answer in answers)


async def test_a_record_heard_five_times_counts_once(host: Host) -> None:
    await host.do(jars.open_jar, jars.OpenJar("a"))
    records = [jars.sent("a", n) for n in (1, 2, 3)]
    for _ in range(5):
        await host.hear(records + records)
    assert await marbles(host) == {"a": 6}


async def test_without_the_inbox_a_record_heard_twice_counts_twice(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def everything_is_new(sql: object, seen: list[tuple[str, str]]) -> set[tuple[str, str]]:
        return set(seen)

    await host.do(jars.open_jar, jars.OpenJar("a"))
    monkeypatch.setattr(told_module, "add_unseen", everything_is_new)
    records = [jars.sent("a", 1)]
    await host.hear(records)
    await host.hear(records)
    assert await marbles(host) == {"a": 2}


async def test_one_poison_among_500_costs_at_most_40_transactions_and_blocks_its_key_alone(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in range(50):
        await host.do(jars.open_jar, jars.OpenJar(f"{name:02}"))
    records = [jars.sent(f"{n % 50:02}", 1) for n in range(500)]
    records[217] = jars.sent("17", 13)
    begin, begun = Host.begin, iter(range(500))
    monkeypatch.setattr(Host, "begin", lambda *one: (next(begun), begin(*one))[1])  # of this test alone
    await host.hear(records)
    assert 10 <= next(begun) <= 40
    counted = await marbles(host)
    assert counted.pop("17") == 4
    assert set(counted.values()) == {10}
    assert await rows(host, "SELECT key, kind, cause FROM parked_key") == [
        ("17", "poison", "ValueError: thirteen")
    ]
    assert len(await rows(host, "SELECT 1 FROM parked_event")) == 6


async def test_what_comes_too_early_waits_in_order_and_heals(host: Host) -> None:
    await host.hear([jars.sent("a", 1), jars.sent("a", 2)])
    await host.hear([jars.sent("a", 3)])
    assert await rows(host, "SELECT key, kind, waits_for FROM parked_key") == [("a", "not yet", "a")]
    await host.do(jars.open_jar, jars.OpenJar("a"))
    done = await replay.replay(host, ("on_marbles_sent", jars.SENT.name, "a"))
    assert (done.handled, done.stopped_by) == (3, None)
    assert await rows(host, "SELECT history FROM jars") == [("1,2,3,",)]
    assert await rows(host, "SELECT 1 FROM parked_key") == []
    await host.hear([jars.sent("a", 4)])
    assert await marbles(host) == {"a": 10}


async def test_replay_and_consumer_race_on_one_key_in_order(host: Host) -> None:
    await host.hear([jars.sent("a", 100)])
    await host.do(jars.open_jar, jars.OpenJar("a"))

    async def consume() -> None:
        for n in range(101, 160):
            await host.hear([jars.sent("a", n)])

    async def play() -> None:
        for _ in range(60):
            await replay.replay(host, ("on_marbles_sent", jars.SENT.name, "a"))

    await asyncio.gather(consume(), play())
    await replay.replay(host, ("on_marbles_sent", jars.SENT.name, "a"))
    assert await rows(host, "SELECT history FROM jars") == [("".join(f"{n}," for n in range(100, 160)),)]
    assert await rows(host, "SELECT 1 FROM parked_event") == []


async def test_an_unknown_major_version_and_an_undecodable_value_are_parked(host: Host) -> None:
    await host.do(jars.open_jar, jars.OpenJar("a"))
    await host.do(jars.open_jar, jars.OpenJar("b"))
    broken = jars.sent("b", 1)
    broken = type(broken)(broken.topic, 0, 1, "b", broken.headers, b"{", 1)
    await host.hear([jars.sent("a", 1, kind="v9"), broken])
    causes = dict(await rows(host, "SELECT key, cause FROM parked_key"))
    assert "no type that is known" in causes["a"]
    assert "does not decode" in causes["b"]


async def test_a_fact_that_kills_the_process_is_found_by_counting(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    async def killing(commands: Batch[Any], tx: Tx) -> list[int]:
        if any(command.count == 99 for command in commands):
            raise Killed
        return list(await jars.put_marbles(commands, tx))

    for name in "abc":
        await host.do(jars.open_jar, jars.OpenJar(name))
    subscription = host.service.subscriptions[0]
    object.__setattr__(subscription, "handler", killing)
    host.careful = True
    records = [jars.sent("a", 1), jars.sent("b", 99), jars.sent("c", 1)]
    try:
        for _ in range(3):
            with pytest.raises(Killed):
                await host.hear(records)
        await host.hear(records)
    finally:
        object.__setattr__(subscription, "handler", jars.put_marbles)
    assert await marbles(host) == {"a": 1, "b": 0, "c": 1}
    assert [key for (key,) in await rows(host, "SELECT key FROM parked_key")] == ["b"]


async def test_after_an_unclean_end_a_batch_may_hold_a_record_twice(host: Host) -> None:
    await host.do(jars.open_jar, jars.OpenJar("a"))
    host.careful = True
    records = [jars.sent("a", 1), jars.sent("a", 2)]
    await host.hear(records + records)
    assert await marbles(host) == {"a": 3}


async def test_two_hosts_with_overlapping_batches_end_at_the_same_sum(host: Host) -> None:
    for name in range(10):
        await host.do(jars.open_jar, jars.OpenJar(str(name)))
    records = [jars.sent(str(n % 10), 1) for n in range(200)]
    await asyncio.gather(*(host.hear(records[start:]) for start in (0, 50, 100, 0)))
    assert set((await marbles(host)).values()) == {20}
    assert set(await rows(host, "SELECT count(*) FROM outbox GROUP BY key")) == {(21,)}


def test_a_wave_keeps_each_keys_order_and_takes_one_subscription() -> None:
    records = [jars.sent("a", 1), jars.sent("b", 2), jars.sent("a", 3)]
    (wave,) = waves(tasks_of(jars.SERVICE, records))
    assert sorted((task.record.key, task.record.value) for task in wave) == sorted(
        (record.key, record.value) for record in records
    )


def test_a_record_without_an_id_gets_one_from_its_place() -> None:
    record = jars.sent("a", 1)
    bare = type(record)(record.topic, 3, 7, "a", (), record.value, 1_700_000_000_000)
    assert bare.event_id == bare.event_id
    assert bare.event_id[14] == "7"
    assert bare.event_id != new_id()


async def test_a_fact_older_than_the_inbox_remembers_is_parked_and_never_handled(host: Host) -> None:
    await host.do(jars.open_jar, jars.OpenJar("a"))
    await host.do(jars.open_jar, jars.OpenJar("b"))
    old = oldest_id(datetime.now(UTC) - timedelta(days=inbox.KEPT_DAYS, seconds=1))
    young = oldest_id(datetime.now(UTC) - timedelta(days=inbox.KEPT_DAYS, seconds=-60))
    await host.hear([jars.sent("a", 7, event_id=old), jars.sent("b", 7, event_id=young)])
    assert await marbles(host) == {"a": 0, "b": 7}
    ((key, cause),) = await rows(host, "SELECT key, cause FROM parked_key")
    assert (key, "older than the inbox remembers" in cause) == ("a", True)


async def test_the_inbox_forgets_what_no_fact_can_repeat_any_more(host: Host) -> None:
    await host.do(jars.open_jar, jars.OpenJar("a"))
    await host.hear([jars.sent("a", 1) for _ in range(20)])
    later = datetime.now(UTC) + timedelta(days=inbox.KEPT_DAYS, seconds=-60)
    async with host.begin() as tx:
        assert await inbox.drop_old(tx.sql, "on_marbles_sent", later) == 0
        assert await inbox.drop_old(tx.sql, "on_marbles_sent", later + timedelta(seconds=120)) == 20
    assert await rows(host, "SELECT 1 FROM inbox") == []
