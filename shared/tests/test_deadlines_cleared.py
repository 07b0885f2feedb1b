"""Deadlines that are over: they are cleared by kind and key, and found by these however many there are."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import TextClause, text

from backbone.service import Batch, Tx, due
from backbone.service.tx import CLEAR_DUE
from backbone.testing_support import eventually
from shared.tests.bells import START
from shared.tests.grounds import Ground

HOUR = timedelta(hours=1)


async def set_all(commands: Batch[str], tx: Tx) -> list[None]:
    """Two deadlines of each of two kinds."""
    for key in ("a", "b"):
        tx.due("curfew", key, START + HOUR)
        tx.due("echo", key, HOUR)
    return [None]


async def test_what_is_due_no_more_goes_and_nothing_of_another_kind_or_key(ground: Ground) -> None:
    async def clear(commands: Batch[str], tx: Tx) -> list[None]:
        tx.not_due("curfew", "a")
        tx.not_due("echo", "b")
        return [None]

    await ground.host.do(set_all, "a")
    await ground.host.do(clear, "a")
    left = await ground.rows("SELECT kind, key FROM due ORDER BY kind")
    assert list(map(tuple, left)) == [("curfew", "b"), ("echo", "a")]


@pytest.mark.parametrize(
    ("statement", "left"), [(CLEAR_DUE, []), (due.SETTLE, ["a"])], ids=["cleared", "settled"]
)
async def test_a_deadline_that_is_moved_meanwhile_goes_when_it_is_cleared_and_stays_when_it_was_heard(
    ground: Ground, statement: TextClause, left: list[str]
) -> None:
    await ground.host.do(set_all, "a")
    ids = [row[0] for row in await ground.rows("SELECT due_id FROM due WHERE kind = 'curfew'")]
    named = {"kind": "curfew", "kinds": ["curfew"], "keys": ["a", "b"], "due_ids": ids}
    async with ground.host.engine.connect() as mover, ground.host.engine.connect() as taker:
        await mover.execute(
            text("UPDATE due SET due_id = gen_random_uuid() WHERE kind = 'curfew' AND key = 'a'")
        )
        taking = asyncio.create_task(taker.execute(statement, named))
        await eventually(lambda: _waits(ground))
        await mover.commit()
        await taking
        await taker.commit()
    assert [row[0] for row in await ground.rows("SELECT key FROM due WHERE kind = 'curfew'")] == left


async def _waits(ground: Ground) -> bool:
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(await ground.rows(waiting))


@pytest.mark.parametrize(
    "statement", [CLEAR_DUE, due.SETTLE, due.LIST_STANDING], ids=["cleared", "settled", "standing"]
)
async def test_the_rows_of_many_deadlines_are_found_by_their_keys_whatever_the_database_believes(
    ground: Ground, statement: TextClause
) -> None:
    named = {"kind": "bell", "kinds": ["bell"], "keys": ["a"], "due_ids": []}
    async with ground.host.engine.connect() as sql:
        # It believes that there are none: a join of them with their keys could be planned either way round.
        await sql.execute(text("ANALYZE due"))
        plan = [row[0].strip() for row in await sql.execute(text(f"EXPLAIN {statement.text}"), named)]
    scans = [line for line in plan if " Scan " in line]
    assert len(scans) == statement.text.count("key = ANY")
    assert all("using due_pkey" in line for line in scans)
    assert sum(line.startswith("Index Cond: ((kind = ") and "(key = ANY" in line for line in plan) == len(
        scans
    )
    assert not [line for line in plan if "Nested Loop" in line or "Join" in line]
