"""What a work centre has before it: the runs that wait there or are at work, and its load beside its capacity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from contracts.recipes import ParameterLimit
from contracts.shapes import ItemPart, LotPart
from contracts.values import ZERO, Quantity
from production.domain.floor import Floor
from production.domain.load import DAYS_OF, Booked, Grain, LoadBucket, loads
from production.domain.points import InspectionPoint
from production.domain.quality import Characteristic, Sampling
from production.domain.recipe import Content
from production.domain.routing import milestones
from production.domain.stages import gone_through
from production.queries.downtime import find_calendar_of, list_downtimes_within
from production.queries.masters import Page, find_centre
from production.queries.quality import list_inspection_points

BOOKINGS_COUNT_MAX: Final = 20_000

PAGE_QUEUE: Final = text(
    """
    SELECT run_id, operation_no, machine_no, bookings.starts_at, bookings.ends_at, runs.state, reason, recipe_id,
           recipe_version, runs_micro, staged_runs_micro, done_runs_micro, due_at, CAST(floor AS text) AS floor,
           CAST(outputs AS text) AS outputs, CAST(content AS text) AS content, good_micro, bad_micro,
           to_char(bookings.starts_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS') || '/' || run_id || '/' || operation_no
           AS key
    FROM bookings JOIN runs USING (run_id) JOIN recipe_versions USING (recipe_id, recipe_version)
         CROSS JOIN LATERAL (
             SELECT CAST(coalesce(sum(good_micro), 0) AS bigint) AS good_micro,
                    CAST(coalesce(sum(bad_micro), 0) AS bigint) AS bad_micro
             FROM machine_counts
             WHERE machine_counts.run_id = bookings.run_id AND machine_counts.operation_no = bookings.operation_no
         ) AS counted
    WHERE work_centre_id = :work_centre_id AND runs.state IN ('scheduled', 'allowed', 'running', 'held')
      AND to_char(bookings.starts_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS') || '/' || run_id || '/' || operation_no
          > :after
    ORDER BY key LIMIT :limit
    """
)
BOOKED_WITHIN: Final = text(
    """
    SELECT run_id, starts_at, ends_at, load_id FROM bookings
    WHERE work_centre_id = :work_centre_id AND ends_at > :begin AND starts_at < :end
    ORDER BY starts_at, run_id, operation_no LIMIT :limit
    """
)

_floor: Reads[Floor] = reader(Floor)
_content: Reads[Content] = reader(Content)
_parts: Reads[tuple[ItemPart, ...]] = reader(tuple[ItemPart, ...])


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """An inspection point that not all of a run has passed: how it is looked at, and what it waits for."""

    operation_no: int
    sku: str
    passed: Quantity
    waits: str | None
    characteristics: tuple[Characteristic, ...]
    sampling: tuple[Sampling, ...]


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """An operation of a run at a work centre, with what whoever works there has to know of it.

    `through` is how many of its runs went through the operation; `passes` whether it is reported by itself before the
    last one. `points` are the inspection points that not all of the run has passed.
    `counted_good` and `counted_bad` are what machines have counted at this operation.
    """

    run_id: str
    operation_no: int
    operation: str
    machine_no: int
    starts_at: datetime
    ends_at: datetime
    due_at: datetime
    state: str
    reason: str | None
    recipe_id: str
    recipe_version: int
    title: str
    runs: Quantity
    staged_runs: Quantity
    done_runs: Quantity
    outputs: tuple[ItemPart, ...]
    parameters: tuple[ParameterLimit, ...]
    staged: tuple[LotPart, ...]
    counted_good: Quantity
    counted_bad: Quantity
    points: tuple[OpenPoint, ...] = ()
    through: Quantity = ZERO
    passes: bool = False


@dataclass(frozen=True, slots=True)
class LoadView:
    """The load of a work centre beside its capacity, the first bucket in front."""

    work_centre_id: str
    machines: int
    by: Grain
    buckets: tuple[LoadBucket, ...]


async def page_queue(
    sql: AsyncConnection, work_centre_id: str, *, now: datetime, after: str, limit: int
) -> Page:
    """What waits at a work centre or is at work there, by its place in time, each with its key; raises `NotFound`."""
    await find_centre(sql, work_centre_id, now)
    values = {"work_centre_id": work_centre_id, "after": after, "limit": limit}
    rows = list(await sql.execute(PAGE_QUEUE, values))
    points = await list_inspection_points(sql, {row.recipe_id for row in rows})
    return [(row.key, _queued(row, points.get(row.recipe_id, []))) for row in rows]


def _open(row: Any, floor: Floor, planned: Sequence[InspectionPoint]) -> tuple[OpenPoint, ...]:
    """The points of a run that something of it has not passed; one that is planned no more has nothing to look at."""
    plans = {(each.operation_no, each.sku): each for each in planned if each.in_force}
    found = []
    for point in floor.points:
        plan = plans.get((point.operation_no, point.sku))
        if point.passed.micro < row.staged_runs_micro or point.waiting is not None:
            found.append(
                OpenPoint(
                    point.operation_no,
                    point.sku,
                    point.passed,
                    None if point.waiting is None else point.waiting.reason,
                    () if plan is None else plan.characteristics,
                    () if plan is None else plan.sampling,
                )
            )
    return tuple(found)


def _queued(row: Any, planned: Sequence[InspectionPoint]) -> QueuedRun:
    content = _content(row.content)
    step = next(each for each in content.operations if each.operation_no == row.operation_no)
    floor = _floor(row.floor)
    return QueuedRun(
        row.run_id, row.operation_no, step.title, row.machine_no, row.starts_at, row.ends_at, row.due_at, row.state,
        row.reason, row.recipe_id, row.recipe_version, content.title, Quantity.of_micro(row.runs_micro),
        Quantity.of_micro(row.staged_runs_micro), Quantity.of_micro(row.done_runs_micro), _parts(row.outputs),
        step.parameters, floor.staged, Quantity.of_micro(row.good_micro), Quantity.of_micro(row.bad_micro),
        _open(row, floor, planned),
        Quantity.of_micro(row.done_runs_micro) + gone_through(floor.stages, row.operation_no),
        row.operation_no in milestones(content.operations[:-1]),
    )  # fmt: skip


async def find_load(
    sql: AsyncConnection, work_centre_id: str, begin: datetime, grain: Grain, count: int
) -> LoadView:
    """The load of a work centre in `count` days or weeks from `begin` on; raises `NotFound`."""
    centre, calendar = await find_calendar_of(sql, work_centre_id, begin)
    end = begin + count * timedelta(days=DAYS_OF[grain])
    values = {"work_centre_id": work_centre_id, "begin": begin, "end": end, "limit": BOOKINGS_COUNT_MAX}
    booked = [
        Booked(row.run_id, row.starts_at, row.ends_at, row.load_id)
        for row in await sql.execute(BOOKED_WITHIN, values)
    ]
    downtimes = await list_downtimes_within(sql, work_centre_id, begin, end)
    return LoadView(
        work_centre_id,
        centre.machines,
        grain,
        loads(centre, calendar, begin, grain, count, downtimes, booked),
    )
