"""Shipments, receipts, returns and inspections: what can be asked or told of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.shapes import LotPart
from contracts.values import Quantity
from vendors.domain.delivery import Shipped
from vendors.domain.receipt import Arrival


@dataclass(frozen=True, slots=True)
class TakeInternalGoods:
    """Goods lie ready at a site of ours."""

    purchase_order_id: str
    purchase_line_id: str
    lots: tuple[LotPart, ...]


@dataclass(frozen=True, slots=True)
class NotifyShipment:
    """A vendor has sent goods."""

    purchase_order_id: str
    shipment_id: str
    parts: tuple[Shipped, ...]
    expected_at: datetime
    party: str | None
    # The units in which these are said, in their order; absent: the item's own.
    units: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class NotifyShipments:
    """A vendor notifies many shipments at once."""

    acts: tuple[NotifyShipment, ...]


@dataclass(frozen=True, slots=True)
class ReceiveGoods:
    """Goods are at the gate; extras (freight, duty) are in our currency."""

    purchase_order_id: str
    receipt_id: str
    arrivals: tuple[Arrival, ...]
    extras_minor: int
    actor: str
    # The units in which these are said, in their order; absent: the item's own.
    units: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceiveDeliveries:
    """Many deliveries are at the gate."""

    acts: tuple[ReceiveGoods, ...]


@dataclass(frozen=True, slots=True)
class ReturnGoods:
    """Accepted goods go back to their vendor: (lot, quantity) pairs of one line, in a unit (absent: the item's own)."""

    purchase_order_id: str
    purchase_line_id: str
    return_id: str
    lots: tuple[tuple[str, Quantity], ...]
    replacement: bool
    reason: str
    actor: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class TakeInspection:
    """A lot was inspected."""

    lot_id: str
    passed: bool
