"""The inbox: what a subscription has seen, so that a fact that arrives again changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

Seen = tuple[str, str]

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


async def add_unseen(sql: AsyncConnection, seen: Sequence[Seen]) -> set[Seen]:
    """Mark (subscription, event id) pairs as seen; the answer holds those that were new."""
    if not seen:
        return set()
    rows = await sql.execute(
        ADD_SEEN, {"subscription": [s for s, _ in seen], "event_id": [e for _, e in seen]}
    )
    return {(subscription, str(event_id)) for subscription, event_id in rows}
