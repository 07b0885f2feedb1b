"""Due rows while they are heard: one that was moved or cleared meanwhile is nobody's, one that is handled goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.service.subscription import DUE_TOPIC
from backbone.wire import Incoming

# The id alone tells a deadline from all others; kinds and keys are how its row is found.
_FIRED: Final = "kind = ANY(:kinds) AND key = ANY(:keys) AND due_id = ANY(CAST(:due_ids AS uuid[]))"
LIST_STANDING: Final = text(f"SELECT due_id FROM due WHERE {_FIRED}")  # noqa: S608
SETTLE: Final = text(
    f"""
    DELETE FROM due WHERE kind = ANY(:kinds) AND key = ANY(:keys) AND due_id = ANY(ARRAY(
        SELECT due_id FROM due WHERE {_FIRED} ORDER BY kind, key FOR UPDATE
    ))
    RETURNING due_id
    """  # noqa: S608
)


def due_ids(records: Sequence[Incoming]) -> set[str]:
    """The ids of those records that are deadlines."""
    return {record.event_id for record in records if record.topic == DUE_TOPIC}


async def standing(sql: AsyncConnection, records: Sequence[Incoming]) -> set[str]:
    """The ids of those deadlines whose rows still stand as they were read (not locked)."""
    return await _ids(sql, LIST_STANDING, records)


async def settle(sql: AsyncConnection, records: Sequence[Incoming]) -> set[str]:
    """Delete the rows of these deadlines; the answer holds the ids of those that were still there.

    Comes after the handlers: they lock their own rows before due rows, and so does this.
    """
    return await _ids(sql, SETTLE, records)


async def _ids(sql: AsyncConnection, statement: object, records: Sequence[Incoming]) -> set[str]:
    due = [record for record in records if record.topic == DUE_TOPIC]
    if not due:
        return set()
    named = {
        "kinds": sorted({record.attributes["ce_type"].removeprefix("due.") for record in due}),
        "keys": sorted({record.attributes["key"] for record in due}),
        "due_ids": [record.event_id for record in due],
    }
    return {str(row.due_id) for row in await sql.execute(statement, named)}  # type: ignore[call-overload]
