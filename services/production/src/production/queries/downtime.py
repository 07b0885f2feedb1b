"""When machines stood still, and how well work centres were used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.production import ScheduledOperation
from contracts.values import Quantity
from production.domain.downtime import Downtime, Effectiveness, Worked, effectiveness
from production.domain.floor import Floor, judged
from production.domain.plant import Calendar, WorkCentre
from production.domain.recipe import BEARING, Content
from production.domain.routing import placed
from production.queries.masters import Page, find_calendar, find_centres
from production.queries.runs import list_no_good

RUNS_COUNT_MAX: Final = 10_000

_DOWNTIMES: Final = """
    SELECT downtime_id, work_centre_id, machine_no, kind, reason, starts_at, ends_at, told_by, withdrawn_at,
           withdrawn_by
    FROM downtimes WHERE work_centre_id = :work_centre_id
"""
PAGE_DOWNTIMES: Final = text(
    _DOWNTIMES
    + "AND downtime_id > :after AND (CAST(:ends_after AS timestamptz) IS NULL OR ends_at > :ends_after) "
    "ORDER BY downtime_id LIMIT :limit"
)
DOWNTIMES_WITHIN: Final = text(
    _DOWNTIMES
    + "AND ends_at > :begin AND starts_at < :end AND withdrawn_at IS NULL ORDER BY starts_at, downtime_id LIMIT :limit"
)
CLOSED_WITHIN: Final = text(
    """
    SELECT run_id, done_runs_micro, CAST(floor AS text) AS floor, CAST(content AS text) AS content,
           CAST(operations AS text) AS operations
    FROM runs JOIN recipe_versions USING (recipe_id, recipe_version)
    WHERE runs.state = 'closed' AND ended_at > :begin AND ended_at <= :end
      AND operations @> jsonb_build_array(jsonb_build_object('work_centre_id', CAST(:key AS text)))
    ORDER BY run_id LIMIT :limit
    """
)
# What an end wrote off is a lot that was scrapped from the first on, and scrap of the run as well.
WRITTEN_OFF: Final = text(
    """
    SELECT run_id, CAST(sum(quantity_micro) AS bigint) AS micro FROM lots
    WHERE run_id = ANY(:run_ids) AND state = 'scrapped' AND version = 1 GROUP BY run_id
    """
)

_floor: Reads[Floor] = reader(Floor)
_content: Reads[Content] = reader(Content)
_operations: Reads[tuple[ScheduledOperation, ...]] = reader(tuple[ScheduledOperation, ...])


def _downtime(row: Any) -> Downtime:
    return Downtime(*row)


async def page_downtimes(
    sql: AsyncConnection, work_centre_id: str, *, ends_after: datetime | None, after: str, limit: int
) -> Page:
    """When machines of a work centre stand still, the first told in front, each with its key."""
    values = {"work_centre_id": work_centre_id, "ends_after": ends_after, "after": after, "limit": limit}
    return [(row.downtime_id, _downtime(row)) for row in await sql.execute(PAGE_DOWNTIMES, values)]


async def find_effectiveness(
    sql: AsyncConnection, work_centre_id: str, begin: datetime, end: datetime
) -> Effectiveness:
    """How well a work centre was used, by its downtimes and the runs (at most 10,000) that were done there and ended.

    Raises `NotFound`.
    """
    centre, calendar = await find_calendar_of(sql, work_centre_id, begin)
    downtimes = await list_downtimes_within(sql, work_centre_id, begin, end)
    within = {"begin": begin, "end": end, "limit": RUNS_COUNT_MAX, "key": work_centre_id}
    runs = (await sql.execute(CLOSED_WITHIN, within)).all()
    blocked = await list_no_good(sql, (row.run_id for row in runs))
    off = await sql.execute(WRITTEN_OFF, {"run_ids": sorted(row.run_id for row in runs)})
    twice = {row.run_id: row.micro for row in off}
    worked = [
        _worked(row, work_centre_id, blocked.get(row.run_id, {}), twice.get(row.run_id, 0)) for row in runs
    ]
    return effectiveness(centre, calendar, begin, end, downtimes, worked)


async def find_calendar_of(
    sql: AsyncConnection, work_centre_id: str, at: datetime
) -> tuple[WorkCentre, Calendar]:
    """A work centre with its rates of a moment, and the calendar that it works by; raises `NotFound`."""
    centre = (await find_centres(sql, [work_centre_id], at)).get(work_centre_id)
    if centre is None:
        raise NotFound(f"no work centre {work_centre_id}")
    return centre, await find_hours(sql, centre.calendar_id)


async def find_hours(sql: AsyncConnection, calendar_id: str) -> Calendar:
    """A calendar as work is reckoned by it; raises `NotFound`."""
    view = await find_calendar(sql, calendar_id)
    return Calendar(
        view.calendar_id, view.weekdays, view.opens_at_hour, view.closes_at_hour, view.days_off, view.shifts
    )


async def list_downtimes_within(
    sql: AsyncConnection, work_centre_id: str, begin: datetime, end: datetime
) -> list[Downtime]:
    """When machines of a work centre stand still between two moments, the earliest first; at most 10,000."""
    within = {"work_centre_id": work_centre_id, "begin": begin, "end": end, "limit": RUNS_COUNT_MAX}
    return [_downtime(row) for row in await sql.execute(DOWNTIMES_WITHIN, within)]


def _worked(row: Any, work_centre_id: str, blocked: Mapping[str, Quantity], written_off: int) -> Worked:
    content, floor, done = _content(row.content), _floor(row.floor), Quantity.of_micro(row.done_runs_micro)
    bearing = {output.sku for output in content.outputs if output.role in BEARING}
    ideal = sum(
        Fraction(step.run_minutes.times(done).decimal)
        for step in placed(content.operations, _operations(row.operations))
        if step.work_centre_id == work_centre_id
    )
    made = [each for each in judged(floor.made, blocked) if each.sku in bearing]
    good = sum((each.quantity - each.blocked).micro for each in made)
    scrapped = sum(scrap.quantity.micro for scrap in floor.scrapped if scrap.sku in bearing)
    whole = sum(each.quantity.micro for each in made) + scrapped - written_off
    return Worked(row.run_id, Fraction(ideal), Fraction(good, whole) if whole else Fraction(0))
