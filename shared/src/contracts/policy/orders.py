"""Who may do what at orders."""

from __future__ import annotations

from typing import Final

from contracts.policy.roles import roles

ORDERS: Final = {
    **roles(
        "orders.register_customer",
        "orders.change_contact",
        "orders.erase_contact",
        "orders.publish_offer",
        may="sales admin system",
    ),
    **roles(
        "orders.state_need",
        "orders.show_need",
        "orders.list_quotes",
        "orders.show_quote",
        "orders.accept_quote",
        "orders.decline_quote",
        "orders.take_substitute",
        "orders.list_orders",
        "orders.show_order",
        "orders.accept_new_dates",
        "orders.cancel_order",
        "orders.request_amendment",
        "orders.request_cancellation",
        "orders.show_change",
        "orders.commit_change",
        "orders.withdraw_change",
        "orders.show_quote_page",
        "orders.answer_quote_at_page",
        "orders.show_order_page",
        "orders.answer_order_at_page",
        "orders.change_order_at_page",
        "orders.show_change_page",
        "orders.decide_change_at_page",
        may="customer sales admin system link",
    ),
    **roles("orders.show_portal", may="customer sales admin system"),
    **roles("orders.link_quote", "orders.link_order", may="sales admin system"),
    **roles("orders.short_close_line", may="sales admin system"),
    **roles("orders.authorise_return", may="sales agent admin system"),
    **roles(
        "orders.list_day_rates",
        "orders.list_missing_rates",
        "orders.set_day_rate",
        may="sales admin system",
    ),
    **roles("orders.list_offers", may="customer sales planner admin system"),
    **roles("orders.accept_quotes", "orders.state_needs", may="customer sales admin system"),
}
