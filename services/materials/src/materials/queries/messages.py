"""Action messages as callers see them: what they ask for, whom that hurts, and what is at stake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.errors import Invalid
from contracts.values import Money, Quantity
from materials.queries.keys import RowKey
from materials.queries.masters import Page

SORTS: Final = ("wanted_at", "-at_stake")
MINOR_MAX: Final = 2**63 - 1
_OPEN: Final = """
    SELECT planned_order_id, kind, planned_order_id || '@' || kind AS message_id, action_messages.sku,
           coalesce(items.title, action_messages.sku) AS title,
           coalesce(items.unit, '') AS unit, site_id, source, action_messages.quantity_micro,
           was_at, wanted_at, coalesce(wanted_at, 'infinity') AS by_at, reason, opened_at, snoozed_until_at,
           ARRAY(SELECT jsonb_array_elements_text(instead_of)) AS instead_of
    FROM action_messages JOIN planned_orders USING (planned_order_id)
    LEFT JOIN items ON items.sku = action_messages.sku
    WHERE action_messages.state = 'open' AND (:sleeping OR snoozed_until_at IS NULL OR snoozed_until_at <= :now)
      AND (CAST(:kind AS text) IS NULL OR kind = :kind) AND (CAST(:site_id AS text) IS NULL OR site_id = :site_id)
      AND (CAST(:sku AS text) IS NULL OR action_messages.sku = :sku)
"""
# Up from the supplies of each message over their pegs, through other sites of ours, to the order lines served. A
# message that asks for more is about those whom the orders serve that it would be instead of.
_UP: Final = """
    up(root, demand_id) AS (
        SELECT message_id, demand_id FROM {messages}
        JOIN pegs ON pegs.planned_order_id = ANY(
            CASE WHEN instead_of = '{{}}' THEN ARRAY[here.planned_order_id] ELSE instead_of END
        )
        UNION
        SELECT up.root, pegs.demand_id FROM up JOIN demands USING (demand_id)
        JOIN pegs ON pegs.planned_order_id = demands.planned_order_id
    ), lines AS (
        SELECT root, order_id, line_id FROM up JOIN demands USING (demand_id) WHERE order_id IS NOT NULL
        UNION
        SELECT root, share->>'order_id', share->>'line_id' FROM up JOIN demands USING (demand_id)
        JOIN internal_supplies USING (purchase_line_id) CROSS JOIN LATERAL jsonb_array_elements(serves) AS share
    )
"""
BY_KEY: Final = text(
    _OPEN + "AND planned_order_id || '@' || kind > :message_id ORDER BY message_id LIMIT :limit"
)
BY_MOMENT: Final = text(
    f"""
    SELECT * FROM ({_OPEN}) AS here WHERE (by_at, message_id) > (CAST(CAST(:after AS text) AS timestamptz), :message_id)
    ORDER BY by_at, message_id LIMIT :limit
    """  # noqa: S608
)
# Where sums in several currencies are at stake, the largest of them counts.
BY_STAKE: Final = text(
    f"""
    WITH RECURSIVE here AS MATERIALIZED ({_OPEN}), {_UP.format(messages="here")},
    stakes AS (
        SELECT root, max(minor) AS minor FROM (
            SELECT root, CAST(sum(price_minor) AS bigint) AS minor
            FROM lines JOIN order_values USING (order_id, line_id) GROUP BY root, currency
        ) AS by_currency GROUP BY root
    )
    SELECT * FROM (
        SELECT here.*, coalesce(minor, 0) AS stake FROM here LEFT JOIN stakes ON root = message_id
    ) AS weighed WHERE stake < CAST(:after AS bigint) OR stake = CAST(:after AS bigint) AND message_id > :message_id
    ORDER BY stake DESC, message_id LIMIT :limit
    """  # noqa: S608
)
HURT: Final = text(
    f"""
    WITH RECURSIVE here AS MATERIALIZED ({_OPEN} AND planned_order_id || '@' || kind = ANY(:messages)),
    {_UP.format(messages="here")}
    SELECT root, order_id, line_id, price_minor, currency FROM lines LEFT JOIN order_values USING (order_id, line_id)
    ORDER BY root, order_id, line_id
    """  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class HurtLine:
    """A line of a customer's order that a supply serves, and what it is worth as far as that is known."""

    order_id: str
    line_id: str
    price: Money | None


