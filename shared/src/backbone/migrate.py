"""Migrations of a service: one Alembic environment for all; the scripts live inside each service's wheel."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, text
from sqlalchemy.schema import CreateIndex, CreateTable

from backbone.service.database import connect
from backbone.tables import backbone_metadata

MIGRATION_LOCK: Final = 0x6F3264
# What each version of the backbone added: a migration that was applied somewhere does the same everywhere, for ever.
TABLES_V1: Final = (
    "outbox", "facts", "inbox", "attempts", "parked_key", "parked_event", "due", "asked_keys", "spent",
    "business_clock",
)  # fmt: skip
TABLES_V2: Final = ("operations", "imports", "import_rows", "import_errors")
TABLES_V3: Final = ("webhooks", "webhook_secrets", "webhook_deliveries")


def create_tables(metadata: MetaData) -> None:
    """Create every table and index of `metadata` (for the first migration of a service and of the backbone)."""
    for table in metadata.sorted_tables:
        _create(table)


def create_missing(metadata: MetaData, *names: str) -> None:
    """Create these tables where an older first migration has not made them."""
    for name in names:
        _create(metadata.tables[name], if_not_exists=True)


def _create(table: Table, *, if_not_exists: bool = False) -> None:
    op.execute(CreateTable(table, if_not_exists=if_not_exists))
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        op.execute(CreateIndex(index, if_not_exists=if_not_exists))


def create_backbone_v1() -> None:
    """The backbone's own tables, as a service's first migration creates them."""
    for name in TABLES_V1:
        _create(backbone_metadata.tables[name])


def create_backbone_v2() -> None:
    """The backbone's tables of long work and imports."""
    for name in TABLES_V2:
        _create(backbone_metadata.tables[name])


def create_backbone_v3() -> None:
    """The backbone's tables of webhooks."""
    for name in TABLES_V3:
        _create(backbone_metadata.tables[name])


def whole_metadata(own: MetaData) -> MetaData:
    """The service's tables and the backbone's together, as a database must hold them."""
    whole = MetaData()
    for table in (*own.sorted_tables, *backbone_metadata.sorted_tables):
        _copy(table, whole)
    return whole


def _copy(table: Table, into: MetaData) -> None:
    table.to_metadata(into)


def scripts_of(package: str) -> ScriptDirectory:
    """The migration scripts in `package`.migrations."""
    config = Config()
    folder = files(package) / "migrations"
    config.set_main_option("script_location", str(folder))
    config.set_main_option("version_locations", str(folder))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def upgrade(connection: Connection, package: str) -> list[str]:
    """Bring a database to the newest revision of `package`; the answer lists the revisions applied, in order.

    One upgrade at a time: a second one waits for the first. Everything is applied in one transaction.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
    scripts = scripts_of(package)
    applied: list[str] = []

    def steps(revision: object, _: MigrationContext) -> list[object]:
        found = scripts._upgrade_revs("heads", revision)  # type: ignore[arg-type]
        applied.extend(step.revision.revision for step in found)
        return list(found)

    context = MigrationContext.configure(connection, opts={"fn": steps, "script": scripts})
    with Operations.context(context):
        context.run_migrations()
    return applied


def drift(connection: Connection, own: MetaData) -> list[object]:
    """What the database has other than the tables say; empty when migrations and tables agree."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found = compare_metadata(context, whole_metadata(own))
    return [change for change in found if "alembic_version" not in str(change)]


async def migrate(dsn: str, package: str) -> list[str]:
    """Upgrade the database behind `dsn`; the answer lists the revisions applied."""
    # A large table is rebuilt in the time that it takes.
    engine = connect(dsn, name=f"{package} migrate", pool=1, transaction_seconds=0)
    try:
        async with engine.begin() as sql:
            await sql.execute(text("SET LOCAL lock_timeout = '60s'"))
            return await sql.run_sync(upgrade, package)
    finally:
        await engine.dispose()
