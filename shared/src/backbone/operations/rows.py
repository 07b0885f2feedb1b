"""The rows of operations: added by whoever asks, taken by one worker at a time, read by whoever waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.operations.operation import Operation

_COLUMNS: Final = (
    "operation_id, kind, state, done, total, CAST(result AS text) AS result, problem, asked_by, asked_at, "
    "changed_at, tries"
)
ADD: Final = text(
    """
    INSERT INTO operations (operation_id, kind, state, done, total, result, asked_by)
    VALUES (:operation_id, :kind, 'waiting', 0, :total, '{}', :asked_by)
    """
)
# Its row is held for as long as a step takes: nobody else takes it up, and who dies lets it go.
TAKE: Final = text(
    f"SELECT {_COLUMNS} FROM operations WHERE state IN ('waiting', 'running') "  # noqa: S608
    "ORDER BY asked_at, operation_id LIMIT 1 FOR UPDATE SKIP LOCKED"
)
LOCK: Final = text(
    f"SELECT {_COLUMNS} FROM operations WHERE operation_id = :operation_id FOR UPDATE"  # noqa: S608
)
SAVE: Final = text(
    """
    UPDATE operations SET state = :state, done = :done, total = :total, result = CAST(:result AS jsonb),
                          problem = :problem, tries = :tries, changed_at = clock_timestamp()
    WHERE operation_id = :operation_id
    """
)
FIND: Final = text(f"SELECT {_COLUMNS} FROM operations WHERE operation_id = :operation_id")  # noqa: S608
PAGE: Final = text(
    f"SELECT {_COLUMNS} FROM operations WHERE :after = '' OR operation_id < :after "  # noqa: S608
    "ORDER BY operation_id DESC LIMIT :limit"
)


async def add_operation(
    sql: AsyncConnection, *, operation_id: str, kind: str, asked_by: str, total: int = 0
) -> None:
    """Write down work that waits to be done; ids are time-ordered, so the newest has the greatest."""
    row = {"operation_id": operation_id, "kind": kind, "asked_by": asked_by, "total": total}
    await sql.execute(ADD, row)


async def take_operation(sql: AsyncConnection) -> Operation | None:
    """The oldest open operation that nobody works on, its row locked; None when there is none."""
    return _operation((await sql.execute(TAKE)).one_or_none())


async def lock_operation(sql: AsyncConnection, operation_id: str) -> Operation | None:
    """An operation, its row locked once the step that is under way has ended."""
    return _operation((await sql.execute(LOCK, {"operation_id": operation_id})).one_or_none())


async def save_operation(sql: AsyncConnection, operation: Operation) -> None:
    """Write how far an operation is."""
    row = {name: getattr(operation, name) for name in ("state", "done", "total", "problem", "tries")}
    result = msgspec.json.encode(operation.result).decode()
    await sql.execute(SAVE, {**row, "operation_id": operation.operation_id, "result": result})


async def find_operation(sql: AsyncConnection, operation_id: str) -> Operation | None:
    """An operation; None when there is none of that id."""
    return _operation((await sql.execute(FIND, {"operation_id": operation_id})).one_or_none())


async def page_operations(sql: AsyncConnection, after: str, limit: int) -> list[Operation]:
    """A page of operations, the newest first."""
    rows = await sql.execute(PAGE, {"after": after, "limit": limit})
    return [found for row in rows if (found := _operation(row)) is not None]


def _operation(row: Row[Any] | None) -> Operation | None:
    if row is None:
        return None
    result: Mapping[str, Any] = msgspec.json.decode(row.result)
    return Operation(
        row.operation_id,
        row.kind,
        row.state,
        row.done,
        row.total,
        result,
        row.problem,
        row.asked_by,
        row.asked_at,
        row.changed_at,
        row.tries,
    )
