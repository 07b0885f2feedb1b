"""The value of orders: price, bought in, labour, capital, overhead and margin, goods beside services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from control_tower.domain.picture import ValueRow

ORDERS_COUNT_MAX: Final = 100

PAGE: Final = text(
    """
    SELECT order_values.order_id, order_values.kind, currency, price_minor, bought_in_minor, labour_minor,
           capital_minor, overhead_minor, margin_minor, final, placed_at
    FROM order_values
    JOIN (SELECT order_id FROM order_values WHERE kind = 'whole' ORDER BY placed_at DESC, order_id LIMIT :limit)
         AS newest USING (order_id)
    ORDER BY placed_at DESC, order_values.order_id, CASE order_values.kind WHEN 'whole' THEN 0 ELSE 1 END,
             order_values.kind
    """
)
TOTALS: Final = text(
    """
    SELECT kind, currency, count(*) AS orders, sum(price_minor) AS price_minor,
           sum(bought_in_minor) AS bought_in_minor, sum(labour_minor) AS labour_minor,
           sum(capital_minor) AS capital_minor, sum(overhead_minor) AS overhead_minor,
           sum(margin_minor) AS margin_minor
    FROM order_values WHERE final GROUP BY kind, currency ORDER BY currency, kind
    """
)
OF_ORDER: Final = text(
    """
    SELECT order_id, kind, currency, price_minor, bought_in_minor, labour_minor, capital_minor, overhead_minor,
           margin_minor, final, placed_at
    FROM order_values WHERE order_id = :order_id ORDER BY CASE kind WHEN 'whole' THEN 0 ELSE 1 END, kind
    """
)


@dataclass(frozen=True, slots=True)
class Total:
    """The sum over completed orders of one kind and currency, in minor units."""

    kind: str
    currency: str
    orders: int
    price_minor: int
    bought_in_minor: int
    labour_minor: int
    capital_minor: int
    overhead_minor: int
    margin_minor: int


async def page_values(sql: AsyncConnection, limit: int = ORDERS_COUNT_MAX) -> list[ValueRow]:
    """The values of the newest orders: for each the whole, then its goods and its services."""
    return [ValueRow(**row._asdict()) for row in await sql.execute(PAGE, {"limit": limit})]


async def list_totals(sql: AsyncConnection) -> list[Total]:
    """Goods, services and the whole, summed over all completed orders by currency."""
    sums = []
    for row in await sql.execute(TOTALS):
        whole = {name: int(value) for name, value in row._asdict().items() if name.endswith("_minor")}
        sums.append(Total(row.kind, row.currency, row.orders, **whole))
    return sums


async def list_values(sql: AsyncConnection, order_id: str) -> list[ValueRow]:
    """The value of one order: the whole, then goods and services."""
    return [ValueRow(**row._asdict()) for row in await sql.execute(OF_ORDER, {"order_id": order_id})]
