"""A parked key heals by itself: no trouble of the moment makes a fact poison, and nothing that wakes it is missed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone import parking, replay
from backbone.clock import SteppedClock
from backbone.errors import NeedsMore, VersionMoved
from backbone.service import Batch, Host, Tx
from backbone.service.database import connect
from backbone.testing_support import eventually
from shared.tests import jars

KEY = ("on_marbles_sent", jars.SENT.name, "a")
NOWHERE = "postgresql://postgres@127.0.0.1:1/none"
NEXT_TRY = "SELECT attempts, next_at < now() + interval '1 second' FROM parked_key"


@pytest.fixture
async def host(engine: AsyncEngine) -> Host:
    """A host on whose database two facts of one jar wait, which has come since."""
    found = await jars.host_on(engine)
    await found.hear([jars.sent("a", 1), jars.sent("a", 2)])
    return found


@contextmanager
def handled_by(host: Host, handler: Any) -> Iterator[None]:
    """The subscription with another handler."""
    subscription = host.service.subscriptions[0]
    object.__setattr__(subscription, "handler", handler)
    try:
        yield
    finally:
        object.__setattr__(subscription, "handler", jars.put_marbles)


async def test_a_version_that_moved_during_a_replay_is_no_fault_of_the_fact(host: Host) -> None:
    tries = 0

    async def overtaken(commands: Batch[Any], tx: Tx) -> list[int]:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise VersionMoved("somebody was faster")
        return await jars.put_marbles(commands, tx)

    await host.do(jars.open_jar, jars.OpenJar("a"))
    with handled_by(host, overtaken):
        assert await replay.replay(host, KEY) == replay.Replayed(KEY, 2)
    assert tries == 3
    assert await jars.history(host) == "1,2,"
    assert await jars.rows(host, "SELECT 1 FROM parked_key") == []


async def test_a_handler_that_needs_more_rows_gets_them_in_a_replay_too(host: Host) -> None:
    async def wide(commands: Batch[Any], tx: Tx) -> list[int]:
        if "b" not in tx.more:
            raise NeedsMore(["b"])
        return await jars.put_marbles(commands, tx)

    await host.do(jars.open_jar, jars.OpenJar("a"))
    with handled_by(host, wide):
        assert (await replay.replay(host, KEY)).handled == 2
    assert await jars.history(host) == "1,2,"


async def test_what_comes_while_a_try_fails_wakes_the_key(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    again_later = replay._again_later

    async def after_the_jar(host: Host, key: parking.ParkedKey, failure: Exception, cause: str) -> None:
        await host.do(jars.open_jar, jars.OpenJar("a"))
        async with host.begin() as tx:
            await parking.wake(tx.sql, ["a"])
        await again_later(host, key, failure, cause)

    async with host.begin() as tx:
        await tx.sql.execute(text("UPDATE parked_key SET attempts = 4, next_at = now()"))
    monkeypatch.setattr(replay, "_again_later", after_the_jar)
    assert await replay.retry_due(host) == 0
    assert await jars.rows(host, NEXT_TRY) == [(0, True)]
    assert await replay.retry_due(host) == 2
    assert await jars.history(host) == "1,2,"


async def test_a_key_that_is_being_tried_is_not_due_for_another_process(host: Host) -> None:
    async with host.begin() as tx:
        await tx.sql.execute(text("UPDATE parked_key SET attempts = 3, next_at = now()"))
    assert await replay._claimed(host, KEY)
    assert not await replay._claimed(host, KEY)
    assert await jars.rows(host, NEXT_TRY) == [(4, False)]


async def test_who_is_cancelled_while_its_database_is_away_does_not_say_for_ever_that_it_waits() -> None:
    engine = connect(NOWHERE, name="test", pool=4)
    host = Host(jars.SERVICE, engine, SteppedClock(jars.START))
    work = asyncio.create_task(host.hear([jars.sent("a", 1)]))
    await eventually(lambda: host.database_away, of="a host that waits")
    work.cancel()
    await asyncio.wait({work})
    assert work.cancelled()
    assert not host.database_away
    await engine.dispose()


async def test_what_is_told_of_a_thing_wakes_who_waits_for_it(host: Host) -> None:
    async def opened(commands: Batch[Any], tx: Tx) -> list[str]:
        return await jars.open_jar(tx.serve(Batch([jars.OpenJar("a")], commands.causes)), tx)

    async with host.begin() as tx:
        await tx.sql.execute(text("UPDATE parked_key SET attempts = 4, next_at = now() + interval '1 hour'"))
    assert await jars.rows(host, NEXT_TRY) == [(4, False)]
    # Another thing is heard of, and what comes of that is what is waited for.
    with handled_by(host, opened):
        await host.hear([jars.sent("b", 1)])
    assert await jars.rows(host, NEXT_TRY) == [(0, True)]
    assert await replay.retry_due(host) == 2
    assert await jars.history(host) == "1,2,"
