"""Which orders a planned order, and so its run, is made for."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from control_tower.queries.origins import orders_of

ORDERS_COUNT_MAX: Final = 20
ORDERS_OF: Final = text(f"{orders_of('CAST(:planned_order_id AS text)')} LIMIT :limit")


async def list_orders_of(sql: AsyncConnection, planned_order_id: str) -> list[str]:
    """The orders that a planned order serves, at most 20."""
    values = {"planned_order_id": planned_order_id, "limit": ORDERS_COUNT_MAX}
    return [row.from_id for row in await sql.execute(ORDERS_OF, values)]
