"""The schedule between two moments as a board: work centres with their machines, what these are kept for, and stops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Quantity

BARS_COUNT_MAX: Final = 2_000
CENTRES_COUNT_MAX: Final = 500

CENTRES: Final = text(
    """
    SELECT work_centre_id, site_id, title, machines FROM work_centres
    WHERE CAST(:site_id AS text) IS NULL OR site_id = :site_id ORDER BY work_centre_id LIMIT :limit
    """
)
BARS: Final = text(
    """
    SELECT run_id, operation_no, work_centre_id, machine_no, bookings.starts_at, bookings.ends_at, setup_minutes_micro,
           load_id, state, due_at, runs.ends_at AS run_ends_at, recipe_id, recipe_version, crew_id, people
    FROM bookings JOIN runs USING (run_id)
    WHERE work_centre_id = ANY(:work_centre_ids) AND bookings.ends_at > :begin AND bookings.starts_at < :end
    ORDER BY bookings.starts_at, run_id, operation_no LIMIT :limit
    """
)
STOPS: Final = text(
    """
    SELECT work_centre_id, machine_no, kind, reason, starts_at, ends_at FROM downtimes
    WHERE work_centre_id = ANY(:work_centre_ids) AND ends_at > :begin AND starts_at < :end
      AND withdrawn_at IS NULL
    ORDER BY starts_at, downtime_id LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class LaneView:
    """A work centre and how many machines it has."""

    work_centre_id: str
    site_id: str
    title: str
    machines: int


@dataclass(frozen=True, slots=True)
class BarView:
    """An operation on its machine, with so many people of a crew; `late` when its run ends after it is due."""

    run_id: str
    operation_no: int
    work_centre_id: str
    machine_no: int
    starts_at: datetime
    ends_at: datetime
    setup_minutes: Quantity
    load_id: str | None
    state: str
    due_at: datetime
    late: bool
    recipe_id: str
    recipe_version: int
    crew_id: str | None
    people: int


@dataclass(frozen=True, slots=True)
class StopView:
    """A machine stands still."""

    work_centre_id: str
    machine_no: int
    kind: str
    reason: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class BoardView:
    """The schedule of a site, or of all; `more` when not all of it is shown."""

    lanes: tuple[LaneView, ...]
    bars: tuple[BarView, ...]
    stops: tuple[StopView, ...]
    more: bool


async def find_board(sql: AsyncConnection, site_id: str | None, begin: datetime, end: datetime) -> BoardView:
    """What machines are kept for between two moments: at most 2,000 operations, the first in front."""
    lanes = tuple(
        LaneView(*row) for row in await sql.execute(CENTRES, {"site_id": site_id, "limit": CENTRES_COUNT_MAX})
    )
    values = {
        "work_centre_ids": [lane.work_centre_id for lane in lanes],
        "begin": begin,
        "end": end,
        "limit": BARS_COUNT_MAX + 1,
    }
    bars = [
        BarView(
            row.run_id, row.operation_no, row.work_centre_id, row.machine_no, row.starts_at, row.ends_at,
            Quantity.of_micro(row.setup_minutes_micro), row.load_id, row.state, row.due_at,
            row.run_ends_at > row.due_at, row.recipe_id, row.recipe_version, row.crew_id, row.people,
        )
        for row in await sql.execute(BARS, values)
    ]  # fmt: skip
    stops = tuple(StopView(*row) for row in await sql.execute(STOPS, values))
    return BoardView(lanes, tuple(bars[:BARS_COUNT_MAX]), stops, len(bars) > BARS_COUNT_MAX)
