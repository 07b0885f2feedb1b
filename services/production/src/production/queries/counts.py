"""What machines have counted at runs, added up, as callers see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Quantity
from production.queries.masters import Page
from production.queries.runs import find_run

PAGE_COUNTS: Final = text(
    """
    SELECT operation_no, machine, CAST(sum(good_micro) AS bigint) AS good, CAST(sum(bad_micro) AS bigint) AS bad,
           count(*) AS counts, min(counted_at) AS first_at, max(counted_at) AS last_at,
           lpad(CAST(operation_no AS text), 9, '0') || '/' || machine AS key
    FROM machine_counts WHERE run_id = :run_id AND lpad(CAST(operation_no AS text), 9, '0') || '/' || machine > :after
    GROUP BY operation_no, machine ORDER BY key LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class CountView:
    """What a machine has counted at an operation of a run, good and bad, in so many counts."""

    operation_no: int
    machine: str
    good: Quantity
    bad: Quantity
    counts: int
    first_at: datetime
    last_at: datetime


async def page_counts(sql: AsyncConnection, run_id: str, *, after: str, limit: int) -> Page:
    """The counts of a run by operation and machine, each with its key; raises `NotFound`."""
    await find_run(sql, run_id)
    rows = await sql.execute(PAGE_COUNTS, {"run_id": run_id, "after": after, "limit": limit})
    return [
        (
            row.key,
            CountView(
                row.operation_no, row.machine, Quantity.of_micro(row.good), Quantity.of_micro(row.bad), row.counts,
                row.first_at, row.last_at,
            ),
        )
        for row in rows
    ]  # fmt: skip
