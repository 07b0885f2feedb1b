"""Parked keys as operators see them: which there are and why, to be tried again or to be given up."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone import parking
from backbone.errors import Invalid, NotFound
from backbone.replay import DROP_EVENTS, FREE_KEY
from backbone.service import Batch, Tx

KEYS_COUNT_MAX: Final = 500
REASON_CHARS_MAX: Final = 500

log = structlog.get_logger(__name__)

_CHOSEN: Final = """
    (CAST(:subscription AS text) IS NULL OR subscription = :subscription)
    AND (CAST(:topic AS text) IS NULL OR topic = :topic)
    AND (CAST(:key AS text) IS NULL OR key = :key)
    AND (CAST(:cause AS text) IS NULL OR cause = :cause)
"""
PAGE: Final = text(
    f"""
    SELECT subscription, topic, key, kind, cause, waits_for, attempts, parked_at, next_at,
           (SELECT count(*) FROM parked_event AS event
            WHERE event.subscription = parked_key.subscription AND event.topic = parked_key.topic
              AND event.key = parked_key.key) AS facts
    FROM parked_key
    WHERE (subscription, topic, key) > (:after_subscription, :after_topic, :after_key) AND {_CHOSEN}
    ORDER BY subscription, topic, key LIMIT :limit
    """  # noqa: S608
)
TRY_NOW: Final = text(
    f"""
    UPDATE parked_key SET next_at = now() FROM (
        SELECT subscription, topic, key FROM parked_key WHERE {_CHOSEN}
        ORDER BY subscription, topic, key LIMIT :limit FOR UPDATE
    ) AS chosen
    WHERE parked_key.subscription = chosen.subscription AND parked_key.topic = chosen.topic
      AND parked_key.key = chosen.key
    RETURNING parked_key.key
    """  # noqa: S608
)
COUNT: Final = text(f"SELECT count(*) FROM parked_key WHERE {_CHOSEN}")  # noqa: S608


@dataclass(frozen=True, slots=True)
class ParkedView:
    """A key that waits: `facts` in its queue, `next_at` (wall clock) of its next try, null for never by itself."""

    subscription: str
    topic: str
    key: str
    kind: str
    cause: str
    waits_for: str | None
    attempts: int
    parked_at: datetime
    next_at: datetime | None
    facts: int


@dataclass(frozen=True, slots=True)
class ReplayBody:
    """Which parked keys to try again: all that match what is given; `dry_run` only counts them."""

    subscription: str | None = None
    topic: str | None = None
    key: str | None = None
    cause: str | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class ReplayView:
    """How many keys match; they are tried within a second unless it was a dry run."""

    keys: int
    dry_run: bool


@dataclass(frozen=True, slots=True)
class DiscardBody:
    """A parked key whose queue is given up, and why."""

    subscription: str
    topic: str
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class DiscardView:
    """How many facts were given up."""

    facts: int


@dataclass(frozen=True, slots=True)
class DiscardParked:
    """Give up the queue of a parked key; `by` is who says so."""

    body: DiscardBody
    by: str


async def page_parked(
    sql: AsyncConnection, chosen: ReplayBody, after: str | None, limit: int
) -> list[ParkedView]:
    """Parked keys after a cursor, in key order. Raises `Invalid` for a cursor that is none of ours."""
    place = _place_of(after)
    asked = {
        **_columns(chosen),
        "after_subscription": place[0],
        "after_topic": place[1],
        "after_key": place[2],
        "limit": limit,
    }
    return [ParkedView(**row._asdict()) for row in await sql.execute(PAGE, asked)]


def cursor_of(view: ParkedView) -> str:
    """The cursor that continues after a key."""
    place = msgspec.json.encode([view.subscription, view.topic, view.key])
    return base64.urlsafe_b64encode(place).decode().rstrip("=")


async def replay_parked(commands: Batch[ReplayBody], tx: Tx) -> list[ReplayView]:
    """Make parked keys due now; the retry that runs beside the consumer replays each in order."""
    answers = []
    for command in commands:
        asked = {**_columns(command), "limit": KEYS_COUNT_MAX}
        if command.dry_run:
            count = (await tx.sql.execute(COUNT, asked)).scalar_one()
        else:
            count = len((await tx.sql.execute(TRY_NOW, asked)).all())
        answers.append(ReplayView(count, command.dry_run))
    return answers


async def discard_parked(commands: Batch[DiscardParked], tx: Tx) -> list[DiscardView]:
    """Give up queues and free their keys; what was given up and why goes to the log. Raises `NotFound`."""
    answers = []
    for command in commands:
        body = command.body
        if not 1 <= len(body.reason) <= REASON_CHARS_MAX:
            raise Invalid("say why, in at most 500 characters", [("/reason", "too short or too long")])
        place = (body.subscription, body.topic, body.key)
        if place not in await parking.lock_parked(tx.sql, [place]):
            raise NotFound("this key is not parked")
        columns = {"subscription": body.subscription, "topic": body.topic, "key": body.key}
        dropped = len((await tx.sql.execute(DROP_EVENTS, columns)).all())
        await tx.sql.execute(FREE_KEY, columns)
        log.warning("parked.discarded", key=place, reason=body.reason, by=command.by, facts=dropped)
        answers.append(DiscardView(dropped))
    return answers


def _columns(chosen: ReplayBody) -> dict[str, str | None]:
    return {
        "subscription": chosen.subscription,
        "topic": chosen.topic,
        "key": chosen.key,
        "cause": chosen.cause,
    }


def _place_of(after: str | None) -> tuple[str, str, str]:
    if after is None:
        return "", "", ""
    try:
        raw = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4))
        return msgspec.json.decode(raw, type=tuple[str, str, str])
    except (binascii.Error, msgspec.MsgspecError, ValueError) as broken:
        raise Invalid("the cursor is none of ours", [("?after", "unknown cursor")]) from broken