@dataclass(frozen=True, slots=True)
class MessageView:
    """What the plan asks a planner to do about a supply; whom that hurts, and the sum at stake by currency."""

    planned_order_id: str
    kind: str
    sku: str
    quantity: Quantity
    was_at: datetime | None
    wanted_at: datetime | None
    reason: str
    opened_at: datetime
    snoozed_until_at: datetime | None
    hurts: tuple[HurtLine, ...]
    at_stake: tuple[Money, ...]
    site_id: str
    source: str
    title: str
    unit: str
    instead_of: tuple[str, ...] = ()


async def page_messages(
    sql: AsyncConnection,
    *,
    now: datetime,
    sleeping: bool,
    sort: str | None,
    after: str,
    limit: int,
    kind: str | None = None,
    site_id: str | None = None,
    sku: str | None = None,
) -> Page:
    """Open action messages, each with its key; those that sleep only when `sleeping` is asked for."""
    wanted = {"now": now, "sleeping": sleeping, "kind": kind, "site_id": site_id, "sku": sku, "limit": limit}
    if sort == "wanted_at":
        at, message_id = RowKey.parts(after, [str, str], ["-infinity", ""])
        place = {"after": _moment(at), "message_id": message_id}
        rows = (await sql.execute(BY_MOMENT, wanted | place)).all()
        keys = [
            RowKey.of(row.wanted_at.isoformat() if row.wanted_at else "infinity", row.message_id)
            for row in rows
        ]
    elif sort == "-at_stake":
        minor, message_id = RowKey.parts(after, [str, str], [str(MINOR_MAX), ""])
        rows = (
            await sql.execute(BY_STAKE, wanted | {"after": _minor(minor), "message_id": message_id})
        ).all()
        keys = [RowKey.of(str(row.stake), row.message_id) for row in rows]
    else:
        rows = (await sql.execute(BY_KEY, wanted | {"message_id": after})).all()
        keys = [row.message_id for row in rows]
    hurt: dict[str, list[HurtLine]] = {}
    for each in await sql.execute(HURT, wanted | {"messages": sorted(row.message_id for row in rows)}):
        price = Money(each.price_minor, each.currency) if each.currency is not None else None
        hurt.setdefault(each.root, []).append(HurtLine(each.order_id, each.line_id, price))
    return [(key, _message(row, hurt.get(row.message_id, ()))) for key, row in zip(keys, rows, strict=True)]


def _moment(given: str) -> str:
    if given in {"-infinity", "infinity"}:
        return given
    try:
        return datetime.fromisoformat(given).isoformat()
    except ValueError:
        raise Invalid("that is no place between two rows", [("?after", "no moment")]) from None


def _minor(given: str) -> int:
    if not (given.isascii() and given.isdigit() and int(given[:20]) <= MINOR_MAX and len(given) <= 19):
        raise Invalid("that is no place between two rows", [("?after", "no sum")])
    return int(given)


def _message(row: Any, hurt: Sequence[HurtLine]) -> MessageView:
    sums: dict[str, Money] = {}
    for line in hurt:
        if line.price is not None:
            known = sums.get(line.price.currency)
            sums[line.price.currency] = line.price if known is None else known + line.price
    return MessageView(
        row.planned_order_id, row.kind, row.sku, Quantity.of_micro(row.quantity_micro), row.was_at, row.wanted_at,
        row.reason, row.opened_at, row.snoozed_until_at, tuple(hurt), tuple(sums[name] for name in sorted(sums)),
        row.site_id, row.source, row.title, row.unit, tuple(row.instead_of),
    )  # fmt: skip
