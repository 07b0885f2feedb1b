"""How rows are written that a decision may have made anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy.exc import IntegrityError

from backbone.errors import VersionMoved
from backbone.rows import Rows, Values
from backbone.service import Tx

UNIQUE_VIOLATION: Final = "23505"


async def add_or_save(tx: Tx, table: Rows, rows: Sequence[Values]) -> None:
    """Insert what has no version yet and update the rest; raises `VersionMoved` when another was first to insert."""
    new = [{**row, "version": 1} for row in rows if row["version"] == 0]
    known = [row for row in rows if row["version"] != 0]
    if new:
        try:
            await tx.sql.execute(table.add, table.added(new))
        except IntegrityError as taken:
            if getattr(taken.orig, "sqlstate", None) != UNIQUE_VIOLATION:
                raise
            raise VersionMoved from taken
    if known:
        await tx.sql.execute(table.save, table.saved(known))
