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

VENDORS: Final = {
    **_roles(
        "vendors.register_vendor", "vendors.publish_terms", "vendors.set_rate", may="buyer admin system"
    ),
    **_roles("vendors.change_vendor", "vendors.withdraw_terms", may="buyer admin system"),
    **_roles("vendors.set_policy", may="approver admin system"),
    **_roles("vendors.show_policy", "vendors.list_rates", may="buyer approver planner admin system"),
    **_roles(
        "vendors.list_vendors",
        "vendors.show_vendor",
        "vendors.list_terms",
        "vendors.show_terms",
        "vendors.show_scorecard",
        "vendors.list_figure_rows",
        "vendors.list_rfqs",
        "vendors.show_rfq",
        may="vendor buyer approver planner quality admin system",
    ),
    **_roles(
        "vendors.list_orders",
        "vendors.show_order",
        may="vendor buyer approver planner warehouse quality admin system",
    ),
    **_roles(
        "vendors.answer_rfq",
        "vendors.acknowledge_order",
        "vendors.acknowledge_orders",
        "vendors.refuse_order",
        "vendors.notify_shipment",
        "vendors.notify_shipments",
        may="vendor buyer admin system",
    ),
    **_roles(
        "vendors.award_rfq",
        "vendors.decide_price",
        "vendors.cancel_order",
        "vendors.close_order",
        "vendors.redate_line",
        may="buyer admin system",
    ),
    **_roles("vendors.approve_order", "vendors.decide_award", may="approver admin system"),
    **_roles("vendors.receive_goods", "vendors.receive_deliveries", may="warehouse admin system"),
    **_roles("vendors.return_goods", may="warehouse quality admin system"),
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

POLICY: Final[Mapping[str, frozenset[str]]] = {**ORDERS, **VENDORS, **OPERATIONS}
