"""Crews as callers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.errors import NotFound
from production.domain.load import DAYS_OF, Booked, Grain, LoadBucket, crew_loads
from production.queries.downtime import find_hours
from production.queries.floor import BOOKINGS_COUNT_MAX
from production.queries.masters import Page

_CREWS: Final = "SELECT crew_id, site_id, title, skill, people, calendar_id FROM crews "
PAGE_CREWS: Final = text(
    _CREWS
    + """
    WHERE crew_id > :after AND (CAST(:site_id AS text) IS NULL OR site_id = :site_id)
      AND (CAST(:skill AS text) IS NULL OR skill = :skill)
    ORDER BY crew_id LIMIT :limit
    """
)
FIND_CREW: Final = text(_CREWS + "WHERE crew_id = :crew_id")


@dataclass(frozen=True, slots=True)
class CrewView:
    """So many people of one skill are at a site whenever their calendar is open."""

    crew_id: str
    site_id: str
    title: str
    skill: str
    people: int
    calendar_id: str


BOOKED_OF_CREW: Final = text(
    """
    SELECT run_id, starts_at, ends_at, load_id, people FROM bookings
    WHERE crew_id = :crew_id AND ends_at > :begin AND starts_at < :end
    ORDER BY starts_at, run_id, operation_no LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class CrewLoadView:
    """The load of a crew beside what its people can do, the first bucket in front; minutes are those of all of them."""

    crew_id: str
    people: int
    by: Grain
    buckets: tuple[LoadBucket, ...]


def _crew(row: Any) -> CrewView:
    return CrewView(*row)


async def page_crews(
    sql: AsyncConnection, *, site_id: str | None, skill: str | None, after: str, limit: int
) -> Page:
    """Crews by id, each with its key."""
    narrowed = {"site_id": site_id, "skill": skill}
    rows = await sql.execute(PAGE_CREWS, {**narrowed, "after": after, "limit": limit})
    return [(row.crew_id, _crew(row)) for row in rows]


async def find_crew(sql: AsyncConnection, crew_id: str) -> CrewView:
    """A crew; raises `NotFound`."""
    row = (await sql.execute(FIND_CREW, {"crew_id": crew_id})).one_or_none()
    if row is None:
        raise NotFound(f"no crew {crew_id}")
    return _crew(row)


async def find_crew_load(
    sql: AsyncConnection, crew_id: str, begin: datetime, grain: Grain, count: int
) -> CrewLoadView:
    """The load of a crew in `count` days or weeks from `begin` on; raises `NotFound`."""
    crew = await find_crew(sql, crew_id)
    calendar = await find_hours(sql, crew.calendar_id)
    end = begin + count * timedelta(days=DAYS_OF[grain])
    values = {"crew_id": crew_id, "begin": begin, "end": end, "limit": BOOKINGS_COUNT_MAX}
    booked = [Booked(*row) for row in await sql.execute(BOOKED_OF_CREW, values)]
    return CrewLoadView(
        crew_id, crew.people, grain, crew_loads(crew.people, calendar, begin, grain, count, booked)
    )
