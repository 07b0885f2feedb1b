"""Series of readings as callers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Quantity
from production.queries.masters import Page
from production.queries.runs import find_run

PAGE_READINGS: Final = text(
    """
    SELECT operation_no, name, machine, read_at, value_micro, reported_by,
           lpad(CAST(operation_no AS text), 9, '0') || '/' || name || '/' || machine || '/'
           || to_char(read_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS') AS key
    FROM readings
    WHERE run_id = :run_id AND (CAST(:name AS text) IS NULL OR name = :name)
      AND (CAST(:machine AS text) IS NULL OR machine = :machine)
      AND lpad(CAST(operation_no AS text), 9, '0') || '/' || name || '/' || machine || '/'
          || to_char(read_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS') > :after
    ORDER BY key LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class ReadingView:
    """A parameter as a machine saw it at one moment."""

    operation_no: int
    name: str
    machine: str
    at: datetime
    value: Quantity
    reported_by: str


async def page_readings(
    sql: AsyncConnection, run_id: str, *, name: str | None, machine: str | None, after: str, limit: int
) -> Page:
    """Readings of a run, each with its key; raises `NotFound`."""
    await find_run(sql, run_id)
    values = {"run_id": run_id, "name": name, "machine": machine, "after": after, "limit": limit}
    return [
        (
            row.key,
            ReadingView(
                row.operation_no, row.name, row.machine, row.read_at, Quantity.of_micro(row.value_micro),
                row.reported_by,
            ),
        )
        for row in await sql.execute(PAGE_READINGS, values)
    ]  # fmt: skip
