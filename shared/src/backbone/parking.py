"""Parked keys: facts that cannot be handled now wait in order, block their own key alone, and are replayed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.wire import Incoming

NOT_YET_SECONDS: Final = (0.5, 2.0, 10.0, 60.0, 600.0)
POISON_TRIES_MAX: Final = 3
CAUSE_CHARS_MAX: Final = 2_000

ParkedKey = tuple[str, str, str]

LOCK_KEYS: Final = text(
    """
    SELECT parked_key.subscription, parked_key.topic, parked_key.key FROM parked_key
    JOIN unnest(CAST(:subscription AS text[]), CAST(:topic AS text[]), CAST(:key AS text[]))
         AS wanted(subscription, topic, key) USING (subscription, topic, key)
    ORDER BY 1, 2, 3
    FOR UPDATE OF parked_key
    """
)
ADD_EVENTS: Final = text(
    """
    INSERT INTO parked_event (subscription, topic, key, event_id, kafka_partition, kafka_offset, recorded_ms,
                              headers, payload)
    SELECT subscription, topic, key, event_id, kafka_partition, kafka_offset, recorded_ms, headers, payload
    FROM unnest(CAST(:subscription AS text[]), CAST(:topic AS text[]), CAST(:key AS text[]),
                CAST(:event_id AS uuid[]), CAST(:kafka_partition AS int[]), CAST(:kafka_offset AS bigint[]),
                CAST(:recorded_ms AS bigint[]), CAST(:headers AS text[]), CAST(:payload AS bytea[]))
         WITH ORDINALITY AS parked(subscription, topic, key, event_id, kafka_partition, kafka_offset, recorded_ms,
                                   headers, payload, place)
    ORDER BY place
    """
)
PARK_KEY: Final = text(
    """
    INSERT INTO parked_key (subscription, topic, key, kind, cause, waits_for, attempts, next_at)
    VALUES (:subscription, :topic, :key, :kind, :cause, :waits_for, 1, :next_at)
    ON CONFLICT (subscription, topic, key) DO UPDATE
    SET kind = excluded.kind, cause = excluded.cause, waits_for = excluded.waits_for,
        attempts = parked_key.attempts + 1, next_at = excluded.next_at
    """
)
COUNT_TRIES: Final = text(
    """
    INSERT INTO attempts (subscription, event_id, tries)
    SELECT DISTINCT subscription, event_id, 1
    FROM unnest(CAST(:subscription AS text[]), CAST(:event_id AS uuid[])) AS tried(subscription, event_id)
    ORDER BY 1, 2
    ON CONFLICT (subscription, event_id) DO UPDATE SET tries = attempts.tries + 1
    RETURNING subscription, event_id, tries
    """
)
FORGET_TRIES: Final = text(
    """
    DELETE FROM attempts USING unnest(CAST(:subscription AS text[]), CAST(:event_id AS uuid[]))
        AS done(subscription, event_id)
    WHERE attempts.subscription = done.subscription AND attempts.event_id = done.event_id
    """
)

Waiting = tuple[str, Incoming]


async def lock_parked(sql: AsyncConnection, keys: Iterable[ParkedKey]) -> set[ParkedKey]:
    """Lock those of `keys` that are parked, in key order, and say which they are."""
    wanted = sorted(set(keys))
    if not wanted:
        return set()
    columns = {
        "subscription": [s for s, _, _ in wanted],
        "topic": [t for _, t, _ in wanted],
        "key": [k for _, _, k in wanted],
    }
    rows = await sql.execute(LOCK_KEYS, columns)
    return {(row.subscription, row.topic, row.key) for row in rows}


async def add_parked(sql: AsyncConnection, waiting: Sequence[Waiting]) -> None:
    """Append records to the queues of their parked keys, in order."""
    if not waiting:
        return
    records = [record for _, record in waiting]
    await sql.execute(
        ADD_EVENTS,
        {
            "subscription": [subscription for subscription, _ in waiting],
            "topic": [record.topic for record in records],
            "key": [record.parking_key for record in records],
            "event_id": [record.event_id for record in records],
            "kafka_partition": [record.partition for record in records],
            "kafka_offset": [record.offset for record in records],
            "recorded_ms": [record.timestamp_ms for record in records],
            "headers": [msgspec.json.encode(record.headers).decode() for record in records],
            "payload": [record.value for record in records],
        },
    )


async def park_key(
    sql: AsyncConnection,
    subscription: str,
    record: Incoming,
    *,
    kind: str,
    cause: str,
    waits_for: str | None,
    next_at: datetime | None,
) -> None:
    """Mark the key of `record` as parked; `next_at` is the wall-clock moment of the next try, None for never."""
    await sql.execute(
        PARK_KEY,
        {
            "subscription": subscription,
            "topic": record.topic,
            "key": record.parking_key,
            "kind": kind,
            "cause": cause[:CAUSE_CHARS_MAX],
            "waits_for": waits_for,
            "next_at": next_at,
        },
    )


async def count_tries(sql: AsyncConnection, waiting: Sequence[Waiting]) -> dict[tuple[str, str], int]:
    """Count one more try of each record; the answer is how often each was begun."""
    rows = await sql.execute(
        COUNT_TRIES,
        {"subscription": [s for s, _ in waiting], "event_id": [record.event_id for _, record in waiting]},
    )
    return {(row.subscription, str(row.event_id)): row.tries for row in rows}


async def forget_tries(sql: AsyncConnection, waiting: Sequence[Waiting]) -> None:
    """Drop the counts of records that are settled."""
    await sql.execute(
        FORGET_TRIES,
        {"subscription": [s for s, _ in waiting], "event_id": [record.event_id for _, record in waiting]},
    )


RUN: Final = ("run", "00000000-0000-0000-0000-000000000000")
BEGIN_RUN: Final = text(
    """
    INSERT INTO attempts (subscription, event_id, tries) VALUES (:subscription, :event_id, 1)
    ON CONFLICT (subscription, event_id) DO UPDATE SET tries = attempts.tries + 1
    RETURNING tries
    """
)
LIST_TRIED: Final = text(
    """
    SELECT attempts.subscription, attempts.event_id FROM attempts
    JOIN unnest(CAST(:subscription AS text[]), CAST(:event_id AS uuid[])) AS asked(subscription, event_id)
      USING (subscription, event_id)
    """
)
WAKE: Final = text(
    """
    UPDATE parked_key SET next_at = now(), attempts = 0 WHERE waits_for = ANY(:subjects) AND next_at > now()
    """
)


async def begin_run(sql: AsyncConnection) -> bool:
    """Note that a consumer runs; the answer is whether the one before it ended without saying so."""
    row = (await sql.execute(BEGIN_RUN, {"subscription": RUN[0], "event_id": RUN[1]})).one()
    return bool(row.tries > 1)


async def end_run(sql: AsyncConnection) -> None:
    """Note that the consumer ended cleanly."""
    await sql.execute(FORGET_TRIES, {"subscription": [RUN[0]], "event_id": [RUN[1]]})


async def any_tried(sql: AsyncConnection, waiting: Sequence[Waiting]) -> bool:
    """Whether a try of any of these records was begun and never settled."""
    asked = {"subscription": [s for s, _ in waiting], "event_id": [record.event_id for _, record in waiting]}
    return (await sql.execute(LIST_TRIED, asked)).first() is not None


async def wake(sql: AsyncConnection, subjects: Iterable[str]) -> None:
    """Let the keys that wait for any of `subjects` be tried now."""
    await sql.execute(WAKE, {"subjects": sorted(set(subjects))})


def next_try(attempts: int, now: datetime) -> datetime:
    """The wall-clock moment of the next try of a key that waits for something to arrive."""
    return now + timedelta(seconds=NOT_YET_SECONDS[min(attempts, len(NOT_YET_SECONDS) - 1)])
