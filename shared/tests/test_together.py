"""Asks that arrive together share a transaction, and each gets its own answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.errors import KeyInUse, KeyReused, NotFound, Refused
from backbone.service import AskedKey, Batch, Host, Reply, Tx, answered, asking, together
from backbone.service.database import plain_url
from backbone.testing_support import eventually
from shared.tests import jars
from shared.tests.jars import PutMarbles

WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
COUNT = 10


@together
async def put_each(commands: Batch[PutMarbles], tx: Tx) -> list[int | Refused]:
    """Put marbles into jars; a jar that is not there is unknown to its caller alone. Thirteen are bad luck for all."""
    rows = await tx.sql.execute(jars.LOCK, {"ids": sorted({command.jar_id for command in commands})})
    held = {row.jar_id: row.marbles for row in rows}
    tx.locked(jars.COUNTED, {row.jar_id: row.told for row in rows})
    answers = [answered(partial(_put, tx, held, command)) for command in commands]
    saved = {"jar_id": list(held), "marbles": list(held.values()), "added": [""] * len(held)}
    await tx.sql.execute(jars.SAVE, {**saved, "told": [tx.tells(jars.COUNTED, jar_id) for jar_id in held]})
    return answers


def _put(tx: Tx, held: dict[str, int], command: PutMarbles) -> int:
    if command.count == 13:
        raise ValueError("thirteen")
    if command.jar_id not in held:
        raise NotFound(f"no jar {command.jar_id}")
    held[command.jar_id] += command.count
    tx.emit(jars.MarblesCounted(command.jar_id, held[command.jar_id]), because=command)
    return held[command.jar_id]


@pytest.fixture
async def host(engine: AsyncEngine) -> Host:
    """A host of the jars, and one jar."""
    host = await jars.host_on(engine)
    await host.do(jars.open_jar, jars.OpenJar("a"))
    return host


def ask(
    host: Host, key: str, *, jar: str = "a", count: int = 1, body: bytes = b"body"
) -> Coroutine[Any, Any, Reply]:
    """Marbles for a jar, with a key."""
    return host.do(
        put_each,
        PutMarbles(jar, count),
        key=AskedKey("ann", "put", key, body),
        reply=lambda held: Reply(200, {}, str(held).encode()),
    )


@asynccontextmanager
async def jar_held(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """The jar's row is held by somebody, so that whoever asks has to wait; the connection that looks on."""
    aside, holder = [await asyncpg.connect(plain_url(dsn)) for _ in range(2)]
    holding = holder.transaction()
    await holding.start()
    await holder.execute("SELECT 1 FROM jars FOR UPDATE")
    yield aside
    await holding.rollback()
    await holder.close()
    await aside.close()


async def waiting(aside: asyncpg.Connection) -> bool:
    """Whether a transaction waits for the jar."""
    return bool(await aside.fetchval(WAITING))


async def gathered(dsn: str, first: Coroutine[Any, Any, Reply], *others: Coroutine[Any, Any, Reply]) -> Any:
    """The answers to asks of which all but the first arrive while that one's transaction is under way."""
    async with jar_held(dsn) as aside:
        early = asyncio.create_task(first)
        await eventually(lambda: waiting(aside), of="a transaction that waits for the jar")
        late = [asyncio.create_task(other) for other in others]
        # A round of the loop, in which all of them are asked.
        await asyncio.gather(*(asyncio.to_thread(lambda: None) for _ in late))
    return await asyncio.gather(early, *late, return_exceptions=True)


async def transactions(host: Host) -> int:
    """How many transactions told of jars."""
    ((count,),) = await jars.rows(host, "SELECT count(DISTINCT CAST(xmin AS text)) FROM outbox")
    return int(count)


