"""Promises and action messages as callers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.shapes import DateStep
from contracts.values import Quantity
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
    SELECT planned_order_id, kind, state, sku, quantity_micro, was_at, wanted_at, reason, opened_at
    FROM action_messages WHERE state = 'open' AND planned_order_id || '@' || kind > :after
    ORDER BY planned_order_id || '@' || kind LIMIT :limit
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
class MessageView:
    """What the plan asks a planner to do about a supply."""

    planned_order_id: str
    kind: str
    sku: str
    quantity: Quantity
    was_at: datetime | None
    wanted_at: datetime | None
    reason: str
    opened_at: datetime


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


async def page_messages(sql: AsyncConnection, *, after: str, limit: int) -> Page:
    """Open action messages, each with its key."""
    return [
        (
            f"{row.planned_order_id}@{row.kind}",
            MessageView(
                row.planned_order_id, row.kind, row.sku, Quantity.of_micro(row.quantity_micro), row.was_at,
                row.wanted_at, row.reason, row.opened_at,
            ),
        )
        for row in await sql.execute(PAGE_MESSAGES, {"after": after, "limit": limit})
    ]  # fmt: skip
