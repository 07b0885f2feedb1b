"""Promises and action messages as callers see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.shapes import DateStep
from contracts.values import Money, Quantity
from materials.domain.header import Answer
from materials.queries.masters import Page

FIND_PROMISE: Final = text(
    """
    SELECT promise_id, need_id, request_no, state, hold_until_at, CAST(answer AS text) AS answer
    FROM holds WHERE promise_id = :promise_id
    """
)
PAGE_MESSAGES: Final = text(
    """
    SELECT planned_order_id, kind, state, sku, quantity_micro, was_at, wanted_at, reason, opened_at,
           snoozed_until_at
    FROM action_messages WHERE state = 'open' AND planned_order_id || '@' || kind > :after
      AND (:sleeping OR snoozed_until_at IS NULL OR snoozed_until_at <= :now)
    ORDER BY planned_order_id || '@' || kind LIMIT :limit
    """
)
# Up from each supply over its pegs, through other sites of ours, to the order lines that it serves.
HURT: Final = text(
    """
    WITH RECURSIVE up(root, demand_id) AS (
        SELECT planned_order_id, demand_id FROM pegs WHERE planned_order_id = ANY(:orders)
        UNION
        SELECT up.root, pegs.demand_id FROM up JOIN demands USING (demand_id)
        JOIN pegs ON pegs.planned_order_id = demands.planned_order_id
    ), lines AS (
        SELECT root, order_id, line_id FROM up JOIN demands USING (demand_id) WHERE order_id IS NOT NULL
        UNION
        SELECT root, share->>'order_id', share->>'line_id' FROM up JOIN demands USING (demand_id)
        JOIN internal_supplies USING (purchase_line_id) CROSS JOIN LATERAL jsonb_array_elements(serves) AS share
    )
    SELECT root, order_id, line_id, price_minor, currency FROM lines LEFT JOIN order_values USING (order_id, line_id)
    ORDER BY root, order_id, line_id
    """
)

_answer: Reads[Answer] = reader(Answer)


@dataclass(frozen=True, slots=True)
class PromiseView:
    """A promise and its answer."""

    promise_id: str
    need_id: str
    request_no: int
    state: str
    hold_until_at: datetime
    steps: tuple[DateStep, ...]
    reasons: tuple[str, ...]
    refused: str | None
    next_possible_at: datetime | None


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


async def find_promise(sql: AsyncConnection, promise_id: str) -> PromiseView:
    """A promise with its answer; raises `NotFound`."""
    row = (await sql.execute(FIND_PROMISE, {"promise_id": promise_id})).one_or_none()
    if row is None:
        raise NotFound(f"no promise {promise_id}")
    answer = _answer(row.answer)
    return PromiseView(
        row.promise_id, row.need_id, row.request_no, row.state, row.hold_until_at, answer.steps, answer.reasons,
        answer.refused, answer.next_possible_at,
    )  # fmt: skip


async def page_messages(
    sql: AsyncConnection, *, now: datetime, sleeping: bool, after: str, limit: int
) -> Page:
    """Open action messages, each with its key; those that sleep only when `sleeping` is asked for."""
    values = {"now": now, "sleeping": sleeping, "after": after, "limit": limit}
    rows = (await sql.execute(PAGE_MESSAGES, values)).all()
    hurt: dict[str, list[HurtLine]] = {}
    for each in await sql.execute(HURT, {"orders": sorted({row.planned_order_id for row in rows})}):
        price = Money(each.price_minor, each.currency) if each.currency is not None else None
        hurt.setdefault(each.root, []).append(HurtLine(each.order_id, each.line_id, price))
    return [
        (f"{row.planned_order_id}@{row.kind}", _message(row, hurt.get(row.planned_order_id, ())))
        for row in rows
    ]


def _message(row: Any, hurt: Sequence[HurtLine]) -> MessageView:
    sums: dict[str, Money] = {}
    for line in hurt:
        if line.price is not None:
            known = sums.get(line.price.currency)
            sums[line.price.currency] = line.price if known is None else known + line.price
    return MessageView(
        row.planned_order_id, row.kind, row.sku, Quantity.of_micro(row.quantity_micro), row.was_at, row.wanted_at,
        row.reason, row.opened_at, row.snoozed_until_at, tuple(hurt), tuple(sums[name] for name in sorted(sums)),
    )  # fmt: skip
