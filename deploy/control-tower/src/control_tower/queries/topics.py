"""What the topics carry and who answers to it, as far as it was heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

FACTS_LOOKED_AT_MAX: Final = 20_000

LAST: Final = text(
    """
    SELECT topic, count(*) FILTER (WHERE heard_at > :since) AS facts, max(told_at) AS told_at
    FROM (SELECT topic, heard_at, told_at FROM heard_facts ORDER BY position DESC LIMIT :limit) AS newest
    GROUP BY topic
    """
)
# A fact that names its cause was told by a service that heard that cause: the map of who hears what.
HEARERS: Final = text(
    """
    SELECT cause.topic, split_part(newest.topic, '.', 1) AS hearer, count(*) AS answers
    FROM (SELECT topic, causation_id FROM heard_facts WHERE causation_id IS NOT NULL
          ORDER BY position DESC LIMIT :limit) AS newest
    JOIN heard_facts AS cause ON cause.event_id = CAST(newest.causation_id AS uuid)
    GROUP BY 1, 2 ORDER BY 1, 2
    """
)


@dataclass(frozen=True, slots=True)
class Carried:
    """What a topic carried: facts since a moment, and the business time of the last."""

    facts: int
    told_at: datetime


@dataclass(frozen=True, slots=True)
class Hearing:
    """A service that was seen to answer facts of a topic, and how often."""

    topic: str
    hearer: str
    answers: int


async def list_carried(sql: AsyncConnection, since: datetime) -> dict[str, Carried]:
    """Topics with what they carried among the newest 20,000 facts; those without any are absent."""
    rows = await sql.execute(LAST, {"since": since, "limit": FACTS_LOOKED_AT_MAX})
    return {row.topic: Carried(row.facts, row.told_at) for row in rows}


async def list_hearings(sql: AsyncConnection) -> list[Hearing]:
    """Who was seen to answer which topic among the newest 20,000 facts that have a cause."""
    rows = await sql.execute(HEARERS, {"limit": FACTS_LOOKED_AT_MAX})
    return [Hearing(row.topic, row.hearer, row.answers) for row in rows]
