"""Everything that was heard of one thing: a run, a lot, a vendor, whatever has an id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from control_tower.domain.heard import Heard
from control_tower.queries.rows import heard_of

FACTS_COUNT_MAX: Final = 500

OF_THING: Final = text(
    """
    SELECT position, event_id, name, topic, key, sequence, told_at, recorded_at, correlation_id, causation_id,
           CAST(fact AS text) AS fact
    FROM mentions JOIN heard_facts USING (event_id)
    WHERE kind = :kind AND subject_id = :subject_id ORDER BY position DESC LIMIT :limit
    """
)
STATE: Final = text("SELECT state, label FROM subjects WHERE kind = :kind AND subject_id = :subject_id")
TIED: Final = text(
    """
    SELECT from_kind AS kind, from_id AS subject_id, true AS above FROM ties
    WHERE to_kind = :kind AND to_id = :subject_id
    UNION ALL
    SELECT to_kind, to_id, false FROM ties WHERE from_kind = :kind AND from_id = :subject_id
    ORDER BY 3 DESC, 1, 2 LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class Tied:
    """A thing beside: `above` when it is what this one is done for."""

    kind: str
    subject_id: str
    above: bool


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing with its state (empty for what has none), what it is tied to, and the newest 500 facts that name it."""

    kind: str
    subject_id: str
    state: str
    label: str
    tied: list[Tied]
    facts: list[tuple[Heard, str]]


async def find_thing(sql: AsyncConnection, kind: str, subject_id: str) -> Thing:
    """A thing as far as it was heard of; it has no facts when nobody named it."""
    named = {"kind": kind, "subject_id": subject_id}
    state = (await sql.execute(STATE, named)).one_or_none()
    limited = {**named, "limit": FACTS_COUNT_MAX}
    tied = [Tied(row.kind, row.subject_id, row.above) for row in await sql.execute(TIED, limited)]
    facts = [(heard_of(row), str(row.fact)) for row in await sql.execute(OF_THING, limited)]
    return Thing(kind, subject_id, state.state if state else "", state.label if state else "", tied, facts)
