"""Who may do what: the operations of all services and the roles that may ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final


def _roles(*operations: str, may: str) -> dict[str, frozenset[str]]:
    return dict.fromkeys(operations, frozenset(may.split()))


ORDERS: Final = {
    **_roles("orders.register_customer", "orders.publish_offer", may="sales admin system"),
    **_roles(
        "orders.state_need",
        "orders.show_need",
        "orders.list_quotes",
        "orders.show_quote",
        "orders.accept_quote",
        "orders.decline_quote",
        "orders.list_orders",
        "orders.show_order",
        "orders.accept_new_dates",
        may="customer sales admin system link",
    ),
    **_roles("orders.list_offers", may="customer sales planner admin system"),
    **_roles("orders.accept_quotes", "orders.state_needs", may="customer sales admin system"),
}

EVERYWHERE: Final = ("orders", "materials", "production", "vendors", "service-desk")

OPERATIONS: Final = {
    **_roles(*(f"{name}.list_events" for name in EVERYWHERE), may="admin system"),
    **_roles(*(f"{name}.show_clock" for name in EVERYWHERE), may="admin system"),
    **_roles(*(f"{name}.advance_clock" for name in EVERYWHERE), may="admin system"),
    **_roles(*(f"{name}.list_parked" for name in EVERYWHERE), may="admin system"),
    **_roles(*(f"{name}.replay_parked" for name in EVERYWHERE), may="admin system"),
    **_roles(*(f"{name}.discard_parked" for name in EVERYWHERE), may="admin system"),
}

POLICY: Final[Mapping[str, frozenset[str]]] = {**ORDERS, **OPERATIONS}
