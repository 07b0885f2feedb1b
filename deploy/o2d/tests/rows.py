"""Rows planted into a service's tables by name; what a test does not say gets an empty value of its type."""

from __future__ import annotations

from typing import Any, Final

import asyncpg

COLUMNS: Final = """
    SELECT column_name, data_type, udt_name FROM information_schema.columns
    WHERE table_name = $1 AND table_schema = 'public' AND is_nullable = 'NO' AND column_default IS NULL
      AND is_identity = 'NO'
"""
EMPTY: Final[dict[str, str]] = {
    "text": "''",
    "bigint": "0",
    "integer": "0",
    "smallint": "0",
    "boolean": "false",
    "jsonb": "'[]'",
    "bytea": "''",
    "uuid": "gen_random_uuid()",
    "timestamp with time zone": "'2026-03-02T08:00:00Z'",
}


async def plant(sql: asyncpg.Connection[Any], table: str, **columns: Any) -> None:
    """Insert a row."""
    values = {row["column_name"]: EMPTY[row["data_type"]] for row in await sql.fetch(COLUMNS, table)}
    values |= {name: _literal(value) for name, value in columns.items()}
    names = ", ".join(f'"{name}"' for name in values)
    await sql.execute(f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(values.values())})')


def _literal(value: Any) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


async def unguarded(sql: asyncpg.Connection[Any], table: str) -> None:
    """Take away the table's own checks, so that a row can be planted that they would refuse."""
    names = await sql.fetch(
        "SELECT conname FROM pg_constraint WHERE conrelid = to_regclass($1) AND contype = 'c'", table
    )
    for row in names:
        await sql.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{row["conname"]}"')
