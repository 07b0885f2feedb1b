"""What people did with parked keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

ENTRIES_COUNT_MAX: Final = 50

PAGE: Final = text(
    """
    SELECT done_at, done_by, act, service, subscription, topic, key, reason, outcome FROM audit_entries
    ORDER BY done_at DESC, audit_id DESC LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: who did what with which key, why, and what came of it."""

    done_at: datetime
    done_by: str
    act: str
    service: str
    subscription: str
    topic: str
    key: str
    reason: str
    outcome: str


async def list_audit(sql: AsyncConnection) -> list[Entry]:
    """The last acts, the newest first."""
    rows = await sql.execute(PAGE, {"limit": ENTRIES_COUNT_MAX})
    return [Entry(**row._asdict()) for row in rows]
