"""Facts about what was promised and did not come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.values import Quantity


@dataclass(frozen=True, slots=True)
class OverdueLine:
    """So much of a purchase line should have been sent, the first of it by `due_at`."""

    purchase_line_id: str
    planned_order_id: str
    sku: str
    quantity: Quantity
    due_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryOverdue:
    """A vendor has let a promised date pass and has sent nothing, or less; what it says or sends later is taken."""

    purchase_order_id: str
    vendor_id: str
    lines: tuple[OverdueLine, ...]
    run_id: str | None = None
