"""What the doors of orders have in common."""

from __future__ import annotations

from dataclasses import dataclass

from backbone.service import Reply
from backbone.web import done
from orders.domain.order import Order


@dataclass(frozen=True, slots=True)
class Taken:
    """The id under which something was taken up."""

    id: str


@dataclass(frozen=True, slots=True)
class ReasonBody:
    """Why it is done."""

    reason: str


def ordered(order: Order) -> Reply:
    """The reply that names an order."""
    return done(Taken(order.order_id), version=order.version)
