"""The skin of the clients' pages at the service desk, and where they lie."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from backbone.service import Way
from backbone.web.portal import Portal

HOME: Final = "/portal"
PORTAL: Final = Portal("service_desk.pages", HOME, "Your visits and messages")
WAY: Final = Way("orders", "Orders", frozenset({"customer"}))
ROWS_COUNT: Final = 50


def visit_place(visit_id: str) -> str:
    """Where a visit or a hand-over is shown."""
    return f"{HOME}/visits/{quote(visit_id, safe='')}"


def talk_place(order_id: str | None) -> str:
    """Where the conversation about an order is shown, or the one beside all orders."""
    return f"{HOME}/messages" if order_id is None else f"{HOME}/orders/{quote(order_id, safe='')}/messages"


def ticket_place(ticket_id: str) -> str:
    """Where a ticket is shown."""
    return f"{HOME}/tickets/{quote(ticket_id, safe='')}"
