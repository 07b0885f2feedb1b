"""Recalled lots at the desk: which of them may not leave, and what of them an order was sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from backbone.errors import Refusal
from contracts.recalls import RecalledDelivery, RecalledLot
from contracts.values import ZERO, Quantity
from service_desk.domain.visit import Visit

RECALL_PRIORITY = 1
# The goods of such a hand-over are with the client, or on their way.
_SENT = frozenset({"dispatched", "completed"})


class LotIsRecalled(Refusal):
    """Goods that were called back do not leave; others are readied for the order, or it is late."""


def demand_none_recalled(visit: Visit, recalled: Collection[str]) -> None:
    """Raise `LotIsRecalled` when a hand-over has lots that were called back."""
    wrong = sorted({lot.lot_id for lot in visit.lots if lot.lot_id in recalled})
    if wrong:
        raise LotIsRecalled(f"{visit.kind} {visit.visit_id}: lot {wrong[0]} was called back")


def orders_of(lots: Iterable[RecalledLot]) -> set[str]:
    """The orders that were sent some of these lots, or may have been since they were kept for them."""
    return {order_id for lot in lots for order_id in (*lot.kept_for, *(part.order_id for part in lot.sent))}


def sent(order_id: str, lots: Iterable[RecalledLot], visits: Iterable[Visit]) -> tuple[RecalledDelivery, ...]:
    """What an order was sent of each lot: by the books of materials, or by hand-overs that these have not heard of."""
    there = [visit for visit in visits if visit.state in _SENT]
    found = []
    for lot in lots:
        told = sum((part.quantity for part in lot.sent if part.order_id == order_id), start=ZERO)
        handed: Quantity = sum(
            (part.quantity for visit in there for part in visit.lots if part.lot_id == lot.lot_id), start=ZERO
        )
        if max(told, handed) > ZERO:
            found.append(RecalledDelivery(lot.lot_id, max(told, handed)))
    return tuple(found)