async def test_asks_that_arrive_together_share_a_transaction(host: Host, empty_database: str) -> None:
    answers = await gathered(empty_database, *(ask(host, f"k{number}") for number in range(COUNT)))
    assert sorted(int(answer.body) for answer in answers) == list(range(1, COUNT + 1))
    assert await jars.held(host) == {"a": COUNT}
    # One opened the jar, one served the first, one all others.
    assert await transactions(host) == 3
    assert await asyncio.gather(*(ask(host, f"k{number}") for number in range(COUNT))) == answers
    assert await jars.held(host) == {"a": COUNT}


async def test_without_it_each_has_its_own(
    host: Host, empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "ASKS_TOGETHER_MAX", 1)
    await gathered(empty_database, *(ask(host, f"k{number}") for number in range(COUNT)))
    assert await jars.held(host) == {"a": COUNT}
    assert await transactions(host) == 1 + COUNT


async def test_one_that_is_refused_is_refused_alone_and_its_key_keeps_that(
    host: Host, empty_database: str
) -> None:
    asked = (ask(host, "first"), ask(host, "no", jar="b"), ask(host, "yes"))
    first, no, yes = await gathered(empty_database, *asked)
    assert (first.body, no.status, yes.body) == (b"1", 404, b"2")
    assert await transactions(host) == 3
    await host.do(jars.open_jar, jars.OpenJar("b"))
    assert await ask(host, "no", jar="b") == no
    assert await jars.held(host) == {"a": 2, "b": 0}


async def test_without_a_key_a_refusal_is_raised(host: Host) -> None:
    with pytest.raises(NotFound):
        await host.do(put_each, PutMarbles("b", 1))
    assert await host.do(put_each, PutMarbles("a", 2)) == 2


async def test_a_failure_of_one_leaves_the_others_their_effect(host: Host, empty_database: str) -> None:
    others = (ask(host, "k1"), ask(host, "unlucky", count=13), ask(host, "k2"))
    first, one, unlucky, two = await gathered(empty_database, ask(host, "k0"), *others)
    assert (first.body, sorted([one.body, two.body])) == (b"1", [b"2", b"3"])
    assert isinstance(unlucky, ValueError)
    assert await jars.held(host) == {"a": 3}


async def test_one_key_many_times_at_once_is_one_effect(host: Host, empty_database: str) -> None:
    answers = await gathered(empty_database, ask(host, "other"), *(ask(host, "k") for _ in range(COUNT)))
    assert await jars.held(host) == {"a": 2}
    assert all(isinstance(each, KeyInUse) or each.body == b"2" for each in answers[1:])
    assert (await ask(host, "k")).body == b"2"


async def test_a_key_with_another_body_is_told_alone(host: Host, empty_database: str) -> None:
    await ask(host, "k")
    others = (ask(host, "k", body=b"other"), ask(host, "k2"))
    first, reused, new = await gathered(empty_database, ask(host, "k1"), *others)
    assert isinstance(reused, KeyReused)
    assert (first.body, new.body) == (b"2", b"3")


async def test_one_after_the_other_is_served_at_once(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "AT_ONCE_COUNT_MAX", 1)
    async with asyncio.timeout(20):
        bodies = [(await ask(host, f"k{number}")).body for number in range(COUNT)]
    assert bodies == [str(number).encode() for number in range(1, COUNT + 1)]


async def test_who_goes_away_before_its_turn_has_no_effect(host: Host, empty_database: str) -> None:
    async with jar_held(empty_database) as aside:
        served = [asyncio.create_task(ask(host, "k0"))]
        await eventually(lambda: waiting(aside), of="a transaction that waits for the jar")
        # The second transaction waits, too; who asks now waits for the first to end.
        served.append(asyncio.create_task(ask(host, "k1")))
        await eventually(lambda: aside.fetchval(f"SELECT ({WAITING}) = 2"), of="two that wait")
        leaving = asyncio.create_task(ask(host, "k2"))
        await asyncio.to_thread(lambda: None)
        leaving.cancel()
        await asyncio.wait({leaving})
    await asyncio.gather(*served)
    assert leaving.cancelled()
    assert await jars.held(host) == {"a": 2}
    assert (await ask(host, "k2")).body == b"3"
