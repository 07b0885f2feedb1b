"""How the log of facts becomes deliveries, and what becomes of them: the statements of the one who delivers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg
import msgspec

from backbone.ids import new_id
from backbone.webhooks.endpoint import WAITING_COUNT_MAX
from backbone.webhooks.outcome import Due, Outcome

FACTS_COUNT_MAX: Final = 500

_HEADERS: Final = msgspec.json.Decoder(list[tuple[str, str]])

# Who may get more: active, and behind the log.
LIST_BEHIND: Final = """
    SELECT webhook_id, facts, position FROM webhooks
    WHERE state = 'active' AND position < (SELECT coalesce(max(position), 0) FROM facts WHERE shard = 0)
      AND (SELECT count(*) FROM (
            SELECT 1 FROM webhook_deliveries AS waiting
            WHERE waiting.webhook_id = webhooks.webhook_id AND waiting.state = 'waiting' LIMIT $1
          ) AS few) < $1
    ORDER BY webhook_id
"""
READ: Final = """
    SELECT position, event_id, topic, headers FROM facts
    WHERE shard = 0 AND position > $1 ORDER BY position LIMIT $2
"""
# The place in the log moves with the rows that are made up to it, unless somebody moved it meanwhile.
SPREAD: Final = """
    WITH moved AS (
        UPDATE webhooks SET position = $3 WHERE webhook_id = $1 AND position = $2 AND state = 'active'
        RETURNING webhook_id
    )
    INSERT INTO webhook_deliveries (webhook_id, delivery_id, event_id, type, position, state, next_at)
    SELECT moved.webhook_id, made.delivery_id, made.event_id, made.type, made.position, 'waiting', $8
    FROM moved CROSS JOIN unnest($4::text[], $5::uuid[], $6::text[], $7::bigint[])
         AS made(delivery_id, event_id, type, position)
    ORDER BY made.delivery_id
"""
# For each endpoint that may be sent to, the first that are due and not in flight.
LIST_DUE: Final = """
    SELECT due.webhook_id, due.delivery_id, due.event_id, due.attempts, due.made_at, webhooks.url,
           coalesce(due.message, facts.payload) AS payload, facts.headers,
           ARRAY(SELECT hidden FROM webhook_secrets AS one
                 WHERE one.webhook_id = due.webhook_id AND (one.ends_at IS NULL OR one.ends_at > $1)
                 ORDER BY one.secret_id DESC) AS secrets
    FROM webhooks
    CROSS JOIN LATERAL (
        SELECT * FROM webhook_deliveries AS waiting
        WHERE waiting.webhook_id = webhooks.webhook_id AND waiting.state = 'waiting' AND waiting.next_at <= $1
          AND waiting.delivery_id <> ALL($2::text[])
        ORDER BY waiting.next_at, waiting.delivery_id LIMIT $3
    ) AS due
    LEFT JOIN facts ON facts.shard = 0 AND facts.position = due.position
    WHERE webhooks.state = 'active' AND webhooks.webhook_id <> ALL($4::text[])
      AND (webhooks.resumes_at IS NULL OR webhooks.resumes_at <= $1)
    ORDER BY due.webhook_id, due.next_at, due.delivery_id
"""
NOTE: Final = """
    UPDATE webhook_deliveries AS noted
    SET state = tried.state, attempts = tried.attempts, status = tried.status, answer = tried.answer, tried_at = $9,
        next_at = tried.next_at, done_at = CASE WHEN tried.state = 'waiting' THEN NULL ELSE $9::timestamptz END
    FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::integer[], $6::text[], $7::timestamptz[],
                $8::integer[])
         AS tried(webhook_id, delivery_id, state, attempts, status, answer, next_at, before)
    WHERE noted.webhook_id = tried.webhook_id AND noted.delivery_id = tried.delivery_id
      AND noted.state = 'waiting' AND noted.attempts = tried.before
