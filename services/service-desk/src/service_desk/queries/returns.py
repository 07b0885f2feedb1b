"""What clients send back, as they, the warehouse and agents see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.values import Quantity
from service_desk.domain.returning import LotQuantity

Page = list[tuple[str, Any]]

RETURNS: Final = """
    SELECT return_id, order_id, line_id, customer_id, quantity_micro, received_micro, reason, authorised_at,
           CAST(lots AS text) AS lots, version
    FROM returns WHERE (CAST(:party AS text) IS NULL OR customer_id = :party)
"""
FIND_RETURN: Final = text(RETURNS + "AND return_id = :return_id")
PAGE_RETURNS: Final = text(
    RETURNS
    + """
    AND return_id > :after AND (CAST(:order_id AS text) IS NULL OR order_id = :order_id)
    AND (CAST(:state AS text) IS NULL OR (received_micro < quantity_micro) = (:state = 'awaited'))
    ORDER BY return_id LIMIT :limit
    """
)

_lots: Reads[tuple[LotQuantity, ...]] = reader(tuple[LotQuantity, ...])


@dataclass(frozen=True, slots=True)
class ReturnView:
    """So much of an order line may come back; what of it has come, lot by lot."""

    return_id: str
    order_id: str
    line_id: str
    customer_id: str
    state: str
    quantity: Quantity
    received: Quantity
    reason: str
    authorised_at: datetime
    lots: tuple[LotQuantity, ...]
    version: int


async def page_returns(
    sql: AsyncConnection,
    *,
    party: str | None,
    order_id: str | None,
    state: str | None,
    after: str,
    limit: int,
) -> Page:
    """A page of returns, the oldest first: (key, view) pairs after a key."""
    asked = {"party": party, "order_id": order_id, "state": state, "after": after, "limit": limit}
    return [(row.return_id, _return(row)) for row in await sql.execute(PAGE_RETURNS, asked)]


async def find_return(sql: AsyncConnection, return_id: str, *, party: str | None) -> ReturnView:
    """A return; raises `NotFound` when it is not there or another customer's."""
    row = (await sql.execute(FIND_RETURN, {"party": party, "return_id": return_id})).one_or_none()
    if row is None:
        raise NotFound(f"no return {return_id}")
    return _return(row)


def _return(row: Any) -> ReturnView:
    return ReturnView(
        row.return_id,
        row.order_id,
        row.line_id,
        row.customer_id,
        "awaited" if row.received_micro < row.quantity_micro else "received",
        Quantity.of_micro(row.quantity_micro),
        Quantity.of_micro(row.received_micro),
        row.reason,
        row.authorised_at,
        _lots(row.lots),
        row.version,
    )
