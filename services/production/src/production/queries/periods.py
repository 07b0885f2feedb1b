"""Periods of cost as callers see them, and the runs that were open at their end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from production.domain.period import PeriodState, Totals
from production.queries.masters import Page

_PERIODS: Final = """
    SELECT site_id, month, state, CAST(totals AS text) AS totals, closed_by, closed_at, reopened_by, reason, version
    FROM periods WHERE site_id = :site_id
"""
FIND_PERIOD: Final = text(_PERIODS + "AND month = :month")
PAGE_PERIODS: Final = text(_PERIODS + "AND month > :after ORDER BY month LIMIT :limit")
PAGE_OPEN_RUNS: Final = text(
    """
    SELECT run_id, currency, CAST(sum(material_minor + work_minor - made_minor - written_off_minor) AS bigint) AS minor
    FROM cost_bookings WHERE site_id = :site_id AND month <= :month AND run_id > :after
    GROUP BY run_id, currency HAVING sum(material_minor + work_minor - made_minor - written_off_minor) <> 0
    ORDER BY run_id LIMIT :limit
    """
)

_totals: Reads[tuple[Totals, ...]] = reader(tuple[Totals, ...])


@dataclass(frozen=True, slots=True)
class PeriodView:
    """A month of a site as it was closed: opening + material + work = made + written off + closing, by currency."""

    site_id: str
    month: str
    state: PeriodState
    totals: tuple[Totals, ...]
    closed_by: str
    closed_at: datetime
    reopened_by: str | None
    reason: str | None
    version: int


@dataclass(frozen=True, slots=True)
class OpenRunView:
    """A run that was begun at the end of a month: what it had cost and no lot bore, in minor units."""

    run_id: str
    currency: str
    begun_minor: int


def _period(row: Any) -> PeriodView:
    return PeriodView(
        row.site_id, row.month, row.state, _totals(row.totals), row.closed_by, row.closed_at, row.reopened_by,
        row.reason, row.version,
    )  # fmt: skip


async def find_period(sql: AsyncConnection, site_id: str, month: str) -> PeriodView:
    """A period; raises `NotFound` for one that was never closed."""
    row = (await sql.execute(FIND_PERIOD, {"site_id": site_id, "month": month})).one_or_none()
    if row is None:
        raise NotFound(f"{month} of {site_id} was never closed")
    return _period(row)


async def page_periods(sql: AsyncConnection, site_id: str, *, after: str, limit: int) -> Page:
    """The periods of a site that were closed once, the oldest first, each with its key."""
    asked = {"site_id": site_id, "after": after, "limit": limit}
    return [(row.month, _period(row)) for row in await sql.execute(PAGE_PERIODS, asked)]


async def page_open_runs(sql: AsyncConnection, site_id: str, month: str, *, after: str, limit: int) -> Page:
    """The runs that were begun at the end of a month, each with its key; raises `NotFound`."""
    await find_period(sql, site_id, month)
    asked = {"site_id": site_id, "month": month, "after": after, "limit": limit}
    rows = await sql.execute(PAGE_OPEN_RUNS, asked)
    return [(row.run_id, OpenRunView(row.run_id, row.currency, row.minor)) for row in rows]
