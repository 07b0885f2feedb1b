"""Crews in their rows; to define one again replaces it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import text

from backbone.service import Tx
from contracts.topics import CREW
from production.domain.crew import Crew, Skill

# The row is there before it is locked, so that two who define the same crew at once wait for each other.
MAKE_CREW: Final = text(
    """
    INSERT INTO crews (crew_id, site_id, title, skill, people, calendar_id, version, told)
    VALUES (:crew_id, '', '', '', 0, '', 0, 0) ON CONFLICT DO NOTHING
    """
)
_CREWS: Final = "SELECT crew_id, site_id, title, skill, people, calendar_id FROM crews "
LOCK_CREW: Final = text("SELECT told FROM crews WHERE crew_id = :crew_id FOR UPDATE")
SAVE_CREW: Final = text(
    """
    UPDATE crews SET site_id = :site_id, title = :title, skill = :skill, people = :people, calendar_id = :calendar_id,
        told = :told, version = version + 1
    WHERE crew_id = :crew_id
    """
)
_ASKED: Final = """
    WHERE crew_id = ANY(:crew_ids) OR EXISTS (
        SELECT FROM unnest(CAST(:site_id AS text[]), CAST(:skill AS text[])) AS asked(site_id, skill)
        WHERE asked.site_id = crews.site_id AND asked.skill = crews.skill)
    ORDER BY crew_id
"""
LOAD_CREWS: Final = text(_CREWS + _ASKED)
LOCK_CREWS: Final = text(_CREWS + _ASKED + " FOR UPDATE")
LOAD_CREWS_BY: Final = text(_CREWS + "WHERE calendar_id = :calendar_id ORDER BY crew_id")
LOAD_CREWS_OF_SITES: Final = text(_CREWS + "WHERE site_id = ANY(:site_ids) ORDER BY crew_id")


async def lock_crew(tx: Tx, crew_id: str) -> None:
    """Hold a crew's row, a new one if there is none."""
    key = {"crew_id": crew_id}
    await tx.sql.execute(MAKE_CREW, key)
    tx.locked(CREW, {crew_id: (await tx.sql.execute(LOCK_CREW, key)).scalar_one()})


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


async def load_crews_by(tx: Tx, calendar_id: str) -> dict[str, Crew]:
    """The crews that work by a calendar."""
    return _crews(await tx.sql.execute(LOAD_CREWS_BY, {"calendar_id": calendar_id}))


async def load_crews_of_sites(tx: Tx, site_ids: Iterable[str]) -> dict[str, Crew]:
    """The crews of these sites."""
    rows = await tx.sql.execute(LOAD_CREWS_OF_SITES, {"site_ids": sorted(set(site_ids))})
    return _crews(rows)


async def load_crews(tx: Tx, skills: Iterable[Skill], crew_ids: Iterable[str] = ()) -> dict[str, Crew]:
    """The crews that have one of these skills at its site, and those of these ids."""
    values = _asked(skills, crew_ids)
    return {} if values is None else _crews(await tx.sql.execute(LOAD_CREWS, values))


async def lock_crews(tx: Tx, skills: Iterable[Skill], crew_ids: Iterable[str] = ()) -> dict[str, Crew]:
    """As `load_crews`, locked in key order after the work centres: nobody else books their people now."""
    values = _asked(skills, crew_ids)
    return {} if values is None else _crews(await tx.sql.execute(LOCK_CREWS, values))


def _asked(skills: Iterable[Skill], crew_ids: Iterable[str]) -> dict[str, list[str]] | None:
    """None where nobody asks for anybody."""
    asked, ids = sorted(set(skills)), sorted(set(crew_ids))
    if not asked and not ids:
        return None
    return {"site_id": [site for site, _ in asked], "skill": [skill for _, skill in asked], "crew_ids": ids}


def _crews(rows: Iterable[Any]) -> dict[str, Crew]:
    return {row.crew_id: Crew(*row) for row in rows}
