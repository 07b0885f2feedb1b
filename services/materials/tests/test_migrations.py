"""The migrations of materials make exactly the tables that the code names, and keep what lies in them."""

from __future__ import annotations

from sqlalchemy import text

from backbone.migrate import drift, migrate
from backbone.service.database import connect
from materials.tables import metadata


async def test_a_migrated_database_has_the_tables_of_the_code(database: str) -> None:
    engine = connect(database, name="test", pool=1)
    async with engine.connect() as sql:
        assert await sql.run_sync(drift, metadata) == []
    await engine.dispose()


async def test_what_orders_take_of_work_centres_already_is_added_up(database: str) -> None:
    engine = connect(database, name="test", pool=1)
    async with engine.begin() as sql:
        await sql.execute(text("DROP TABLE taken_days"))
        await sql.execute(text("UPDATE alembic_version SET version_num = '0021'"))
        await sql.execute(
            text(
                "INSERT INTO loads VALUES ('a', 'saw', '2026-03-02', 3), ('b', 'saw', '2026-03-02', 4),"
                " ('b', 'saw', '2026-03-03', 5)"
            )
        )
    assert (await migrate(database, "materials"))[0] == "0022"
    async with engine.connect() as sql:
        taken = await sql.execute(text("SELECT * FROM taken_days ORDER BY day"))
        assert list(map(tuple, taken)) == [("saw", "2026-03-02", 7), ("saw", "2026-03-03", 5)]
    await engine.dispose()


async def test_what_is_taken_of_work_centres_stays_where_people_are_counted_too(database: str) -> None:
    engine = connect(database, name="test", pool=1)
    async with engine.begin() as sql:
        await sql.execute(text("DROP TABLE crews"))
        for table in ("loads", "taken_days"):
            await sql.execute(text(f"ALTER TABLE {table} RENAME resource_id TO work_centre_id"))
        await sql.execute(text("UPDATE alembic_version SET version_num = '0026'"))
        await sql.execute(text("INSERT INTO taken_days VALUES ('saw', '2026-03-02', 7)"))
    assert (await migrate(database, "materials"))[0] == "0027"
    async with engine.connect() as sql:
        assert await sql.run_sync(drift, metadata) == []
        taken = await sql.execute(text("SELECT resource_id, load_micro FROM taken_days"))
        assert list(map(tuple, taken)) == [("saw", 7)]
    await engine.dispose()
