"""The skin of the customers' pages at orders, and where they lie."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from backbone.service import Way
from backbone.web.portal import Portal
from contracts.units import unit_of

HOME: Final = "/portal"
PORTAL: Final = Portal("orders.pages", HOME, "Your quotes and orders", unit_of)
WAY: Final = Way("service-desk", "Visits and service", frozenset({"customer"}))
# What a line still waits for, or how it ended, in the customer's words.
SUPPLIES: Final = {
    "unplanned": "being planned",
    "planned": "planned",
    "covered": "on its way to you in time",
    "at-risk": "at risk of being late",
    "late": "late",
}


def quote_place(quote_id: str) -> str:
    """Where a quote is shown."""
    return f"{HOME}/quotes/{quote(quote_id, safe='')}"


def order_place(order_id: str) -> str:
    """Where an order is shown."""
    return f"{HOME}/orders/{quote(order_id, safe='')}"


def change_place(order_id: str, change_id: str) -> str:
    """Where a change of an order is shown."""
    return f"{order_place(order_id)}/changes/{quote(change_id, safe='')}"
