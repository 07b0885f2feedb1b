"""The pytest plugin: a database of its own for every test, copied from a service migrated once."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from backbone import testing
from backbone.testing import DatabaseOf, async_dsn, named, package_of, plain_dsn

MIGRATION = '''"""The first tables."""

from alembic import op

revision, down_revision, branch_labels, depends_on = "0001", None, None, None


def upgrade() -> None:
    op.execute("CREATE TABLE planted_rows (id bigint PRIMARY KEY)")
'''


@pytest.fixture
def planted_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A service of one table, importable for one test; its name is new for each test."""
    name = f"planted_{tmp_path.name.removeprefix('test_')[:8]}_{abs(hash(tmp_path)) % 10_000}"
    migrations = tmp_path / "src" / name / "migrations"
    migrations.mkdir(parents=True)
    (migrations.parent / "__init__.py").touch()
    (migrations / "0001_first.py").write_text(MIGRATION)
    monkeypatch.syspath_prepend(str(tmp_path / "src"))
    return name


async def run(database: str, statement: str) -> list[object]:
    """One statement on a connection of its own; gives the first column."""
    connection = await asyncpg.connect(plain_dsn(database))
    try:
        return [row[0] for row in await connection.fetch(statement)]
    finally:
        await connection.close()


async def test_an_empty_database_is_empty(empty_database: str) -> None:
    assert await run(empty_database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [0]


async def test_two_databases_of_a_service_know_nothing_of_each_other(
    database_of: DatabaseOf, planted_service: str
) -> None:
    one, other = await database_of(planted_service), await database_of(planted_service)
    await run(one, "INSERT INTO planted_rows VALUES (1)")
    assert await run(one, "SELECT count(*) FROM planted_rows") == [1]
    assert await run(other, "SELECT count(*) FROM planted_rows") == [0]


async def test_a_service_is_migrated_once(
    database_of: DatabaseOf, planted_service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await database_of(planted_service)

    async def again(dsn: str, package: str) -> None:
        raise AssertionError(f"{package} is migrated a second time")

    monkeypatch.setattr(testing, "migrate", again)
    assert await run(await database_of(planted_service), "SELECT count(*) FROM planted_rows") == [0]


async def test_a_migration_that_fails_leaves_no_template(postgres_url: str, planted_service: str) -> None:
    async def fails(dsn: str) -> None:
        await run(dsn, "CREATE TABLE half (id bigint)")
        raise RuntimeError("cut off")

    async def completes(dsn: str) -> None:
        assert await run(dsn, "SELECT count(*) FROM pg_tables WHERE tablename = 'half'") == [0]

    with pytest.raises(RuntimeError, match="cut off"):
        await testing.template_database(postgres_url, planted_service, fails)
    template = await testing.template_database(postgres_url, planted_service, completes)
    assert await run(named(postgres_url, template), "SELECT 1") == [1]


async def test_a_dropped_database_is_gone_even_while_someone_is_connected(postgres_url: str) -> None:
    database = await testing.create_database(postgres_url)
    held = await asyncpg.connect(plain_dsn(database))
    await testing.drop_database(postgres_url, database)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await run(database, "SELECT 1")
    held.terminate()


def test_the_service_of_a_test_is_found_by_its_place(tmp_path: Path, planted_service: str) -> None:
    assert package_of(tmp_path / "tests" / "test_rows.py") == planted_service
    with pytest.raises(LookupError, match="lies in no service with migrations"):
        package_of(Path("/nowhere/tests/test_rows.py"))


def test_addresses_are_written_for_either_driver() -> None:
    assert plain_dsn("postgresql+asyncpg://a@b:1/c") == "postgresql://a@b:1/c"
    assert async_dsn("postgresql://a@b:1/c") == "postgresql+asyncpg://a@b:1/c"
    assert named("postgresql://a@b:1/c", "d") == "postgresql://a@b:1/d"
