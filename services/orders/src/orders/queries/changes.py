"""Changes of orders as callers see them: what is asked, what each owner said, until when it may be committed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.shapes import LineQuantity
from orders.domain.change import OwnerAnswer

FIND_CHANGE: Final = text(
    """
    SELECT changes.change_id, changes.order_id, changes.kind, changes.state, CAST(changes.lines AS text) AS lines,
           changes.reason, changes.asked_at, changes.hold_until_at, CAST(changes.answers AS text) AS answers,
           orders.version
    FROM changes JOIN orders USING (order_id)
    WHERE changes.change_id = :change_id AND order_id = :order_id
      AND (CAST(:party AS text) IS NULL OR customer_id = :party)
    """
)

_lines: Reads[tuple[LineQuantity, ...]] = reader(tuple[LineQuantity, ...])
_answers: Reads[tuple[OwnerAnswer, ...]] = reader(tuple[OwnerAnswer, ...])


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change of an order; an answer without `refused` says that it is possible."""

    change_id: str
    order_id: str
    kind: str
    state: str
    lines: tuple[LineQuantity, ...]
    reason: str
    asked_at: datetime
    hold_until: datetime
    answers: tuple[OwnerAnswer, ...]
    version: int


async def find_change(
    sql: AsyncConnection, order_id: str, change_id: str, *, party: str | None
) -> ChangeView:
    """One change of an order; raises `NotFound` when it is not there or the order is not the party's."""
    asked = {"order_id": order_id, "change_id": change_id, "party": party}
    row = (await sql.execute(FIND_CHANGE, asked)).one_or_none()
    if row is None:
        raise NotFound(f"no change {change_id} of order {order_id}")
    return ChangeView(
        row.change_id,
        row.order_id,
        row.kind,
        row.state,
        _lines(row.lines),
        row.reason,
        row.asked_at,
        row.hold_until_at,
        _answers(row.answers),
        row.version,
    )
