"""The skin of the vendors' pages, where they lie, and money as people type it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final
from urllib.parse import quote

from backbone.web.portal import Portal
from contracts.units import unit_of

HOME: Final = "/portal"
PORTAL: Final = Portal("vendors.pages", HOME, "Your orders and enquiries", unit_of)
ROWS_COUNT: Final = 50
UNIT_MINOR: Final = 100


def order_place(purchase_order_id: str) -> str:
    """Where a purchase order is shown."""
    return f"{HOME}/purchase-orders/{quote(purchase_order_id, safe='')}"


def rfq_place(rfq_id: str) -> str:
    """Where an RFQ is shown."""
    return f"{HOME}/rfqs/{quote(rfq_id, safe='')}"


def minor_of(amount: str) -> int:
    """An amount with at most two decimals in minor units; raises ValueError."""
    minor = Decimal(amount) * UNIT_MINOR
    if minor != minor.to_integral_value():
        raise ValueError("at most two decimals")
    return int(minor)


def whole_of(number: str) -> int:
    """A whole number; raises ValueError."""
    return int(number)
