"""Who has which skill, as callers see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from production.queries.masters import Page

_KEY: Final = "CAST(jsonb_build_array(person, site_id, skill) AS text)"
PAGE_QUALIFICATIONS: Final = text(
    f"""
    SELECT {_KEY} AS key, person, site_id, skill, valid_until_at, given_by, given_at FROM qualifications
    WHERE {_KEY} > :after AND (CAST(:person AS text) IS NULL OR person = :person)
      AND (CAST(:site_id AS text) IS NULL OR site_id = :site_id)
      AND (CAST(:skill AS text) IS NULL OR skill = :skill)
    ORDER BY 1 LIMIT :limit
    """  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class QualificationView:
    """A person has a skill at a site until a moment (absent: until it is changed); who said so, and when."""

    person: str
    site_id: str
    skill: str
    valid_until: datetime | None
    given_by: str
    given_at: datetime


async def page_qualifications(
    sql: AsyncConnection, narrowed: Mapping[str, str | None], *, after: str, limit: int
) -> Page:
    """Skills of people by person, site and skill, each with its key."""
    rows = await sql.execute(PAGE_QUALIFICATIONS, {**narrowed, "after": after, "limit": limit})
    return [(row.key, QualificationView(*row[1:])) for row in rows]
