"""Proposed schedules, what they move, and what setups take, as callers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.errors import NotFound
from contracts.values import Quantity
from production.domain.scheduling.site import Changeover
from production.queries.masters import Page

# A schedule whose work has ended before it was proposed will never be.
_SCHEDULES: Final = """
    SELECT schedule_id, site_id,
           CASE WHEN schedules.state = 'computing' AND operations.state IN ('failed', 'cancelled') THEN 'abandoned'
                ELSE schedules.state END AS state,
           frozen_hours, damping_minutes, schedules.asked_by, schedules.asked_at, frozen_until_at, runs_count,
           moved_count, late_was_count, late_count, tardy_seconds_was, tardy_seconds, accepted_by, rejected_by
    FROM schedules LEFT JOIN operations ON operation_id = schedule_id
"""
FIND_SCHEDULE: Final = text(_SCHEDULES + "WHERE schedule_id = :schedule_id")
PAGE_SCHEDULES: Final = text(
    _SCHEDULES
    + """
    WHERE (:after = '' OR schedule_id < :after) AND (CAST(:site_id AS text) IS NULL OR site_id = :site_id)
    ORDER BY schedule_id DESC LIMIT :limit
    """
)
PAGE_MOVES: Final = text(
    """
    SELECT run_id, starts_was_at, ends_was_at, starts_at, ends_at, due_at, cause, bookings <> '[]' AS moved
    FROM schedule_moves WHERE schedule_id = :schedule_id AND run_id > :after ORDER BY run_id LIMIT :limit
    """
)
PAGE_CHANGEOVERS: Final = text(
    """
    SELECT from_family, to_family, minutes_micro, from_family || chr(1) || to_family AS key FROM changeovers
    WHERE work_centre_id = :work_centre_id AND from_family || chr(1) || to_family > :after
    ORDER BY from_family || chr(1) || to_family LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """A schedule of a site beside what is: of the runs that may move, how many do, and how late they are in all."""

    schedule_id: str
    site_id: str
    state: str
    frozen_hours: int
    damping_minutes: int
    asked_by: str
    asked_at: datetime
    frozen_until: datetime | None
    runs: int
    moved: int
    late_before: int
    late_after: int
    tardy_minutes_before: int
    tardy_minutes_after: int
    accepted_by: str | None
    rejected_by: str | None


@dataclass(frozen=True, slots=True)
class MoveView:
    """A run that a schedule moves, or that is late in it, and why: material, capacity, quality or lead-time."""

    run_id: str
    moved: bool
    starts_was_at: datetime
    ends_was_at: datetime
    starts_at: datetime
    ends_at: datetime
    due_at: datetime
    cause: str | None


def _schedule(row: Any) -> ScheduleView:
    return ScheduleView(
        row.schedule_id, row.site_id, row.state, row.frozen_hours, row.damping_minutes, row.asked_by, row.asked_at,
        row.frozen_until_at, row.runs_count, row.moved_count, row.late_was_count, row.late_count,
        row.tardy_seconds_was // 60, row.tardy_seconds // 60, row.accepted_by, row.rejected_by,
    )  # fmt: skip


async def page_schedules(sql: AsyncConnection, *, site_id: str | None, after: str, limit: int) -> Page:
    """Schedules, the newest first, each with its key."""
    values = {"site_id": site_id, "after": after, "limit": limit}
    return [(row.schedule_id, _schedule(row)) for row in await sql.execute(PAGE_SCHEDULES, values)]


async def find_schedule(sql: AsyncConnection, schedule_id: str) -> ScheduleView:
    """A schedule; raises `NotFound`."""
    row = (await sql.execute(FIND_SCHEDULE, {"schedule_id": schedule_id})).one_or_none()
    if row is None:
        raise NotFound(f"no schedule {schedule_id}")
    return _schedule(row)


async def page_moves(sql: AsyncConnection, schedule_id: str, *, after: str, limit: int) -> Page:
    """The runs that a schedule moves or is late with, each with its key; raises `NotFound`."""
    await find_schedule(sql, schedule_id)
    values = {"schedule_id": schedule_id, "after": after, "limit": limit}
    return [
        (
            row.run_id,
            MoveView(
                row.run_id, row.moved, row.starts_was_at, row.ends_was_at, row.starts_at, row.ends_at, row.due_at,
                row.cause,
            ),
        )
        for row in await sql.execute(PAGE_MOVES, values)
    ]  # fmt: skip


async def page_changeovers(sql: AsyncConnection, work_centre_id: str, *, after: str, limit: int) -> Page:
    """What setups take after each other at a work centre, each with its key."""
    values = {"work_centre_id": work_centre_id, "after": after, "limit": limit}
    return [
        (row.key, Changeover(row.from_family, row.to_family, Quantity.of_micro(row.minutes_micro)))
        for row in await sql.execute(PAGE_CHANGEOVERS, values)
    ]
