"""What clients send back in its rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from backbone.documents import Reads, reader
from backbone.rows import Rows
from backbone.service import Tx
from contracts.topics import RETURN
from contracts.values import Quantity
from service_desk import tables
from service_desk.domain.returning import LotQuantity, Return
from service_desk.store.rows import add_or_save

RETURNS: Final = Rows(tables.returns, changing=("received_micro", "lots", "told"))
# All of an order's, since one lot of a line may come back by several.
LOCK_BESIDE: Final = RETURNS.where(
    """
    order_id IN (SELECT known.order_id FROM returns AS known WHERE known.return_id = ANY(:keys))
    ORDER BY return_id FOR UPDATE
    """
)

_lots: Reads[tuple[LotQuantity, ...]] = reader(tuple[LotQuantity, ...])


async def lock_returns(tx: Tx, return_ids: Iterable[str]) -> dict[str, Return]:
    """The returns of these ids, with all others of their orders, locked in key order."""
    rows = (await tx.sql.execute(LOCK_BESIDE, {"keys": sorted(set(return_ids))})).all()
    tx.locked(RETURN, {row.return_id: row.told for row in rows})
    return {row.return_id: _return_of(row) for row in rows}


async def save_returns(tx: Tx, returns: Sequence[Return]) -> None:
    """Write returns, new ones and locked ones."""
    tx.added(RETURN, (each.return_id for each in returns if not each.version))
    await add_or_save(tx, RETURNS, [_return_row(tx, each) for each in returns])


def _return_row(tx: Tx, one: Return) -> dict[str, Any]:
    return {
        "return_id": one.return_id,
        "order_id": one.order_id,
        "line_id": one.line_id,
        "customer_id": one.customer_id,
        "need_id": one.need_id,
        "quantity_micro": one.quantity.micro,
        "received_micro": one.received.micro,
        "reason": one.reason,
        "authorised_at": one.authorised_at,
        "lots": one.lots,
        "version": one.version,
        "told": tx.tells(RETURN, one.return_id),
    }


def _return_of(row: Any) -> Return:
    return Return(
        row.return_id,
        row.order_id,
        row.line_id,
        row.customer_id,
        row.need_id,
        Quantity.of_micro(row.quantity_micro),
        row.reason,
        row.authorised_at,
        _lots(row.lots),
        row.version,
    )
