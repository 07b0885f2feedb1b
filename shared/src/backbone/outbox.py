"""The outbox: facts leave a transaction in one statement, after the rows that own their keys are locked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.wire import Outgoing

# WITH ORDINALITY keeps the order of emission: identity values follow it, and the relay reads by identity.
ADD_OUTGOING: Final = text(
    """
    INSERT INTO outbox (event_id, topic, key, headers, payload)
    SELECT event_id, topic, key, headers, payload
    FROM unnest(CAST(:event_id AS uuid[]), CAST(:topic AS text[]), CAST(:key AS text[]),
                CAST(:headers AS text[]), CAST(:payload AS bytea[]))
         WITH ORDINALITY AS told(event_id, topic, key, headers, payload, place)
    ORDER BY place
    """
)


async def add_outgoing(sql: AsyncConnection, rows: Sequence[Outgoing]) -> None:
    """Write all facts of a transaction, in order, in one statement."""
    if not rows:
        return
    await sql.execute(
        ADD_OUTGOING,
        {
            "event_id": [row.event_id for row in rows],
            "topic": [row.topic for row in rows],
            "key": [row.key for row in rows],
            "headers": [row.headers for row in rows],
            "payload": [row.payload for row in rows],
        },
    )
