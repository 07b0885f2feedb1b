"""Due rows while they are heard: one that was moved or cleared meanwhile is nobody's, one that is handled goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.service.subscription import DUE_TOPIC
from backbone.wire import Incoming

_FIRED: Final = """
    JOIN unnest(CAST(:kind AS text[]), CAST(:key AS text[]), CAST(:due_id AS uuid[]))
         AS fired(kind, key, due_id) USING (kind, key, due_id)
"""
LIST_STANDING: Final = text(f"SELECT due.due_id FROM due {_FIRED}")  # noqa: S608
SETTLE: Final = text(
    f"""
    DELETE FROM due USING (
        SELECT due.kind, due.key FROM due {_FIRED} ORDER BY due.kind, due.key FOR UPDATE OF due
    ) AS gone
    WHERE due.kind = gone.kind AND due.key = gone.key
    RETURNING due.due_id
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
    columns = {
        "kind": [record.attributes["ce_type"].removeprefix("due.") for record in due],
        "key": [record.attributes["key"] for record in due],
        "due_id": [record.event_id for record in due],
    }
    return {str(row.due_id) for row in await sql.execute(statement, columns)}  # type: ignore[call-overload]
