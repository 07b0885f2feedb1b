"""The migrations of production make exactly the tables that the code names."""

from __future__ import annotations

from importlib import import_module

from sqlalchemy import text

from backbone.migrate import drift
from backbone.service.database import connect
from production.domain.rates import BEGINNING
from production.tables import metadata


async def test_a_migrated_database_has_the_tables_of_the_code(database: str) -> None:
    engine = connect(database, name="test", pool=1)
    async with engine.connect() as sql:
        assert await sql.run_sync(drift, metadata) == []
    await engine.dispose()


async def test_rates_that_were_there_before_they_had_moments_hold_from_the_beginning(database: str) -> None:
    keep: str = import_module("production.migrations.0025_rates").KEEP
    engine = connect(database, name="test", pool=1)
    async with engine.begin() as sql:
        await sql.execute(text(keep))
        assert (await sql.execute(text("SELECT count(*) FROM work_centre_rates"))).scalar_one() == 0
        for name in ("labour_rate_minor", "machine_rate_minor", "overhead_rate_micro"):
            await sql.execute(text(f"ALTER TABLE work_centres ADD COLUMN {name} bigint"))
        await sql.execute(
            text(
                "INSERT INTO work_centres VALUES ('oven', 's', 'Oven', 'week', 1, 'EUR', 1, 1, 3000, 6000, 100000)"
            )
        )
        await sql.execute(text(keep))
        rows = await sql.execute(
            text(
                "SELECT rate_no, starts_at, labour_rate_minor, machine_rate_minor, overhead_rate_micro "
                "FROM work_centre_rates WHERE work_centre_id = 'oven'"
            )
        )
        assert [tuple(row) for row in rows] == [(1, BEGINNING, 3_000, 6_000, 100_000)]
    await engine.dispose()
