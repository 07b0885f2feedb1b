"""How everything stands: counts by state, lines that are late or at risk, what the topics carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Quantity

COUNTED: Final = ("need", "quote", "order", "planned_order", "run", "purchase_order", "visit", "ticket")
LATE_LINES_MAX: Final = 50
RATE_SECONDS: Final = 60

HEAD: Final = text("SELECT coalesce(max(position), 0) AS head FROM heard_facts")
COUNTS: Final = text(
    """
    SELECT kind, state, count(*) AS things FROM subjects
    WHERE kind = ANY(CAST(:kinds AS text[])) AND state <> '' GROUP BY kind, state ORDER BY kind, state
    """
)
LATE: Final = text(
    """
    SELECT order_lines.order_id, line_id, order_lines.kind, item, quantity_micro, unit, promised_at, expected_at,
           at_risk, reason, subjects.label AS customer_id, count(*) OVER () AS lines,
           coalesce(titles.label, item) AS title
    FROM order_lines
    JOIN subjects ON subjects.kind = 'order' AND subjects.subject_id = order_lines.order_id
    LEFT JOIN subjects AS titles
      ON titles.subject_id = item
     AND titles.kind = CASE order_lines.kind WHEN 'good' THEN 'item' ELSE 'service' END
    WHERE open AND (at_risk OR promised_at < :now)
    ORDER BY promised_at, order_lines.order_id, line_id LIMIT :limit
    """
)
RATES: Final = text(
    """
    SELECT topic, count(*) AS facts, max(heard_at) AS heard_at FROM heard_facts
    WHERE heard_at > :since GROUP BY topic ORDER BY topic
    """
)
PULSE: Final = text(
    """
    SELECT CAST(extract(epoch FROM date_trunc('minute', heard_at)) AS bigint) AS minute, count(*) AS facts
    FROM heard_facts WHERE heard_at > :since GROUP BY 1 ORDER BY 1
    """
)


@dataclass(frozen=True, slots=True)
class Count:
    """How many things of a kind are in a state."""

    kind: str
    state: str
    things: int


@dataclass(frozen=True, slots=True)
class LateLine:
    """A line that is late or may become so; `lines` is how many there are in all."""

    order_id: str
    line_id: str
    kind: str
    title: str
    quantity: Quantity
    unit: str
    customer_id: str
    promised_at: datetime
    expected_at: datetime | None
    at_risk: bool
    reason: str
    lines: int


async def find_head(sql: AsyncConnection) -> int:
    """The position of the newest fact that was kept; 0 when there is none."""
    return int((await sql.execute(HEAD)).scalar_one())


async def list_counts(sql: AsyncConnection) -> list[Count]:
    """Counts by kind and state."""
    rows = await sql.execute(COUNTS, {"kinds": list(COUNTED)})
    return [Count(row.kind, row.state, row.things) for row in rows]


async def list_late(sql: AsyncConnection, now: datetime, limit: int = LATE_LINES_MAX) -> list[LateLine]:
    """Open lines that are late at `now` (business time) or at risk, the earliest promise first."""
    rows = await sql.execute(LATE, {"now": now, "limit": limit})
    return [
        LateLine(
            row.order_id,
            row.line_id,
            row.kind,
            row.title,
            Quantity.of_micro(row.quantity_micro),
            row.unit,
            row.customer_id,
            row.promised_at,
            row.expected_at,
            row.at_risk,
            row.reason,
            row.lines,
        )
        for row in rows
    ]


async def list_rates(sql: AsyncConnection, since: datetime) -> dict[str, int]:
    """Facts heard since a moment of the wall clock, by topic; topics without any are absent."""
    return {row.topic: row.facts for row in await sql.execute(RATES, {"since": since})}


async def list_pulse(sql: AsyncConnection, since: datetime) -> list[tuple[int, int]]:
    """Facts heard by minute (seconds since 1970, count) since a moment of the wall clock."""
    return [(row.minute, row.facts) for row in await sql.execute(PULSE, {"since": since})]
