"""What an hour at a work centre costs, has cost and is to cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Quantity
from production.queries.masters import Page, find_centre

RatesState = Literal["coming", "holds", "was", "withdrawn"]

PAGE_RATES: Final = text(
    """
    SELECT * FROM (
        SELECT *, to_char(starts_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS') || lpad(CAST(rate_no AS text), 9, '0')
               AS place,
               lead(starts_at) OVER (PARTITION BY withdrawn_at IS NULL ORDER BY starts_at, rate_no) AS holds_until
        FROM work_centre_rates WHERE work_centre_id = :work_centre_id
    ) AS dated
    WHERE :after = '' OR place < :after ORDER BY place DESC LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class RatesView:
    """Rates in minor units an hour from a moment on, until others hold; those from 1970 hold from the beginning."""

    work_centre_id: str
    rate_no: int
    state: RatesState
    holds_from: datetime
    holds_until: datetime | None
    labour_rate_minor: int
    machine_rate_minor: int
    overhead_rate: Quantity
    currency: str
    by: str
    withdrawn_at: datetime | None
    withdrawn_by: str | None


async def page_rates(
    sql: AsyncConnection, work_centre_id: str, *, now: datetime, after: str, limit: int
) -> Page:
    """The rates of a work centre, the latest moment in front, each with its key; raises `NotFound`."""
    centre = await find_centre(sql, work_centre_id, now)
    values = {"work_centre_id": work_centre_id, "after": after, "limit": limit}
    return [(row.place, _rates(row, centre.currency, now)) for row in await sql.execute(PAGE_RATES, values)]


def _rates(row: Any, currency: str, now: datetime) -> RatesView:
    until = row.holds_until if row.withdrawn_at is None else None
    return RatesView(
        row.work_centre_id, row.rate_no, _state(row, now), row.starts_at, until, row.labour_rate_minor,
        row.machine_rate_minor, Quantity.of_micro(row.overhead_rate_micro), currency, row.told_by,
        row.withdrawn_at, row.withdrawn_by,
    )  # fmt: skip


def _state(row: Any, now: datetime) -> RatesState:
    if row.withdrawn_at is not None:
        return "withdrawn"
    if row.starts_at > now:
        return "coming"
    return "was" if row.holds_until is not None and row.holds_until <= now else "holds"
