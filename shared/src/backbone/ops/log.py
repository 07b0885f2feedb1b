"""The log of facts by HTTP: pages in the order in which they were sent, with the payload that Kafka got."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.errors import Invalid

FACTS_COUNT_MAX: Final = 1000
SHARD: Final = 0

_CURSOR: Final = re.compile(r"(\d{1,4})-(\d{1,18})")
_HEADERS: Final = msgspec.json.Decoder(list[tuple[str, str]])
_OWN_NAMES: Final = {"content-type": "datacontenttype", "traceparent": "traceparent"}

# Positions are given by one writer in commit order, so a reader that goes by them misses nothing.
PAGE: Final = text(
    """
    SELECT position, headers, payload FROM facts
    WHERE shard = :shard AND position > :after ORDER BY position LIMIT :limit
    """
)
WAITING: Final = text(
    """
    SELECT count(*) AS facts, coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0) AS seconds
    FROM (SELECT created_at FROM outbox WHERE shard = :shard ORDER BY id LIMIT 10000) AS waiting
    """
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was told and is not yet in the log (as it is not yet in Kafka): how many facts, how old the oldest."""

    facts: int
    seconds: float


@dataclass(frozen=True, slots=True)
class EventPage:
    """Facts as CloudEvents (JSON format) in log order; `cursor` continues after them, now or later.

    `next` is null at the head of the log. What a topic of personal data carried is not here, only its hash.
    """

    items: list[dict[str, Any]]
    next: str | None
    cursor: str
    waiting: Waiting


async def page_events(sql: AsyncConnection, after: str | None, limit: int, path: str) -> EventPage:
    """Facts after a cursor. Raises `Invalid` for a cursor that is none of ours."""
    start = position_of(after)
    rows = (await sql.execute(PAGE, {"shard": SHARD, "after": start, "limit": limit})).all()
    waiting = (await sql.execute(WAITING, {"shard": SHARD})).one()
    cursor = cursor_of(rows[-1].position if rows else start)
    return EventPage(
        [event_of(row.headers, row.payload) for row in rows],
        f"{path}?after={cursor}&limit={limit}" if len(rows) == limit else None,
        cursor,
        Waiting(waiting.facts, float(waiting.seconds)),
    )


def event_of(headers: str, payload: bytes) -> dict[str, Any]:
    """A fact as a CloudEvent in JSON format, from its header text and payload as they are stored."""
    event: dict[str, Any] = {
        _OWN_NAMES.get(name, name.removeprefix("ce_")): value for name, value in _HEADERS.decode(headers)
    }
    event["data"] = msgspec.Raw(payload) if payload else None
    return event


def cursor_of(position: int) -> str:
    """The cursor that stands for a place in the log."""
    return f"{SHARD}-{position}"


def position_of(after: str | None) -> int:
    """The place in the log that a cursor stands for, its beginning where there is none. Raises `Invalid`."""
    if after is None:
        return 0
    found = _CURSOR.fullmatch(after)
    if found is None or int(found[1]) != SHARD:
        raise Invalid("the cursor is none of ours", [("?after", "unknown cursor")])
    return int(found[2])
