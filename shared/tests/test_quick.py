"""Quick statements: the rows, the transaction and the failures are those of SQLAlchemy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import asyncpg
import pytest
from sqlalchemy import Column, Integer, MetaData, Table, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, MultipleResultsFound, NoResultFound
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from backbone.service import session as sessions
from backbone.service.database import Trouble, connect, plain_url, sqlstate_of, trouble_of
from backbone.service.quick import Rows

ADD = text("INSERT INTO beads (bead) VALUES (:bead)")
COUNT = text("SELECT count(*) FROM beads")
THREE = text("SELECT n AS number, 'b' AS name FROM generate_series(1, 3) AS n WHERE n <= :most")
ARRAYS = text("SELECT CAST(:numbers AS bigint[]) AS n, CAST(:moments AS timestamptz[]) AS m")
OTHERS = text("SELECT CAST(:beads AS bead[])")
SLEEP = text("SELECT pg_sleep(:seconds)")
beads = Table("beads", MetaData(), Column("bead", Integer, primary_key=True))


@pytest.fixture
async def engine(empty_database: str) -> AsyncIterator[AsyncEngine]:
    engine = connect(empty_database, name="test", pool=2)
    async with engine.begin() as sql:
        await sql.run_sync(beads.metadata.create_all)
    yield engine
    await engine.dispose()


async def test_rows_are_read_as_results_are(engine: AsyncEngine) -> None:
    async with engine.connect() as sql:
        rows: object = await sql.execute(THREE, {"most": 3})
        assert isinstance(rows, Rows)
        assert [(row.number, row.name) for row in rows] == [(1, "b"), (2, "b"), (3, "b")]
        assert rows.scalars().all() == [1, 2, 3]
        assert rows.first()._asdict() == {"number": 1, "name": "b"}
        with pytest.raises(MultipleResultsFound):
            rows.one_or_none()
        none = await sql.execute(THREE, {"most": 0})
        assert none.first() is none.one_or_none() is none.scalar_one_or_none() is None
        assert list(none) == none.all() == []
        with pytest.raises(NoResultFound):
            none.one()
        assert (await sql.execute(COUNT)).scalar_one() == 0


async def test_statements_that_are_not_plain_text_go_the_long_way(engine: AsyncEngine) -> None:
    async with engine.begin() as sql:
        await sql.execute(ADD, [{"bead": 1}, {"bead": 2}])
        assert (await sql.execute(select(beads.c.bead).order_by(beads.c.bead))).scalars().all() == [1, 2]


async def test_what_is_not_committed_is_rolled_back(engine: AsyncEngine) -> None:
    async with engine.connect() as sql:
        await sql.execute(ADD, {"bead": 1})
        assert sql.in_transaction()
    async with engine.connect() as sql:
        assert (await sql.execute(COUNT)).scalar_one() == 0
        await sql.execute(ADD, {"bead": 1})
        await sql.commit()
        await sql.execute(ADD, {"bead": 2})
        await sql.commit()
    async with engine.connect() as sql:
        assert (await sql.execute(COUNT)).scalar_one() == 2


async def test_a_connection_that_may_only_read_does_not_write(engine: AsyncEngine) -> None:
    async with engine.connect() as plain:
        sql = await plain.execution_options(postgresql_readonly=True)
        with pytest.raises(DBAPIError, match="read-only"):
            await sql.execute(ADD, {"bead": 1})


async def test_a_failure_is_the_one_that_sqlalchemy_raises(engine: AsyncEngine, empty_database: str) -> None:
    slow = create_async_engine(empty_database)
    raised = []
    for each in (engine, slow):
        async with each.connect() as sql:
            await sql.execute(ADD, {"bead": 7})
            with pytest.raises(IntegrityError) as failure:
                await sql.execute(ADD, {"bead": 7})
            raised.append((type(failure.value.orig), sqlstate_of(failure.value), failure.value.statement))
    await slow.dispose()
    assert raised[0] == raised[1]
    assert raised[0][1] == "23505"


async def test_a_connection_that_was_cut_leaves_the_pool(engine: AsyncEngine, empty_database: str) -> None:
    async with engine.connect() as sql:
        backend = (await sql.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        admin = await asyncpg.connect(plain_url(empty_database))
        await admin.execute("SELECT pg_terminate_backend($1, 5000)", backend)
        await admin.close()
        with pytest.raises(DBAPIError) as failure:
            await sql.execute(COUNT)
        assert trouble_of(failure.value) is Trouble.INFRASTRUCTURE
        assert sql.invalidated
    async with engine.connect() as sql:
        assert (await sql.execute(COUNT)).scalar_one() == 0


async def test_a_statement_that_is_cancelled_holds_nothing(engine: AsyncEngine) -> None:
    async def wait() -> None:
        async with engine.connect() as sql:
            await sql.execute(ADD, {"bead": 1})
            await sql.execute(SLEEP, {"seconds": 60})

    for _ in range(3):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(wait(), 0.2)
    async with engine.connect() as one, engine.connect() as other:
        assert (await one.execute(COUNT)).scalar_one() == (await other.execute(COUNT)).scalar_one() == 0
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_a_plan_follows_a_table_that_changes(engine: AsyncEngine) -> None:
    every = text("SELECT * FROM beads")
    async with engine.begin() as sql:
        await sql.execute(ADD, {"bead": 1})
        assert (await sql.execute(every)).one()._fields == ("bead",)
    async with engine.begin() as sql:
        await sql.execute(text("ALTER TABLE beads ADD COLUMN colour text"))
    await engine.dispose()
    async with engine.connect() as sql:
        assert (await sql.execute(every)).one()._fields == ("bead", "colour")


async def test_a_process_asks_once_what_the_servers_own_arrays_are_and_each_session_what_others_are(
    empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[set[int]] = []
    introspect = asyncpg.Connection._introspect_types  # type: ignore[attr-defined]  # private to the driver

    async def watched(session: asyncpg.Connection, oids: Sequence[int], timeout: float | None) -> object:
        asked.append(set(oids))
        return await introspect(session, oids, timeout)

    monkeypatch.setattr(asyncpg.Connection, "_introspect_types", watched)
    monkeypatch.setattr(sessions, "_said", {})
    for number in range(2):
        engine = connect(empty_database, name="test", pool=1)
        async with engine.begin() as sql:
            if not number:
                await sql.execute(text("CREATE TYPE bead AS ENUM ('red', 'blue')"))
            lists = {"numbers": [1, None], "moments": [datetime(2026, 3, 2, tzinfo=UTC)]}
            assert tuple((await sql.execute(ARRAYS, lists)).one()) == tuple(lists.values())
            assert (await sql.execute(OTHERS, {"beads": ["red"]})).scalar_one() == ["red"]
        await engine.dispose()
    own = [oids for oids in asked if max(oids) < sessions.OWN_TYPES_FROM]
    others = [oids for oids in asked if max(oids) >= sessions.OWN_TYPES_FROM]
    assert len(own) == 1
    assert len(others) == 2
