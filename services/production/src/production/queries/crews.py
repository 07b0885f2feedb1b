"""Crews as callers see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.errors import NotFound
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
