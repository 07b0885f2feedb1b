"""Crews in their rows; to define one again replaces it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import text

from backbone.service import Tx
from contracts.topics import CREW
from production.domain.crew import Crew

# The row is there before it is locked, so that two who define the same crew at once wait for each other.
MAKE_CREW: Final = text(
    """
    INSERT INTO crews (crew_id, site_id, title, skill, people, calendar_id, version, told)
    VALUES (:crew_id, '', '', '', 0, '', 0, 0) ON CONFLICT DO NOTHING
    """
)
_CREWS: Final = "SELECT crew_id, site_id, title, skill, people, calendar_id, version, told FROM crews "
LOCK_CREW: Final = text(_CREWS + "WHERE crew_id = :crew_id FOR UPDATE")
SAVE_CREW: Final = text(
    """
    UPDATE crews SET site_id = :site_id, title = :title, skill = :skill, people = :people, calendar_id = :calendar_id,
        told = :told, version = version + 1
    WHERE crew_id = :crew_id
    """
)
LOAD_CREWS_OF_SITES: Final = text(_CREWS + "WHERE site_id = ANY(:site_ids) ORDER BY crew_id")


async def lock_crew(tx: Tx, crew_id: str) -> Crew | None:
    """A crew, its row held, a new one if there is none; None for a crew that nobody has defined yet."""
    key = {"crew_id": crew_id}
    await tx.sql.execute(MAKE_CREW, key)
    row = (await tx.sql.execute(LOCK_CREW, key)).one()
    tx.locked(CREW, {crew_id: row.told})
    return Crew(*row[:6]) if row.version else None


async def save_crew(tx: Tx, crew: Crew) -> None:
    """Write a locked crew."""
    values = {
        "crew_id": crew.crew_id,
        "site_id": crew.site_id,
        "title": crew.title,
        "skill": crew.skill,
        "people": crew.people,
        "calendar_id": crew.calendar_id,
        "told": tx.tells(CREW, crew.crew_id),
    }
    await tx.sql.execute(SAVE_CREW, values)


async def load_crews_of_sites(tx: Tx, site_ids: Iterable[str]) -> dict[str, Crew]:
    """The crews of these sites."""
    rows = await tx.sql.execute(LOAD_CREWS_OF_SITES, {"site_ids": sorted(set(site_ids))})
    return {row.crew_id: Crew(*row[:6]) for row in rows}
