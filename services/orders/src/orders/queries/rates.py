"""Exchange rates by day, and the ones that are missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Quantity

RATES_COUNT_MAX: Final = 500
PAGE_RATES: Final = text(
    """
    SELECT * FROM (
        SELECT concat_ws('/', currency, into_currency, day) AS place, currency, into_currency, day, rate_micro, version
        FROM exchange_rates
    ) AS rates
    WHERE place > :after ORDER BY place LIMIT :limit
    """
)
# The longest missing first.
MISSING: Final = text(
    """
    SELECT each -> 'cost' ->> 'currency' AS currency, lines.currency AS into_currency,
           CAST(each ->> 'day' AS date) AS day, count(DISTINCT lines.order_id) AS orders_count,
           min(lines.order_id) AS order_id
    FROM order_lines AS lines CROSS JOIN LATERAL jsonb_array_elements(lines.waiting) AS each
    WHERE lines.waiting <> '[]'
    GROUP BY 1, 2, 3 ORDER BY 3, 1, 2 LIMIT :limit
    """
)

Page = list[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class DayRateView:
    """What one minor unit of a currency is worth in minor units of another, from a day on."""

    currency: str
    into: str
    day: date
    rate: Quantity
    version: int


@dataclass(frozen=True, slots=True)
class MissingRateView:
    """A rate that nobody has said, how many orders have a value that waits for it, and one of them."""

    currency: str
    into: str
    day: date
    orders: int
    order_id: str


async def page_rates(sql: AsyncConnection, *, after: str, limit: int) -> Page:
    """A page of rates: (key, view) pairs after a key."""
    return [
        (
            row.place,
            DayRateView(
                row.currency, row.into_currency, row.day, Quantity.of_micro(row.rate_micro), row.version
            ),
        )
        for row in await sql.execute(PAGE_RATES, {"after": after, "limit": limit})
    ]


async def list_missing_rates(sql: AsyncConnection) -> list[MissingRateView]:
    """The rates that values of orders wait for, the longest missing first."""
    return [
        MissingRateView(row.currency, row.into_currency, row.day, row.orders_count, row.order_id)
        for row in await sql.execute(MISSING, {"limit": RATES_COUNT_MAX})
    ]
