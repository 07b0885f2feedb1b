"""Series of readings as callers see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Quantity
from production.queries.ends import End, page_from_either_end
from production.queries.masters import Page
from production.queries.runs import find_run

_MOMENT: Final = "to_char(read_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')"
_SERIES: Final = "lpad(CAST(operation_no AS text), 9, '0') || '/' || name || '/' || machine"
_BY_TIME: Final = f"{_MOMENT} || '/' || {_SERIES}"
_SELECT: Final = """
    SELECT * FROM (
        SELECT operation_no, name, machine, read_at, value_micro, reported_by, {key} AS key FROM readings
        WHERE run_id = :run_id AND (CAST(:name AS text) IS NULL OR name = :name)
          AND (CAST(:machine AS text) IS NULL OR machine = :machine)
    ) AS here
"""
# Series by series from the first moment on, or all of them together from the last moment back.
PAGE_READINGS: Final[Mapping[End, TextClause]] = {
    "oldest": page_from_either_end(_SELECT.format(key=f"{_SERIES} || '/' || {_MOMENT}"), "key", "TRUE")[
        "oldest"
    ],
    "newest": page_from_either_end(_SELECT.format(key=_BY_TIME), "key", "TRUE")["newest"],
}


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
    sql: AsyncConnection,
    run_id: str,
    *,
    name: str | None,
    machine: str | None,
    end: End,
    after: str,
    limit: int,
) -> Page:
    """Readings of a run, each with its key: series by series, or the newest of all in front; raises `NotFound`."""
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
        for row in await sql.execute(PAGE_READINGS[end], values)
    ]  # fmt: skip
