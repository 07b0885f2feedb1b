"""The inbox: what a subscription has seen, so that a fact that arrives again changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.ids import oldest_id

Seen = tuple[str, str]

# Longer than facts lie in Kafka (30 days), by more than a parked key may wait before somebody looks.
KEPT_DAYS: Final = 60
DROPPED_COUNT_MAX: Final = 5_000

# Ordered, because two batches that overlap without an order would deadlock on the unique index.
ADD_SEEN: Final = text(
    """
    INSERT INTO inbox (subscription, event_id)
    SELECT subscription, event_id
    FROM unnest(CAST(:subscription AS text[]), CAST(:event_id AS uuid[])) AS seen(subscription, event_id)
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING
    RETURNING subscription, event_id
    """
)


# By id, not by the time of seeing: ids are time-ordered, and the primary key finds the oldest.
DROP_OLD: Final = text(
    """
    DELETE FROM inbox WHERE (subscription, event_id) IN (
        SELECT subscription, event_id FROM inbox
        WHERE subscription = :subscription AND event_id < CAST(:floor AS uuid)
        ORDER BY event_id LIMIT :limit
    )
    RETURNING event_id
    """
)


def floor_id(now: datetime) -> str:
    """An id that is as old as the oldest that the inbox remembers at `now` (wall clock)."""
    return oldest_id(now - timedelta(days=KEPT_DAYS))


async def drop_old(sql: AsyncConnection, subscription: str, now: datetime) -> int:
    """Forget what a subscription saw before the floor, a bounded number of rows; the answer is how many."""
    columns = {"subscription": subscription, "floor": floor_id(now), "limit": DROPPED_COUNT_MAX}
    return len((await sql.execute(DROP_OLD, columns)).all())


async def add_unseen(sql: AsyncConnection, seen: Sequence[Seen]) -> set[Seen]:
    """Mark (subscription, event id) pairs as seen; the answer holds those that were new."""
    if not seen:
        return set()
    rows = await sql.execute(
        ADD_SEEN, {"subscription": [s for s, _ in seen], "event_id": [e for _, e in seen]}
    )
    return {(subscription, str(event_id)) for subscription, event_id in rows}
