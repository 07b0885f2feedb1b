"""Bookings of cost, and the periods that count them, in rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import Reads, document, reader
from backbone.service import Tx
from contracts.topics import PERIOD
from production.domain.period import Booked, Period, Totals
from production.tables import BEGUN_MINOR, MONTH_SUMS

ADD_BOOKED: Final = text(
    """
    INSERT INTO cost_bookings (run_id, entry_no, site_id, booked_at, currency, material_minor, work_minor, made_minor,
                               written_off_minor)
    SELECT run_id, entry_no, site_id, :at, currency, material_minor, work_minor, made_minor, written_off_minor
    FROM unnest(CAST(:run_id AS text[]), CAST(:entry_no AS int[]), CAST(:site_id AS text[]), CAST(:currency AS text[]),
                CAST(:material_minor AS bigint[]), CAST(:work_minor AS bigint[]), CAST(:made_minor AS bigint[]),
                CAST(:written_off_minor AS bigint[]))
         AS added(run_id, entry_no, site_id, currency, material_minor, work_minor, made_minor, written_off_minor)
    """
)
LOCK_LEDGER: Final = text(
    """
    INSERT INTO period_ledgers (site_id, touched_at) VALUES (:site_id, :at)
    ON CONFLICT (site_id) DO UPDATE SET touched_at = excluded.touched_at
    """
)
_PERIODS: Final = """
    SELECT site_id, month, state, CAST(totals AS text) AS totals, closed_by, closed_at, reopened_by, reason, version,
           told
    FROM periods WHERE site_id = :site_id
