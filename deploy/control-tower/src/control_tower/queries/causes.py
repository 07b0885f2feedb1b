"""What led to a thing: the first fact that was told of it, and the facts that led to that one."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from control_tower.domain.heard import Heard
from control_tower.queries.rows import heard_of

CAUSES_COUNT_MAX: Final = 50

CAUSES: Final = text(
    """
    WITH RECURSIVE led(event_id, causation_id, depth) AS (
        (SELECT heard_facts.event_id, causation_id, 1 FROM mentions JOIN heard_facts USING (event_id)
         WHERE kind = :kind AND subject_id = :subject_id ORDER BY position LIMIT 1)
        UNION ALL
        SELECT before.event_id, before.causation_id, led.depth + 1
        FROM led JOIN heard_facts AS before ON before.event_id = CAST(led.causation_id AS uuid)
        WHERE led.depth < :limit
    )
    SELECT position, event_id, name, topic, key, sequence, told_at, recorded_at, correlation_id,
           heard_facts.causation_id, CAST(fact AS text) AS fact
    FROM led JOIN heard_facts USING (event_id) ORDER BY depth
    """
)


async def list_causes(sql: AsyncConnection, kind: str, subject_id: str) -> list[Heard]:
    """The first fact that names a thing, then the one that led to it, and so on; at most 50."""
    values = {"kind": kind, "subject_id": subject_id, "limit": CAUSES_COUNT_MAX}
    return [heard_of(row) for row in await sql.execute(CAUSES, values)]
