"""What the plan asks people to do, and which runs stand at which work centre when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Quantity
from control_tower.queries.origins import needed_at, orders_of

MESSAGES_COUNT_MAX: Final = 500
OPERATIONS_COUNT_MAX: Final = 1_000

MESSAGES: Final = text(
    """
    SELECT open_messages.planned_order_id, open_messages.kind, sku, quantity_micro, wanted_at, opened_at, reason,
           ARRAY(SELECT jsonb_array_elements_text(order_ids)) AS order_ids, coalesce(titles.label, sku) AS title,
           supply.picture ->> 'source' AS source, supply.state AS supply_state,
           CAST(supply.picture ->> 'needed_at' AS timestamptz) AS needed_at
    FROM open_messages
    LEFT JOIN subjects AS titles ON titles.kind = 'item' AND titles.subject_id = sku
    LEFT JOIN subjects AS supply
      ON supply.kind = 'planned_order' AND supply.subject_id = open_messages.planned_order_id
    WHERE (CAST(:kind AS text) IS NULL OR open_messages.kind = :kind)
      AND (CAST(:order_id AS text) IS NULL OR order_ids @> to_jsonb(CAST(:order_id AS text)))
    ORDER BY wanted_at NULLS LAST, opened_at, open_messages.planned_order_id LIMIT :limit
    """
)
OPERATIONS: Final = text(
    f"""
    SELECT run_id, operation_no, work_centre_id, run_operations.planned_order_id, run_operations.state, starts_at,
           ends_at, coalesce(centre.label, work_centre_id) AS work_centre, coalesce(recipe.label, '') AS recipe,
           coalesce(recipe.picture ->> 'kind', '') AS recipe_kind,
           coalesce(CAST(planned.picture ->> 'needed_at' AS timestamptz),
                    ({needed_at("run_operations.planned_order_id")})) AS due_at,
           ({orders_of("run_operations.planned_order_id")} LIMIT 1) AS order_id
    FROM run_operations
    LEFT JOIN subjects AS centre ON centre.kind = 'work_centre' AND centre.subject_id = work_centre_id
    LEFT JOIN subjects AS planned
      ON planned.kind = 'planned_order' AND planned.subject_id = run_operations.planned_order_id
    LEFT JOIN subjects AS recipe ON recipe.kind = 'recipe' AND recipe.subject_id = planned.picture ->> 'recipe_id'
    WHERE ends_at > :since AND starts_at < :until
    ORDER BY work_centre_id, starts_at, run_id, operation_no LIMIT :limit
    """  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class Message:
    """An open action message with the orders that it blocks."""

    planned_order_id: str
    kind: str
    sku: str
    title: str
    quantity: Quantity
    wanted_at: datetime | None
    needed_at: datetime | None
    opened_at: datetime
    reason: str
    source: str
    supply_state: str
    order_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of a run at a work centre; `due_at` is when its planned order is needed."""

    run_id: str
    operation_no: int
    work_centre_id: str
    work_centre: str
    recipe: str
    recipe_kind: str
    state: str
    starts_at: datetime
    ends_at: datetime
    due_at: datetime | None
    order_id: str | None


async def list_messages(
    sql: AsyncConnection, kind: str | None = None, order_id: str | None = None
) -> list[Message]:
    """Open action messages (of a kind, or those that hurt an order), the most urgent first; at most 500."""
    columns = {"kind": kind, "order_id": order_id, "limit": MESSAGES_COUNT_MAX}
    rows = await sql.execute(MESSAGES, columns)
    return [
        Message(
            row.planned_order_id,
            row.kind,
            row.sku,
            row.title,
            Quantity.of_micro(row.quantity_micro),
            row.wanted_at,
            row.needed_at,
            row.opened_at,
            row.reason,
            row.source or "",
            row.supply_state or "",
            tuple(row.order_ids),
        )
        for row in rows
    ]


async def list_operations(sql: AsyncConnection, since: datetime, until: datetime) -> list[Operation]:
    """Operations that touch a stretch of business time, by work centre; at most 1,000."""
    rows = await sql.execute(OPERATIONS, {"since": since, "until": until, "limit": OPERATIONS_COUNT_MAX})
    return [
        Operation(
            row.run_id,
            row.operation_no,
            row.work_centre_id,
            row.work_centre,
            row.recipe,
            row.recipe_kind,
            row.state,
            row.starts_at,
            row.ends_at,
            row.due_at,
            row.order_id,
        )
        for row in rows
    ]