"""
LOAD_PERIOD: Final = text(_PERIODS + "AND month = :month FOR UPDATE")
LAST_CLOSED: Final = text(
    "SELECT max(month) AS month FROM periods WHERE site_id = :site_id AND state <> 'open'"
)
# Whatever no period has counted yet and was booked before this one ends, however late it comes.
COUNT_IN: Final = text(
    "UPDATE cost_bookings SET month = :month WHERE site_id = :site_id AND month IS NULL AND booked_at < :ends_at"
)
COUNT_OUT: Final = text("UPDATE cost_bookings SET month = NULL WHERE site_id = :site_id AND month = :month")
TOTALS: Final = text(
    f"SELECT currency, {MONTH_SUMS}"
    "FROM cost_bookings WHERE site_id = :site_id AND month <= :month GROUP BY currency ORDER BY currency"
)
OPEN_RUNS: Final = text(
    f"""
    SELECT currency, count(*) AS runs FROM (
        SELECT run_id, currency FROM cost_bookings WHERE site_id = :site_id AND month <= :month
        GROUP BY run_id, currency HAVING {BEGUN_MINOR} <> 0
    ) AS begun GROUP BY currency
    """  # noqa: S608
)
# Both in one statement, so that both see the same acts: what the books say is begun, and what the runs say.
BEGUN: Final = text(
    f"""
    SELECT 'books' AS says, currency, {BEGUN_MINOR} AS minor
    FROM cost_bookings WHERE site_id = :site_id GROUP BY currency
    UNION ALL
    SELECT 'runs', part -> 'cost' ->> 'currency',
           CAST(sum(CAST(part -> 'cost' ->> 'bought_in' AS bigint) + CAST(part -> 'cost' ->> 'labour' AS bigint)
                    + CAST(part -> 'cost' ->> 'capital' AS bigint) + CAST(part -> 'cost' ->> 'overhead' AS bigint))
                AS bigint)
    FROM runs CROSS JOIN LATERAL jsonb_array_elements(
        floor -> 'open' || CASE WHEN jsonb_typeof(floor -> 'pending') = 'object'
                                THEN jsonb_build_array(jsonb_build_object('cost', floor -> 'pending')) ELSE '[]' END
    ) AS part
    WHERE site_id = :site_id AND state NOT IN ('closed', 'aborted', 'refused', 'merged') GROUP BY 2
    """  # noqa: S608
)
SAVE_PERIOD: Final = text(
    """
    INSERT INTO periods (site_id, month, state, totals, closed_by, closed_at, reopened_by, reason, version, told)
    VALUES (:site_id, :month, :state, CAST(:totals AS jsonb), :closed_by, :closed_at, :reopened_by, :reason, :version,
            :told)
    ON CONFLICT (site_id, month) DO UPDATE SET state = excluded.state, totals = excluded.totals,
        closed_by = excluded.closed_by, closed_at = excluded.closed_at, reopened_by = excluded.reopened_by,
        reason = excluded.reason, version = excluded.version, told = excluded.told
    """
)

_totals: Reads[tuple[Totals, ...]] = reader(tuple[Totals, ...])


async def add_booked(tx: Tx, booked: Sequence[Booked]) -> None:
    """Keep what acts cost and gave, one statement for all; no period has counted it yet."""
    if not booked:
        return
    await tx.sql.execute(
        ADD_BOOKED,
        {
            "at": tx.now,
            "run_id": [each.run_id for each in booked],
            "entry_no": [each.entry_no for each in booked],
            "site_id": [each.site_id for each in booked],
            "currency": [each.currency for each in booked],
            "material_minor": [each.material for each in booked],
            "work_minor": [each.work for each in booked],
            "made_minor": [each.made for each in booked],
            "written_off_minor": [each.written_off for each in booked],
        },
    )


async def lock_ledger(tx: Tx, site_id: str) -> str | None:
    """Hold the periods of a site; the answer is the last month that is closed."""
    await tx.sql.execute(LOCK_LEDGER, {"site_id": site_id, "at": tx.now})
    month: str | None = (await tx.sql.execute(LAST_CLOSED, {"site_id": site_id})).scalar_one()
    return month


async def lock_period(tx: Tx, site_id: str, month: str) -> Period | None:
    """A period, locked; None for one that was never closed."""
    row = (await tx.sql.execute(LOAD_PERIOD, {"site_id": site_id, "month": month})).one_or_none()
    if row is None:
        tx.added(PERIOD, [f"{site_id}:{month}"])
        return None
    tx.locked(PERIOD, {f"{site_id}:{month}": row.told})
    return _period(row)


def _period(row: Any) -> Period:
    return Period(
        row.site_id, row.month, row.state, _totals(row.totals), row.closed_by, row.closed_at, row.reopened_by,
        row.reason, row.version,
    )  # fmt: skip


async def load_totals(
    tx: Tx, site_id: str, month: str, begins_at: datetime, ends_at: datetime
) -> tuple[Totals, ...]:
    """Count into a month of a (held) site what no month has counted; the answer is what the month comes to."""
    asked = {"site_id": site_id, "month": month}
    await tx.sql.execute(COUNT_IN, {**asked, "ends_at": ends_at})
    runs = {row.currency: row.runs for row in await tx.sql.execute(OPEN_RUNS, asked)}
    rows = await tx.sql.execute(TOTALS, {**asked, "begins_at": begins_at})
    return tuple(
        Totals(
            row.currency, row.opening, row.material, row.work, row.made, row.written_off, row.closing,
            row.bookings, row.late, runs.get(row.currency, 0),
        )
        for row in rows
    )  # fmt: skip


async def load_begun(tx: Tx, site_id: str) -> tuple[dict[str, int], dict[str, int]]:
    """What is begun at a site now, by currency: as the books say, and as the runs say."""
    found: dict[str, dict[str, int]] = {"books": {}, "runs": {}}
    for row in await tx.sql.execute(BEGUN, {"site_id": site_id}):
        found[row.says][row.currency] = row.minor
    return found["books"], found["runs"]


async def save_uncounted(tx: Tx, site_id: str, month: str) -> None:
    """What a month had counted is counted by the next close again."""
    await tx.sql.execute(COUNT_OUT, {"site_id": site_id, "month": month})


async def save_period(tx: Tx, period: Period) -> None:
    """Write a period, new or locked."""
    await tx.sql.execute(
        SAVE_PERIOD,
        {
            "site_id": period.site_id,
            "month": period.month,
            "state": period.state,
            "totals": document(period.totals),
            "closed_by": period.closed_by,
            "closed_at": period.closed_at,
            "reopened_by": period.reopened_by,
            "reason": period.reason,
            "version": period.version,
            "told": tx.tells(PERIOD, period.period_id),
        },
    )
