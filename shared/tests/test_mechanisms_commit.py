"""The connection is lost inside COMMIT, before or after it lasts: the same key tells which, and nothing doubles."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.errors import Unavailable
from backbone.service import AskedKey, Host, Reply, asked
from backbone.service import told as told_module
from backbone.service.database import connect, plain_url
from backbone.testing_support import eventually
from shared.tests import jars
from shared.tests.cut import Wire, wire_to

GATE = 4711
# Deferred: it runs inside COMMIT, and waits there for as long as somebody holds the gate.
AT_COMMIT = f"""
    CREATE FUNCTION wait_at_commit() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock_shared({GATE}); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER at_commit AFTER UPDATE ON jars DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION wait_at_commit()
"""
IN_COMMIT = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
    "AND query = 'COMMIT;' AND wait_event = 'advisory'"
)


@dataclass
class Place:
    """A host whose wire to its database can be cut, and a connection around that wire."""

    host: Host
    wire: Wire
    aside: asyncpg.Connection

    async def put(self, key: str | None, count: int = 7) -> bytes:
        """Put marbles into the jar with a key, or without; the answer's body."""
        given = await self.host.do(
            jars.put_asked,
            jars.PutMarbles("a", count),
            key=AskedKey("ann", "put", key, b"body") if key else None,
            reply=lambda held: Reply(200, {}, str(held).encode()),
        )
        return given.body

    async def killed_in_commit(self, work: asyncio.Task[object]) -> None:
        """End the session of `work` while it waits inside COMMIT."""
        await eventually(lambda: self.aside.fetchval(IN_COMMIT), of="a session inside COMMIT")
        # The next one passes: the gate is opened before the dead session could have gone on.
        await self.aside.execute(
            f"SELECT pg_terminate_backend(pid, 5000) FROM ({IN_COMMIT}) AS waiting; SELECT pg_advisory_unlock({GATE})"
        )
        await asyncio.wait({work})


@pytest.fixture
async def place(empty_database: str, engine: AsyncEngine) -> AsyncIterator[Place]:
    await (await jars.host_on(engine)).do(jars.open_jar, jars.OpenJar("a"))
    aside = await asyncpg.connect(plain_url(empty_database))
    async with wire_to(empty_database) as (wire, dsn):
        cuttable = connect(dsn, name="test", pool=4)
        yield Place(await jars.host_on(cuttable), wire, aside)
        await cuttable.dispose()
    await aside.close()


async def test_a_session_ended_inside_commit_leaves_nothing_and_the_same_key_takes_effect_once(
    place: Place,
) -> None:
    await place.aside.execute(AT_COMMIT + f"; SELECT pg_advisory_lock({GATE})")
    asking = asyncio.create_task(place.put("k"))
    await place.killed_in_commit(asking)
    with pytest.raises(Unavailable, match="same key"):
        await asking
    assert await jars.held(place.host) == {"a": 0}
    assert [await place.put("k"), await place.put("k")] == [b"7", b"7"]
    assert await jars.held(place.host) == {"a": 7}


async def test_an_answer_lost_after_commit_is_given_from_its_key_at_once(place: Place) -> None:
    place.wire.cut_after_commits = 1
    assert await place.put("k") == b"7"
    assert place.wire.cuts == 1
    assert await place.put("k") == b"7"
    assert await jars.held(place.host) == {"a": 7}


async def test_when_the_look_for_the_key_is_cut_as_well_the_same_key_still_tells(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(sql: object, key: AskedKey) -> Reply | None:
        monkeypatch.undo()
        raise ConnectionResetError("cut again")

    resolve = asked.resolve_lost

    async def cut_again(host: Host, key: AskedKey | None, failure: Exception) -> Reply:
        monkeypatch.setattr(asked, "claim", away)
        return await resolve(host, key, failure)

    monkeypatch.setattr(asked, "resolve_lost", cut_again)
    place.wire.cut_after_commits = 1
    with pytest.raises(Unavailable):
        await place.put("k")
    assert await place.put("k") == b"7"
    assert await jars.held(place.host) == {"a": 7}


async def test_without_a_key_who_asks_again_after_the_loss_gets_a_second_effect(place: Place) -> None:
    place.wire.cut_after_commits = 1
    with pytest.raises(Unavailable):
        await place.put(None)
    assert await place.put(None) == b"14"


async def hear_with_a_cut(place: Place) -> None:
    place.wire.cut_after_commits = 1
    await place.host.hear([jars.sent("a", 1), jars.sent("a", 2)])
    assert place.wire.cuts == 1


async def test_a_told_batch_whose_commit_was_cut_counts_once(place: Place) -> None:
    await hear_with_a_cut(place)
    assert await jars.history(place.host) == "1,2,"
    assert await jars.rows(place.host, "SELECT 1 FROM parked_key") == []


async def test_without_the_inbox_a_told_batch_whose_commit_was_cut_counts_twice(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def everything_is_new(sql: object, seen: list[tuple[str, str]]) -> set[tuple[str, str]]:
        return set(seen)

    monkeypatch.setattr(told_module, "add_unseen", everything_is_new)
    await hear_with_a_cut(place)
    assert await jars.history(place.host) == "1,2,1,2,"


async def test_a_told_batch_ended_inside_commit_is_repeated_in_place(place: Place) -> None:
    await place.aside.execute(AT_COMMIT + f"; SELECT pg_advisory_lock({GATE})")
    hearing = asyncio.create_task(place.host.hear([jars.sent("a", 1), jars.sent("a", 2)]))
    await place.killed_in_commit(hearing)
    await hearing
    assert await jars.history(place.host) == "1,2,"


async def test_a_consumer_that_gives_up_a_batch_whose_commit_then_fails_is_rid_of_it(place: Place) -> None:
    await place.aside.execute(AT_COMMIT + f"; SELECT pg_advisory_lock({GATE})")
    hearing = asyncio.create_task(place.host.hear([jars.sent("a", 1)]))
    await eventually(lambda: place.aside.fetchval(IN_COMMIT), of="a session inside COMMIT")
    hearing.cancel()
    await place.killed_in_commit(hearing)
    assert hearing.cancelled()
    assert await jars.history(place.host) == ""
