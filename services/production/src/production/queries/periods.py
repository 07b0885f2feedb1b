"""Periods of cost as callers see them, and the runs that were open at their end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from production.domain.period import PeriodState, Totals, begins_at
from production.queries.masters import Page
from production.tables import BEGUN_MINOR, MONTH_SUMS

_PERIODS: Final = """
    SELECT site_id, month, state, CAST(totals AS text) AS totals, closed_by, closed_at, reopened_by, reason, version
    FROM periods WHERE site_id = :site_id
"""
FIND_PERIOD: Final = text(_PERIODS + "AND month = :month")
PAGE_PERIODS: Final = text(_PERIODS + "AND month > :after ORDER BY month LIMIT :limit")
PAGE_OPEN_RUNS: Final = text(
    f"""
    SELECT run_id, currency, {BEGUN_MINOR} AS minor
    FROM cost_bookings WHERE site_id = :site_id AND month <= :month AND run_id > :after
    GROUP BY run_id, currency HAVING {BEGUN_MINOR} <> 0
    ORDER BY run_id LIMIT :limit
    """  # noqa: S608
)
# All that a month comes to, run by run: the sums over its pages are its totals.
PAGE_RUNS: Final = text(
    f"""
    WITH by_run AS (
        SELECT run_id, currency, {MONTH_SUMS}
        FROM cost_bookings WHERE site_id = :site_id AND month <= :month AND run_id > :after
        GROUP BY run_id, currency
    )
    SELECT * FROM by_run WHERE CASE :figure
        WHEN 'opening' THEN opening <> 0 WHEN 'material' THEN material <> 0 WHEN 'work' THEN work <> 0
        WHEN 'made' THEN made <> 0 WHEN 'written-off' THEN written_off <> 0 WHEN 'closing' THEN closing <> 0
        WHEN 'late' THEN late > 0 ELSE bookings > 0 OR opening <> 0 END
    ORDER BY run_id LIMIT :limit
    """  # noqa: S608
)
# What the runs behind a month can be narrowed to: those that have a part in this figure.
FIGURES: Final = ("opening", "material", "work", "made", "written-off", "closing", "late")

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


@dataclass(frozen=True, slots=True)
class PeriodRunView:
    """What a run has to do with a month, in minor units: opening + material + work = made + written off + closing.

    Of its `bookings` in the month, `late` ones are of moments before it began.
    """

    run_id: str
    currency: str
    opening: int
    material: int
    work: int
    made: int
    written_off: int
    closing: int
    bookings: int
    late: int


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


async def page_period_runs(
    sql: AsyncConnection, site_id: str, month: str, *, figure: str | None, after: str, limit: int
) -> Page:
    """The runs behind a month, or behind one of its figures, each with its key; raises `NotFound`."""
    await find_period(sql, site_id, month)
    asked = {"site_id": site_id, "month": month, "begins_at": begins_at(month), "figure": figure or ""}
    rows = await sql.execute(PAGE_RUNS, {**asked, "after": after, "limit": limit})
    return [(row.run_id, PeriodRunView(*row)) for row in rows]
