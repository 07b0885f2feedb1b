"""Items by the file: cut, kept, checked and told row by row, beside the bare COPY of the same file into a table."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Final

import asyncpg
from sqlalchemy import text

from backbone.clock import SteppedClock
from backbone.ids import new_id
from backbone.imports.definition import Receiving, chosen
from backbone.imports.reading import Reader
from backbone.imports.receiving import (
    OpenImport,
    StartImport,
    TakePart,
    open_import,
    start_import,
    take_part,
)
from backbone.imports.routes import ROWS_KEPT_AT_ONCE
from backbone.operations.working import Working
from backbone.service import Host
from backbone.service.database import connect
from o2d.bench.accept_ground import desk
from o2d.bench.ground import Sample, Stopwatch, Wrong

NOW: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
PART_BYTES: Final = 64 * 1024
POOL_COUNT: Final = 4


def _file(count: int) -> bytes:
    """So many items, a line each."""
    lines = (f'item-{number:07d},"Item, number {number}",piece,1\n' for number in range(count))
    return ("sku,title,unit,quantum\n" + "".join(lines)).encode()


async def ours(server: str, bootstrap: str, count: int) -> Sample:
    """The product's own import of materials, from the bytes of the file to the last row committed with its fact."""
    from materials.__main__ import SERVICE

    content = _file(count)
    async with desk(server, "materials", "planner", None) as place:
        engine = connect(place.dsn, name="bench", pool=POOL_COUNT)
        host = Host(SERVICE, engine, SteppedClock(NOW))
        watch = Stopwatch()
        await _sent(host, content)
        await _worked_off(host)
        sample = watch.sample(count)
        await engine.dispose()
        await _checked(place.dsn, count)
    return sample


async def _sent(host: Host, content: bytes) -> None:
    """Keep the rows of a file part by part, and start the work on it."""
    opened = Receiving(new_id(), "items", "csv", dry_run=False, asked_by="bench")
    await host.do(open_import, OpenImport(opened))
    reader, kept = Reader(opened, chosen(host.service.imports, "items").body), opened
    for start in range(0, len(content), PART_BYTES):
        reader.feed(content[start : start + PART_BYTES])
        if reader.waiting() >= ROWS_KEPT_AT_ONCE or start + PART_BYTES >= len(content):
            after = reader.at
            await host.do(take_part, TakePart(opened.import_id, kept.bytes, after, reader.take()))
            kept = after
    await host.do(start_import, StartImport(opened.import_id, frozenset({"items"})))


async def _worked_off(host: Host) -> None:
    """Take step after step until the import is over; one that is interrupted is taken again."""
    working = Working(host)
    while True:
        if not await working._step():
            async with host.read() as sql:
                states = (await sql.execute(text("SELECT state FROM operations"))).scalars().all()
            if not set(states) & {"waiting", "running"}:
                return


async def _checked(dsn: str, count: int) -> None:
    connection = await asyncpg.connect(dsn)
    items = await connection.fetchval("SELECT count(*) FROM items")
    told = await connection.fetchval("SELECT count(*) FROM outbox")
    await connection.close()
    if not items == told == count:
        raise Wrong(f"of {count} rows {items} are items, and {told} facts were told")


async def bare(server: str, bootstrap: str, count: int) -> Sample:
    """COPY of the file into a table with the same columns and key: nothing is checked, nobody is told."""
    content = _file(count)
    async with desk(server, "materials", "planner", None) as place:
        connection = await asyncpg.connect(place.dsn)
        await connection.execute(
            "CREATE TABLE bare (sku text PRIMARY KEY, title text NOT NULL, unit text NOT NULL, quantum numeric)"
        )
        watch = Stopwatch()
        await connection.copy_to_table("bare", source=BytesIO(content), format="csv", header=True)
        sample = watch.sample(count)
        kept = await connection.fetchval("SELECT count(*) FROM bare")
        await connection.close()
    if kept != count:
        raise Wrong(f"of {count} rows {kept} were copied")
    return sample
