"""The rows of an import: its file as far as it has come, the rows that wait in it, and those that were refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.imports.definition import Receiving
from backbone.imports.reading import Row

_COLUMNS: Final = "import_id, kind, format, dry_run, asked_by, columns, bytes, lines, rows, started"
ADD: Final = text(
    f"INSERT INTO imports ({_COLUMNS}) VALUES (:import_id, :kind, :format, :dry_run, :asked_by, "  # noqa: S608
    "CAST(:columns AS text[]), :bytes, :lines, :rows, :started)"
)
FIND: Final = text(f"SELECT {_COLUMNS} FROM imports WHERE import_id = :import_id")  # noqa: S608
LOCK: Final = text(f"SELECT {_COLUMNS} FROM imports WHERE import_id = :import_id FOR UPDATE")  # noqa: S608
SAVE: Final = text(
    """
    UPDATE imports SET columns = CAST(:columns AS text[]), bytes = :bytes, lines = :lines, rows = :rows,
                       started = :started
    WHERE import_id = :import_id
    """
)
NEXT: Final = text(
    """
    SELECT row, line, content, fault FROM import_rows
    WHERE import_id = :import_id AND row > :after ORDER BY row LIMIT :limit
    """
)
DROP: Final = text("DELETE FROM import_rows WHERE import_id = :import_id")
REFUSE: Final = text(
    """
    INSERT INTO import_errors (import_id, line, code, detail, pointers, content)
    SELECT :import_id, line, code, detail, CAST(pointers AS jsonb), content
    FROM unnest(CAST(:line AS bigint[]), CAST(:code AS text[]), CAST(:detail AS text[]), CAST(:pointers AS text[]),
                CAST(:content AS text[])) AS refused(line, code, detail, pointers, content)
    """
)
ERRORS: Final = text(
    """
    SELECT line, code, detail, CAST(pointers AS text) AS pointers, content FROM import_errors
    WHERE import_id = :import_id AND line > :after ORDER BY line LIMIT :limit
    """
)


async def add_import(sql: AsyncConnection, opened: Receiving) -> None:
    """Write down a file that is to come."""
    await sql.execute(ADD, _written(opened))


async def find_import(sql: AsyncConnection, import_id: str, *, lock: bool = False) -> Receiving | None:
    """An import, its row locked if that is wanted; None when there is none of that id."""
    row = (await sql.execute(LOCK if lock else FIND, {"import_id": import_id})).one_or_none()
    return None if row is None else Receiving(**{**row._asdict(), "columns": tuple(row.columns)})


async def save_import(sql: AsyncConnection, receiving: Receiving) -> None:
    """Write how far a file has come."""
    await sql.execute(SAVE, _written(receiving))


def _written(receiving: Receiving) -> dict[str, Any]:
    names = ("import_id", "kind", "format", "dry_run", "asked_by", "bytes", "lines", "rows", "started")
    return {**{name: getattr(receiving, name) for name in names}, "columns": list(receiving.columns)}


async def add_rows(sql: AsyncConnection, import_id: str, rows: Sequence[Row]) -> None:
    """Keep rows until the import is worked on, by COPY."""
    driver: Any = (await sql.get_raw_connection()).driver_connection
    records = [(import_id, row.row, row.line, row.content, row.fault) for row in rows]
    columns = ["import_id", "row", "line", "content", "fault"]
    await driver.copy_records_to_table("import_rows", records=records, columns=columns)


async def next_rows(sql: AsyncConnection, import_id: str, after: int, limit: int) -> list[Row]:
    """The rows after the first `after`, in order."""
    rows = await sql.execute(NEXT, {"import_id": import_id, "after": after, "limit": limit})
    return [Row(row.row, row.line, row.content, row.fault) for row in rows]


async def drop_rows(sql: AsyncConnection, import_id: str) -> None:
    """Forget the rows of an import that is over; those that were refused are kept with their errors."""
    await sql.execute(DROP, {"import_id": import_id})


async def add_errors(sql: AsyncConnection, import_id: str, refused: Sequence[tuple[Row, Any]]) -> None:
    """Keep rows with the refusals of each."""
    if refused:
        values = {
            "line": [row.line for row, _ in refused],
            "code": [refusal.code for _, refusal in refused],
            "detail": [refusal.detail for _, refusal in refused],
            "pointers": [json.dumps(refusal.pointers) for _, refusal in refused],
            "content": [row.content for row, _ in refused],
        }
        await sql.execute(REFUSE, {"import_id": import_id, **values})


async def page_errors(sql: AsyncConnection, import_id: str, after: int, limit: int) -> list[Any]:
    """The refused rows after a line: line, code, detail, pointers as JSON, and content."""
    return list(await sql.execute(ERRORS, {"import_id": import_id, "after": after, "limit": limit}))
