"""One order across all services: its head, its lines, and every fact that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.values import Quantity
from control_tower.domain.heard import Heard
from control_tower.domain.mentions import Subject
from control_tower.domain.order import OrderDetail
from control_tower.domain.picture import LineRow
from control_tower.queries.rows import heard_of

FACTS_COUNT_MAX: Final = 2_000
REACHED_COUNT_MAX: Final = 2_000
ORDERS_COUNT_MAX: Final = 200

FIND: Final = text(
    """
    SELECT state, since_at, CAST(picture AS text) AS picture FROM subjects
    WHERE kind = 'order' AND subject_id = :order_id AND picture IS NOT NULL
    """
)
PAGE: Final = text(
    """
    SELECT subject_id AS order_id, state, since_at, label AS customer_id, CAST(picture AS text) AS picture
    FROM subjects
    WHERE kind = 'order' AND picture IS NOT NULL AND (CAST(:state AS text) IS NULL OR state = :state)
      AND (CAST(:sought AS text) IS NULL OR starts_with(subject_id, :sought) OR label = :sought)
    ORDER BY since_at DESC, subject_id LIMIT :limit
    """
)
LINES: Final = text(
    """
    SELECT order_id, line_id, kind, item, quantity_micro, unit, promised_at, expected_at, open, at_risk, reason
    FROM order_lines WHERE order_id = :order_id ORDER BY line_id
    """
)
# Down from the order, never back up: a supply that serves many orders belongs to each, but does not join them.
_REACHED: Final = """
    WITH RECURSIVE reached(kind, subject_id) AS (
        SELECT 'order', CAST(:order_id AS text)
        UNION
        SELECT ties.to_kind, ties.to_id FROM reached
        JOIN ties ON ties.from_kind = reached.kind AND ties.from_id = reached.subject_id
    ), bounded AS (SELECT kind, subject_id FROM reached LIMIT :reached)
"""
REACHED: Final = text(_REACHED + "SELECT kind, subject_id FROM bounded")  # noqa: S608
# Of a lot only what happened to the lot itself; which runs of others took from it is their story.
TIMELINE: Final = text(
    f"""
    {_REACHED}, found AS (
        SELECT DISTINCT event_id FROM bounded JOIN mentions USING (kind, subject_id)
        JOIN heard_facts USING (event_id)
        WHERE bounded.kind <> 'lot' OR (heard_facts.key = bounded.subject_id AND name <> 'StockMoved')
    )
    SELECT position, event_id, name, topic, key, sequence, told_at, recorded_at, correlation_id, causation_id,
           CAST(fact AS text) AS fact
    FROM found JOIN heard_facts USING (event_id)
    WHERE position > :after ORDER BY position LIMIT :limit
    """  # noqa: S608
)
NAMES: Final = text(
    """
    SELECT kind, subject_id, label, picture ->> 'kind' AS of_kind FROM subjects
    WHERE kind = ANY(CAST(:kinds AS text[])) AND subject_id = ANY(CAST(:ids AS text[])) AND label <> ''
    """
)
PICTURES: Final = text(
    """
    SELECT kind, subject_id, state, CAST(picture AS text) AS picture FROM subjects
    JOIN unnest(CAST(:kind AS text[]), CAST(:subject_id AS text[])) AS wanted(kind, subject_id)
      USING (kind, subject_id)
    WHERE picture IS NOT NULL ORDER BY kind, subject_id
    """
)

_detail: Reads[OrderDetail] = reader(OrderDetail)


@dataclass(frozen=True, slots=True)
class OrderHead:
    """An order as it stands."""

    order_id: str
    state: str
    since_at: datetime
    detail: OrderDetail


@dataclass(frozen=True, slots=True)
class Placed:
    """A fact of an order with its position in the log of what was heard."""

    position: int
    heard: Heard


@dataclass(frozen=True, slots=True)
class Drawn:
    """A thing that was reached from an order, with its picture as JSON text."""

    kind: str
    subject_id: str
    state: str
    picture: str


async def find_order(sql: AsyncConnection, order_id: str) -> OrderHead:
    """An order; raises `NotFound`."""
    row = (await sql.execute(FIND, {"order_id": order_id})).one_or_none()
    if row is None:
        raise NotFound("no order of this id was heard of")
    return OrderHead(order_id, row.state, row.since_at, _detail(row.picture))


async def page_orders(
    sql: AsyncConnection, *, state: str | None, sought: str | None, limit: int = ORDERS_COUNT_MAX
) -> list[OrderHead]:
    """Orders, what changed last first; `sought` is the beginning of an order's id or a customer's id."""
    rows = await sql.execute(PAGE, {"state": state, "sought": sought, "limit": limit})
    return [OrderHead(row.order_id, row.state, row.since_at, _detail(row.picture)) for row in rows]


async def list_lines(sql: AsyncConnection, order_id: str) -> list[LineRow]:
    """The lines of an order."""
    return [
        LineRow(
            row.order_id,
            row.line_id,
            row.kind,
            row.item,
            Quantity.of_micro(row.quantity_micro),
            row.unit,
            row.promised_at,
            row.expected_at,
            row.open,
            row.at_risk,
            row.reason,
        )
        for row in await sql.execute(LINES, {"order_id": order_id})
    ]


async def list_timeline(sql: AsyncConnection, order_id: str, after: int = 0) -> list[Placed]:
    """Every fact that belongs to an order and was heard after a position, as it was heard; at most 2,000."""
    columns = {"order_id": order_id, "after": after, "limit": FACTS_COUNT_MAX, "reached": REACHED_COUNT_MAX}
    return [Placed(row.position, heard_of(row)) for row in await sql.execute(TIMELINE, columns)]


async def list_reached(sql: AsyncConnection, order_id: str) -> list[Subject]:
    """Everything that an order leads to, itself included; at most 2,000 things."""
    rows = await sql.execute(REACHED, {"order_id": order_id, "reached": REACHED_COUNT_MAX})
    return [(row.kind, row.subject_id) for row in rows]


async def list_pictures(sql: AsyncConnection, subjects: list[Subject]) -> list[Drawn]:
    """The pictures of things."""
    columns = {"kind": [kind for kind, _ in subjects], "subject_id": [one for _, one in subjects]}
    rows = await sql.execute(PICTURES, columns)
    return [Drawn(row.kind, row.subject_id, row.state, row.picture) for row in rows]


async def list_names(sql: AsyncConnection, kinds: list[str], ids: set[str]) -> dict[Subject, tuple[str, str]]:
    """Titles (and the recipe's or vendor's kind) of what is defined once; what has none is absent."""
    rows = await sql.execute(NAMES, {"kinds": kinds, "ids": sorted(ids)})
    return {(row.kind, row.subject_id): (row.label, row.of_kind or "") for row in rows}
