"""Planned orders and pegs in lists: cut at a length and at each node, copied in, read back row by row."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from backbone.migrate import TABLES_V3, migrate
from materials import queries
from materials.domain.planning.copying import LIST_COUNT_MAX, Listed, copied_lists, lists_of
from materials.store.plan_writing import add_time
from services.materials.tests.made import recipe, terms
from services.materials.tests.plans import planned_anew
from services.materials.tests.stage import Stage
from services.materials.tests.test_plan_versions import ordered

# More than fit into two lists.
DAYS_COUNT = 2 * LIST_COUNT_MAX + 3
ORDERS = "SELECT plan_no, node_no, order_no, starts_on, due_on, quantity_micro, good_micro FROM plan_orders"
PEGS = "SELECT plan_no, node_no, needed_on, for_no, from_no, quantity_micro FROM plan_pegs"
AS_BEFORE = (
    ("plan_orders", ORDERS, "plan_order_lists"),
    ("plan_pegs", PEGS, "plan_peg_lists"),
)


@given(st.lists(st.integers(0, 200), max_size=8))
def test_lists_hold_every_row_once_and_no_two_groups(counts: list[int]) -> None:
    group = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    firsts, sizes = lists_of(group)
    rows = [row for first, size in zip(firsts, sizes, strict=True) for row in range(first, first + size)]
    assert rows == list(range(group.size))
    assert all(0 < size <= LIST_COUNT_MAX for size in sizes)
    assert all(group[first] == group[first + size - 1] for first, size in zip(firsts, sizes, strict=True))
    assert len(sizes) == sum(-(-count // LIST_COUNT_MAX) for count in counts)


async def _each(pieces: list[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def test_the_database_reads_copied_lists_as_they_were(stage: Stage) -> None:
    group = np.repeat(np.array([3, 4, 9], dtype=np.int32), [1, LIST_COUNT_MAX + 1, LIST_COUNT_MAX])
    days = np.arange(group.size, dtype=np.int32) - 5
    big = (np.arange(group.size) - 7) * 10**15
    listed = [Listed(days, "date"), Listed(days, "integer"), Listed(big, "bigint")]
    async with stage.host.begin() as tx:
        await tx.sql.execute(
            text(
                "CREATE TABLE copied (number int, node int, first int, days date[], small int[], big bigint[])"
            )
        )
        driver: Any = (await tx.sql.get_raw_connection()).driver_connection
        rows = _each(list(copied_lists(77, group, 1_000, listed)))
        await driver.copy_to_table("copied", source=rows, format="binary")
    assert await stage.rows("SELECT number, node, first, cardinality(big) FROM copied ORDER BY first") == [
        (77, 3, 1_000, 1),
        (77, 4, 1_001, LIST_COUNT_MAX),
        (77, 4, 1_001 + LIST_COUNT_MAX, 1),
        (77, 9, 1_002 + LIST_COUNT_MAX, LIST_COUNT_MAX),
    ]
    told = await stage.rows(
        """
        SELECT l.day - DATE '2000-01-01', l.small, l.big FROM copied
        CROSS JOIN LATERAL unnest(days, small, big) WITH ORDINALITY AS l(day, small, big, place) ORDER BY first, place
        """
    )
    assert told == list(zip(days.tolist(), days.tolist(), big.tolist(), strict=True))


async def many_days(stage: Stage) -> None:
    """A made item and what it is made of, wanted on more days than a list holds."""
    await stage.opened("gear", "cog")
    await stage.hear(recipe("cut", {"cog": "2"}, {"gear": "1"}), terms("cog", 5))
    for number in range(DAYS_COUNT):
        await ordered(stage, f"p{number}", "gear", "1", days=60 + number)


async def test_pages_go_through_the_lists_of_an_item_order_by_order(stage: Stage) -> None:
    await many_days(stage)
    plan = await planned_anew(stage)
    assert plan.orders == 2 * DAYS_COUNT
    lists = "SELECT sum(cardinality(due_on)), max(cardinality(due_on)), count(*) FROM plan_order_lists"
    assert await stage.rows(lists) == [(2 * DAYS_COUNT, LIST_COUNT_MAX, 6)]
    seen: list[Any] = []
    after = ""
    async with stage.host.read() as sql:
        while page := await queries.page_plan_orders(
            sql, plan.plan_id, sku="cog", site_id=None, after=after, limit=10
        ):
            assert len(page) == min(10, DAYS_COUNT - len(seen))
            seen += [view for _, view in page]
            after = page[-1][0]
        last = await queries.page_plan_pegs(sql, plan.plan_id, after, after="", limit=9)
    assert [each.due_on for each in seen] == sorted({each.due_on for each in seen})
    assert len(seen) == DAYS_COUNT
    (served,) = (peg for _, peg in last)
    assert (served.from_order_no, str(served.quantity)) == (seen[-1].order_no, "2")


async def test_versions_of_before_there_were_lists_keep_what_they_say(stage: Stage, database: str) -> None:
    await many_days(stage)
    await planned_anew(stage)
    await planned_anew(stage)
    before = {name: sorted(await stage.rows(rows)) for name, rows, _ in AS_BEFORE}
    async with stage.host.begin() as tx:
        for name, rows, lists in AS_BEFORE:
            await tx.sql.execute(text(f"CREATE TABLE was AS {rows}"))
            await tx.sql.execute(text(f"DROP VIEW {name}"))
            await tx.sql.execute(text(f"DROP TABLE {lists}"))
            await tx.sql.execute(text(f"CREATE TABLE {name} (LIKE was) PARTITION BY LIST (plan_no)"))
            await tx.sql.execute(text(f"CREATE TABLE {name}_0 PARTITION OF {name} DEFAULT"))
            await tx.sql.execute(text(f"CREATE TABLE {name}_99 (LIKE was)"))
            await tx.sql.execute(text(f"INSERT INTO {name} SELECT * FROM was"))
            await tx.sql.execute(text("DROP TABLE was"))
        # What came after comes again.
        for name in reversed(TABLES_V3):
            await tx.sql.execute(text(f"DROP TABLE {name}"))
        await tx.sql.execute(text("UPDATE alembic_version SET version_num = '0016'"))
    assert (await migrate(database, "materials"))[0] == "0017"
    for name, rows, lists in AS_BEFORE:
        assert sorted(await stage.rows(rows)) == before[name]
        assert await stage.rows(f"SELECT count(DISTINCT tableoid) FROM {lists}") == [(2,)]
    assert not await stage.rows("SELECT 1 FROM pg_class WHERE relname ~ '^plan_(orders|pegs)_'")
    plan = await planned_anew(stage)
    assert plan.orders == 2 * DAYS_COUNT


@pytest.mark.parametrize("name", ["plan_orders", "plan_pegs"])
async def test_what_is_wanted_of_one_node_is_looked_for_by_its_key(stage: Stage, name: str) -> None:
    await many_days(stage)
    await planned_anew(stage)
    async with stage.host.begin() as tx:
        await tx.sql.execute(text("SET LOCAL enable_seqscan = off"))
        told = await tx.sql.execute(text(f"EXPLAIN SELECT * FROM {name} WHERE plan_no = 1 AND node_no = 1"))
        assert "pkey" in " ".join(row[0] for row in told)


async def test_a_step_of_a_plan_outlasts_the_time_that_other_transactions_have(stage: Stage) -> None:
    short = text("SELECT set_config('transaction_timeout', :time, TRUE)")
    async with stage.host.begin() as tx:
        for time in ("0", "150ms"):
            await tx.sql.execute(short, {"time": time})
        await add_time(tx)
        assert (await tx.sql.execute(text("SELECT 1 FROM pg_sleep(0.4)"))).scalar_one() == 1
