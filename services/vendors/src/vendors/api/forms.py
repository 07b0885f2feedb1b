"""What the doors of vendors share: pages, filters, and the answer to an act."""

from __future__ import annotations

from dataclasses import dataclass

from backbone.service import Reply
from backbone.web import done
from vendors.domain.purchase_order import PurchaseOrder


@dataclass(frozen=True, slots=True)
class Taken:
    """The id under which something was taken up or changed, and the state it is in now."""

    id: str
    state: str


def changed(order: PurchaseOrder) -> Reply:
    """The answer to an act on an order: its id, and the state of its first line."""
    return done(Taken(order.purchase_order_id, order.lines[0].state))
