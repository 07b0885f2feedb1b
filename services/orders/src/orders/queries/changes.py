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
from contracts.values import Money
from orders.domain.change import OwnerAnswer, charge_of
from orders.domain.wish import Wanted

FIND_CHANGE: Final = text(
    """
    SELECT changes.change_id, changes.order_id, changes.kind, changes.state, CAST(changes.lines AS text) AS lines,
           changes.reason, changes.asked_at, changes.hold_until_at, CAST(changes.answers AS text) AS answers,
           CAST(changes.wanted AS text) AS wanted, orders.version
    FROM changes JOIN orders USING (order_id)
    WHERE changes.change_id = :change_id AND order_id = :order_id
      AND (CAST(:party AS text) IS NULL OR customer_id = :party)
    """
)

_lines: Reads[tuple[LineQuantity, ...]] = reader(tuple[LineQuantity, ...])
_answers: Reads[tuple[OwnerAnswer, ...]] = reader(tuple[OwnerAnswer, ...])
_wanted: Reads[tuple[Wanted, ...]] = reader(tuple[Wanted, ...])


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change of an order; an answer without `refused` says that it is possible.

    `charge` is what it costs in all (nothing if absent), `days` the longest notice that somebody is given. The steps of
    an answer say by when what is wanted more of, sooner or anew could be there.
    """

    change_id: str
    order_id: str
    kind: str
    state: str
    lines: tuple[LineQuantity, ...]
    reason: str
    asked_at: datetime
    hold_until: datetime
    answers: tuple[OwnerAnswer, ...]
    wanted: tuple[Wanted, ...]
    charge: Money | None
    days: int
    version: int


async def find_change(
    sql: AsyncConnection, order_id: str, change_id: str, *, party: str | None
) -> ChangeView:
    """One change of an order; raises `NotFound` when it is not there or the order is not the party's."""
    asked = {"order_id": order_id, "change_id": change_id, "party": party}
    row = (await sql.execute(FIND_CHANGE, asked)).one_or_none()
    if row is None:
        raise NotFound(f"no change {change_id} of order {order_id}")
    answers = _answers(row.answers)
    return ChangeView(
        row.change_id,
        row.order_id,
        row.kind,
        row.state,
        _lines(row.lines),
        row.reason,
        row.asked_at,
        row.hold_until_at,
        answers,
        _wanted(row.wanted),
        charge_of(answers),
        max((answer.days for answer in answers), default=0),
        row.version,
    )