"""
DELIVERED: Final = (
    "UPDATE webhooks SET delivered_at = $2, resumes_at = NULL WHERE webhook_id = ANY($1::text[])"
)
PAUSE: Final = """
    UPDATE webhooks SET resumes_at = paused.until
    FROM unnest($1::text[], $2::timestamptz[]) AS paused(webhook_id, until)
    WHERE webhooks.webhook_id = paused.webhook_id
"""
# Nothing was taken since what was given up had been made: who comes back enables it.
DISABLE: Final = """
    UPDATE webhooks SET state = 'disabled', reason = ended.reason, changed_by = 'webhooks', version = version + 1,
                        changed_at = $4
    FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS ended(webhook_id, reason, since)
    WHERE webhooks.webhook_id = ended.webhook_id AND state = 'active'
      AND (ended.since IS NULL OR delivered_at IS NULL OR delivered_at < ended.since)
    RETURNING webhooks.webhook_id, webhooks.reason
"""


async def spread(connection: asyncpg.Connection, personal: Sequence[str], now: datetime) -> int:
    """Make deliveries of the next facts for every endpoint that wants them; the answer counts facts looked at."""
    behind = await connection.fetch(LIST_BEHIND, WAITING_COUNT_MAX)
    read: dict[int, list[asyncpg.Record]] = {}
    for webhook in behind:
        start = webhook["position"]
        if start not in read:
            read[start] = await connection.fetch(READ, start, FACTS_COUNT_MAX)
        kept = [
            (row["event_id"], kind, row["position"])
            for row in read[start]
            if row["topic"] not in personal
            for kind in (_type_of(row["headers"]),)
            if not webhook["facts"] or kind in webhook["facts"]
        ]
        ids = [new_id() for _ in kept]
        columns = [list(column) for column in zip(*kept, strict=True)] if kept else [[], [], []]
        end = read[start][-1]["position"]
        await connection.execute(SPREAD, webhook["webhook_id"], start, end, ids, *columns, now)
    return sum(len(rows) for rows in read.values())


def _type_of(headers: str) -> str:
    return next((value for name, value in _HEADERS.decode(headers) if name == "ce_type"), "")


async def list_due(
    connection: asyncpg.Connection, now: datetime, in_flight: Sequence[str], full: Sequence[str], each: int
) -> list[Due]:
    """What is to be sent now, at most so many for each endpoint that is not `full`, without what is in flight."""
    return [
        Due(
            row["webhook_id"],
            row["delivery_id"],
            str(row["event_id"]),
            row["attempts"],
            row["made_at"],
            row["url"],
            row["payload"],
            row["headers"],
            tuple(row["secrets"]),
        )
        for row in await connection.fetch(LIST_DUE, now, in_flight, each, full)
    ]


async def note(
    connection: asyncpg.Connection, outcomes: Sequence[Outcome], now: datetime
) -> list[tuple[str, str]]:
    """Write down what came of tries, all or nothing; the answer names endpoints disabled by that, with the reason."""
    async with connection.transaction():
        await connection.execute(NOTE, *_columns(outcomes), now)
        taken = sorted({one.due.webhook_id for one in outcomes if one.state == "delivered"})
        if taken:
            await connection.execute(DELIVERED, taken, now)
        pauses = {one.due.webhook_id: one.pause for one in outcomes if one.pause is not None}
        if pauses:
            await connection.execute(PAUSE, list(pauses), list(pauses.values()))
        ends = {one.due.webhook_id: one for one in outcomes if one.ends is not None}
        if not ends:
            return []
        reasons = [one.ends for one in ends.values()]
        since = [None if one.gone else one.due.made_at for one in ends.values()]
        rows = await connection.fetch(DISABLE, list(ends), reasons, since, now)
        return [(row["webhook_id"], row["reason"]) for row in rows]


def _columns(outcomes: Sequence[Outcome]) -> list[list[Any]]:
    return [
        [one.due.webhook_id for one in outcomes],
        [one.due.delivery_id for one in outcomes],
        [one.state for one in outcomes],
        [one.due.attempts + 1 for one in outcomes],
        [one.status for one in outcomes],
        [one.answer for one in outcomes],
        [one.next_at for one in outcomes],
        [one.due.attempts for one in outcomes],
    ]
