"""The migrations of the service desk make exactly the tables that the code names."""

from __future__ import annotations

from backbone.migrate import drift
from backbone.service.database import connect
from service_desk.tables import metadata


async def test_a_migrated_database_has_the_tables_of_the_code(database: str) -> None:
    engine = connect(database, name="test", pool=1)
    async with engine.connect() as sql:
        assert await sql.run_sync(drift, metadata) == []
    await engine.dispose()
