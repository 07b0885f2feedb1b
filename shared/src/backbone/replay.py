"""Replay of parked keys: the same row lock as the consumer takes first, then the queue, one fact a transaction."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone import parking
from backbone.errors import NotYet
from backbone.service.database import Trouble, trouble_of
from backbone.service.tasks import Task
from backbone.service.told import handle, persist
from backbone.wire import Incoming

if TYPE_CHECKING:
    from backbone.service.host import Host

RETRY_KEYS_MAX: Final = 100
REPLAY_FACTS_MAX: Final = 10_000

log = structlog.get_logger(__name__)

DUE_KEYS: Final = text(
    """
    SELECT subscription, topic, key FROM parked_key WHERE next_at <= now() ORDER BY next_at LIMIT :limit
    """
)
ANY_WAITS: Final = text("SELECT 1 FROM parked_key WHERE next_at IS NOT NULL LIMIT 1")
FIRST_EVENT: Final = text(
    """
    SELECT queue_id, topic, key, event_id, kafka_partition, kafka_offset, recorded_ms, headers, payload
    FROM parked_event WHERE subscription = :subscription AND topic = :topic AND key = :key
    ORDER BY queue_id LIMIT 1
    """
)
CLAIM_EVENT: Final = text("DELETE FROM parked_event WHERE queue_id = :queue_id")
DROP_EVENTS: Final = text(
    """
    DELETE FROM parked_event WHERE subscription = :subscription AND topic = :topic AND key = :key
    RETURNING event_id
    """
)
FREE_KEY: Final = text(
    "DELETE FROM parked_key WHERE subscription = :subscription AND topic = :topic AND key = :key"
)
STANDING: Final = text(
    """
    SELECT attempts, kind, cause, waits_for, next_at, next_at <= now() AS is_due FROM parked_key
    WHERE subscription = :subscription AND topic = :topic AND key = :key
    """
)
STAND: Final = text(
    """
    UPDATE parked_key SET attempts = :attempts, kind = :kind, cause = :cause, waits_for = :waits_for,
                          next_at = :next_at
    WHERE subscription = :subscription AND topic = :topic AND key = :key
    """
)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay of one key did: facts handled, and why it stopped before the end of the queue, if it did."""

    key: parking.ParkedKey
    handled: int
    stopped_by: str | None = None


async def retry_due(host: Host) -> int:
    """Replay the keys whose next try is due; the answer is how many facts were handled."""
    async with host.read() as sql:
        rows = await sql.execute(DUE_KEYS, {"limit": RETRY_KEYS_MAX})
        keys = [(row.subscription, row.topic, row.key) for row in rows]
        host.someone_waits = bool(keys) or (await sql.execute(ANY_WAITS)).first() is not None
    handled = 0
    for key in keys:
        if await _claimed(host, key):
            handled += (await replay(host, key)).handled
    return handled


async def _claimed(host: Host, key: parking.ParkedKey) -> bool:
    """Put the next try of a due key off before this one begins; False when another process did.

    After it would be too late: what the key waits for may come while the try fails, and wakes only who sleeps.
    """
    async with host.begin() as tx:
        had = await _standing(tx.sql, key)
        if had is None or not had.is_due:
            return False
        next_at = parking.next_try(had.attempts, datetime.now(UTC))
        await tx.sql.execute(
            STAND, {**had._asdict(), **_columns(key), "attempts": had.attempts + 1, "next_at": next_at}
        )
    return True


async def _standing(sql: AsyncConnection, key: parking.ParkedKey) -> Row[Any] | None:
    """How a parked key stands, locked; None when it is free."""
    await parking.lock_parked(sql, [key])
    return (await sql.execute(STANDING, _columns(key))).one_or_none()


async def replay(host: Host, key: parking.ParkedKey) -> Replayed:
    """Handle the queue of a parked key in order until it is empty and the key is free, or a fact fails again."""
    handled = 0
    while handled < REPLAY_FACTS_MAX:
        try:
            if not await persist(host, lambda more: _replay_first(host, key, more)):
                return Replayed(key, handled)
        except Exception as failure:  # noqa: BLE001  (any failure parks the key again, with its cause)
            cause = f"{type(failure).__name__}: {failure}"
            await _again_later(host, key, failure, cause)
            return Replayed(key, handled, cause)
        handled += 1
    return Replayed(key, handled, "the queue is longer than one replay may be; replay it again")


async def discard(host: Host, key: parking.ParkedKey, *, reason: str, by: str) -> None:
    """Give up the queue of a parked key and free the key; reason and person go to the log."""
    async with host.begin() as tx:
        if key in await parking.lock_parked(tx.sql, [key]):
            await tx.sql.execute(DROP_EVENTS, _columns(key))
            await tx.sql.execute(FREE_KEY, _columns(key))
    log.warning("parked.discarded", service=host.service.name, key=key, reason=reason, by=by)


async def _replay_first(host: Host, key: parking.ParkedKey, more: frozenset[Hashable]) -> bool:
    """Handle the first fact of the queue; False when the key is free (or was already)."""
    subscription = next(
        (told for tolds in host.service.hearers.values() for told in tolds if told.name == key[0]), None
    )
    async with host.begin(more) as tx:
        # The consumer appends under this same lock, so the queue is read in a statement of its own after it.
        if key not in await parking.lock_parked(tx.sql, [key]):
            return False
        row = (await tx.sql.execute(FIRST_EVENT, _columns(key))).one_or_none()
        if row is None:
            await tx.sql.execute(FREE_KEY, _columns(key))
            return False
        if subscription is None:
            raise LookupError(f"nobody here is called {key[0]}")
        await tx.sql.execute(CLAIM_EVENT, {"queue_id": row.queue_id})
        record = _record_of(row)
        with host.hearing((record,)):
            await handle(host, tx, [Task(subscription, record)])
    return True


async def _again_later(host: Host, key: parking.ParkedKey, failure: Exception, cause: str) -> None:
    """Note why a key stays parked: until what it waits for is here, or for good where the fact itself is to blame."""
    async with host.begin() as tx:
        had = await _standing(tx.sql, key)
        if had is None:
            return
        now = {**had._asdict(), **_columns(key), "cause": cause[: parking.CAUSE_CHARS_MAX]}
        if isinstance(failure, NotYet):
            now |= {"kind": "not yet", "waits_for": failure.subject}
            if failure.subject != had.waits_for:
                now |= {"attempts": 1, "next_at": parking.next_try(0, datetime.now(UTC))}
        elif trouble_of(failure) is Trouble.POISON:
            now |= {"kind": "poison", "waits_for": None, "next_at": None}
        await tx.sql.execute(STAND, now)


def _columns(key: parking.ParkedKey) -> dict[str, str]:
    return {"subscription": key[0], "topic": key[1], "key": key[2]}


def _record_of(row: Row[Any]) -> Incoming:
    headers = tuple((name, value) for name, value in msgspec.json.decode(row.headers))
    return Incoming(
        row.topic, row.kafka_partition, row.kafka_offset, row.key, headers, row.payload, row.recorded_ms
    )
