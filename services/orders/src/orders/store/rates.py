"""Exchange rates by day in their rows, and which orders wait for one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from sqlalchemy import text

from backbone.service import Tx
from orders.domain.rates import Exchange, Rates

# Whoever leaves a cost waiting has seen every rate: one that is being said is waited for, and waits in turn.
HOLD_RATES: Final = text("LOCK TABLE exchange_rates IN SHARE MODE")
LOAD_RATES: Final = text(
    """
    SELECT asked.currency, asked.into_currency, asked.day, found.rate_micro
    FROM unnest(CAST(:currency AS text[]), CAST(:into AS text[]), CAST(:day AS date[]))
         AS asked(currency, into_currency, day)
    CROSS JOIN LATERAL (
        SELECT rate_micro FROM exchange_rates AS rates
        WHERE rates.currency = asked.currency AND rates.into_currency = asked.into_currency AND rates.day <= asked.day
        ORDER BY rates.day DESC LIMIT 1
    ) AS found
    """
)
SAVE_RATE: Final = text(
    """
    INSERT INTO exchange_rates (currency, into_currency, day, rate_micro, version)
    SELECT :currency, :into, :day, :rate_micro, 1
    WHERE :expected = 0
       OR EXISTS (SELECT FROM exchange_rates
                  WHERE (currency, into_currency, day) = (:currency, :into, CAST(:day AS date)))
    ON CONFLICT (currency, into_currency, day) DO UPDATE
    SET rate_micro = excluded.rate_micro, version = exchange_rates.version + 1
    WHERE exchange_rates.version = :expected
    RETURNING version
    """
)
WAITING: Final = text(
    """
    SELECT DISTINCT lines.order_id FROM order_lines AS lines
    CROSS JOIN LATERAL jsonb_array_elements(lines.waiting) AS each
    WHERE lines.waiting <> '[]' AND lines.currency = :into AND each -> 'cost' ->> 'currency' = :currency
      AND lines.order_id > :after
    ORDER BY lines.order_id LIMIT :limit
    """
)


async def load_rates(tx: Tx, exchanges: Iterable[Exchange], *, today: date) -> Rates:
    """The rates of these exchanges that are known, each the last up to its day; none becomes known meanwhile."""
    asked = sorted(set(exchanges))
    if not asked:
        return Rates(today)
    await tx.sql.execute(HOLD_RATES)
    columns = {name: [getattr(each, name) for each in asked] for name in ("currency", "into", "day")}
    rows = await tx.sql.execute(LOAD_RATES, columns)
    return Rates(today, {Exchange(row.currency, row.into_currency, row.day): row.rate_micro for row in rows})


async def save_rate(tx: Tx, at: Exchange, rate_micro: int, expected_version: int) -> int | None:
    """Set the rate from a day on; the answer is the new version, None when it was not at `expected_version`."""
    values = {
        "currency": at.currency,
        "into": at.into,
        "day": at.day,
        "rate_micro": rate_micro,
        "expected": expected_version,
    }
    version: int | None = (await tx.sql.execute(SAVE_RATE, values)).scalar_one_or_none()
    return version


async def load_waiting(tx: Tx, currency: str, into: str, *, after: str, limit: int) -> list[str]:
    """The orders with costs that wait to be said in another currency, in the order of their ids."""
    values = {"currency": currency, "into": into, "after": after, "limit": limit}
    return [row.order_id for row in await tx.sql.execute(WAITING, values)]
