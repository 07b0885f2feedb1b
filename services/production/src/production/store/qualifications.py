"""Who has which skill, in rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import text

from backbone.service import Tx
from production.domain.crew import Skill
from production.domain.qualification import Qualification, Qualified

SAVE_QUALIFICATION: Final = text(
    """
    INSERT INTO qualifications (person, site_id, skill, valid_until_at, given_by, given_at)
    VALUES (:person, :site_id, :skill, :valid_until, :given_by, :given_at)
    ON CONFLICT (person, site_id, skill) DO UPDATE SET valid_until_at = excluded.valid_until_at,
        given_by = excluded.given_by, given_at = excluded.given_at
    """
)
LOAD_QUALIFIED: Final = text(
    """
    SELECT person, site_id, skill, valid_until_at FROM qualifications
    JOIN unnest(CAST(:site_id AS text[]), CAST(:skill AS text[])) AS asked(site_id, skill) USING (site_id, skill)
    """
)


async def save_qualification(tx: Tx, given: Qualification, by: str) -> None:
    """Keep that a person has a skill, instead of what was said of it before."""
    values = {
        "person": given.person, "site_id": given.site_id, "skill": given.skill, "valid_until": given.valid_until,
        "given_by": by, "given_at": tx.now,
    }  # fmt: skip
    await tx.sql.execute(SAVE_QUALIFICATION, values)


async def load_qualified(tx: Tx, skills: Iterable[Skill]) -> Qualified:
    """Everybody who has, or ever had, one of these skills at its site."""
    asked = sorted(set(skills))
    found: dict[Skill, dict[str, Qualification]] = {}
    if not asked:
        return found
    values = {"site_id": [site_id for site_id, _ in asked], "skill": [skill for _, skill in asked]}
    for row in await tx.sql.execute(LOAD_QUALIFIED, values):
        found.setdefault((row.site_id, row.skill), {})[row.person] = Qualification(*row)
    return found
