"""A process that is stopped in a transaction, even inside the driver, does not keep its locks for ever."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import asyncpg
import pytest

from backbone.testing import plain_dsn
from backbone.testing_support import eventually

START_S: Final = 60
END_S: Final = 3
# It holds a row and waits for another one's table: there the driver prepares its next statement.
SLEEPER: Final = """
import asyncio, sys
from sqlalchemy import text
from backbone.service.database import connect
async def main():
    async with connect(sys.argv[1], name="sleeper", transaction_seconds=int(sys.argv[2])).begin() as sql:
        await sql.execute(text("UPDATE held SET n = n + 1"))
        await sql.execute(text("INSERT INTO closed VALUES (1)"))
asyncio.run(main())
"""
TABLES: Final = "CREATE TABLE held (n int); CREATE TABLE closed (n int); INSERT INTO held VALUES (0)"
WAITS: Final = (
    "SELECT 1 FROM pg_stat_activity WHERE application_name = 'sleeper' "
    "AND datname = current_database() AND wait_event_type = 'Lock'"
)
STANDS: Final = (
    "SELECT 1 FROM pg_stat_activity WHERE application_name = 'sleeper' AND datname = current_database() "
    "AND state = 'active' AND wait_event = 'ClientRead' AND clock_timestamp() - xact_start > $1 * interval '1 s'"
)
SEEN: Final = "SELECT n FROM held FOR UPDATE SKIP LOCKED"


@asynccontextmanager
async def stopped_in_its_work(dsn: str, seconds: int) -> AsyncIterator[None]:
    """A process that was stopped while it held a row, its transactions being limited to `seconds` (0: not)."""
    watch, gate = await asyncpg.connect(dsn), await asyncpg.connect(dsn)
    await watch.execute(TABLES)
    await gate.execute("BEGIN; LOCK TABLE closed IN EXCLUSIVE MODE")
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", SLEEPER, dsn, str(seconds))
    try:
        await eventually(partial(watch.fetchval, WAITS), START_S, of="a process that waits")
        process.send_signal(signal.SIGSTOP)
        await gate.close()
        yield
    finally:
        process.kill()
        await process.wait()
        await gate.close()
        await watch.close()


async def stands_still(watch: asyncpg.Connection, seconds: int) -> bool:
    return await watch.fetchval(STANDS, seconds) is not None


async def is_free(watch: asyncpg.Connection) -> bool:
    return bool(await watch.fetchval(SEEN) == 0)


@pytest.mark.parametrize("limited", [True, False])
async def test_the_row_of_a_process_that_stands_still_is_free_again_because_transactions_are_limited(
    empty_database: str, limited: bool
) -> None:
    dsn = plain_dsn(empty_database)
    async with stopped_in_its_work(dsn, END_S if limited else 0):
        watch = await asyncpg.connect(dsn)
        try:
            if limited:
                await eventually(partial(is_free, watch), of="the row, free again with what it was")
            else:
                stands = partial(stands_still, watch, 2 * END_S)
                await eventually(stands, of="a process that stands still for longer than the limit")
                assert not await is_free(watch)
        finally:
            await watch.close()
