"""The migrations and the tables say the same, and the tables are called as those of the services are."""

from __future__ import annotations

from backbone.migrate import drift
from backbone.service.database import connect
from control_tower.tables import metadata
from tests.architecture.rules.tables import breaches


async def test_the_migrated_database_is_what_the_tables_say(database: str) -> None:
    engine = connect(database, name="test", pool=1)
    async with engine.connect() as sql:
        assert await sql.run_sync(drift, metadata) == []
    await engine.dispose()


def test_tables_and_columns_keep_the_rules_of_names() -> None:
    assert breaches(metadata) == []
