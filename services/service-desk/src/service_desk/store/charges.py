"""What orders are charged, and what tickets have credited of it, in rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import text

from backbone.service import Tx
from service_desk.domain.credit import Account

SAVE_CHARGES: Final = text(
    """
    WITH locked AS (SELECT order_id FROM orders WHERE order_id = ANY(:order_ids) ORDER BY order_id FOR UPDATE)
    UPDATE orders SET charged_minor = told.minor
    FROM unnest(CAST(:order_ids AS text[]), CAST(:minors AS bigint[])) AS told(order_id, minor)
         JOIN locked USING (order_id)
    WHERE orders.order_id = told.order_id RETURNING orders.order_id
    """
)
# Locked before their tickets: of two credits at a time the second sees the first.
LOCK_ACCOUNTS: Final = text(
    """
    SELECT order_id, currency, charged_minor FROM orders
    WHERE order_id IN (SELECT order_id FROM tickets WHERE ticket_id = ANY(:ticket_ids))
    ORDER BY order_id FOR UPDATE
    """
)
LOAD_CREDITS: Final = text(
    """
    SELECT tickets.ticket_id, tickets.order_id, CAST(coalesce(sum(others.credit_minor), 0) AS bigint) AS minor
    FROM tickets LEFT JOIN tickets AS others
         ON others.order_id = tickets.order_id AND others.ticket_id <> tickets.ticket_id
    WHERE tickets.ticket_id = ANY(:ticket_ids) GROUP BY tickets.ticket_id, tickets.order_id
    """
)


async def lock_accounts(tx: Tx, tickets: Iterable[str]) -> dict[str, Account]:
    """What the orders of tickets are charged, locked, and what other tickets have credited of them; by ticket."""
    asked = {"ticket_ids": sorted(set(tickets))}
    orders = {row.order_id: row for row in await tx.sql.execute(LOCK_ACCOUNTS, asked)}
    rows = await tx.sql.execute(LOAD_CREDITS, asked)
    return {
        row.ticket_id: Account(order.currency, order.charged_minor, row.minor)
        for row in rows
        if (order := orders.get(row.order_id)) is not None
    }


async def save_charges(tx: Tx, charged: Mapping[str, int]) -> set[str]:
    """Write what orders are charged in minor units; the answer holds those that are here."""
    values = {"order_ids": sorted(charged), "minors": [charged[order_id] for order_id in sorted(charged)]}
    return {row.order_id for row in await tx.sql.execute(SAVE_CHARGES, values)}
