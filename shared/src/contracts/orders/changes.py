"""What a customer asks to change of an order after it was promised, and what becomes of the wish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.orders.orders import OrderLine
from contracts.shapes import DemandLine, LineQuantity
from contracts.values import Money, Quantity


@dataclass(frozen=True, slots=True)
class AmendmentRequested:
    """Lines are wanted with these quantities in all; whoever can keeps it possible until the hold ends, and says so.

    `wanted` are the lines of which more is wanted, that are wanted at another moment, or that are new, each as a whole
    and with the moment by which it is to lie ready.
    """

    order_id: str
    change_id: str
    lines: tuple[LineQuantity, ...]
    hold_until: datetime
    wanted: tuple[DemandLine, ...] = ()


@dataclass(frozen=True, slots=True)
class CancellationRequested:
    """The order is not wanted any more; whoever can keeps that possible until the hold ends, and says so."""

    order_id: str
    change_id: str
    lines: tuple[LineQuantity, ...]
    reason: str
    hold_until: datetime


@dataclass(frozen=True, slots=True)
class ChangeCommitted:
    """The customer takes the change as it was answered, at that charge: each carries out what they held."""

    order_id: str
    change_id: str
    charge: Money | None = None


@dataclass(frozen=True, slots=True)
class ChangeWithdrawn:
    """The change does not take place: each lets go what they held for it."""

    order_id: str
    change_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class OrderLineAmended:
    """A line is ordered with another quantity now, at another price in all; none of it is a dropped line."""

    order_id: str
    change_id: str
    line_id: str
    was: Quantity
    quantity: Quantity
    price: Money


@dataclass(frozen=True, slots=True)
class OrderLineAdded:
    """An order has one more line."""

    order_id: str
    change_id: str
    line: OrderLine
