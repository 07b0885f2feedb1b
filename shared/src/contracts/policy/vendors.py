"""Who may do what at vendors."""

from __future__ import annotations

from typing import Final

from contracts.policy.roles import roles

VENDORS: Final = {
    **roles("vendors.register_vendor", "vendors.publish_terms", "vendors.set_rate", may="buyer admin system"),
    **roles("vendors.change_vendor", "vendors.withdraw_terms", may="buyer admin system"),
    **roles("vendors.list_lead_drifts", "vendors.take_observed_lead", may="buyer planner admin system"),
    **roles("vendors.set_policy", may="approver admin system"),
    **roles("vendors.show_policy", "vendors.list_rates", may="buyer approver planner admin system"),
    **roles(
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
    **roles(
        "vendors.show_portal",
        "vendors.show_order_page",
        "vendors.show_rfq_page",
        may="vendor buyer approver planner admin system",
    ),
    # What is said at a vendor's page is the vendor's own word.
    **roles(
        "vendors.answer_order_at_page",
        "vendors.ship_order_at_page",
        "vendors.answer_rfq_at_page",
        may="vendor",
    ),
    **roles(
        "vendors.list_orders",
        "vendors.show_order",
        may="vendor buyer approver planner warehouse quality admin system",
    ),
    **roles(
        "vendors.answer_rfq",
        "vendors.acknowledge_order",
        "vendors.acknowledge_orders",
        "vendors.refuse_order",
        "vendors.notify_shipment",
        "vendors.notify_shipments",
        may="vendor buyer admin system",
    ),
    **roles(
        "vendors.award_rfq",
        "vendors.decide_price",
        "vendors.cancel_order",
        "vendors.close_order",
        "vendors.redate_line",
        may="buyer admin system",
    ),
    **roles("vendors.approve_order", "vendors.decide_award", may="approver admin system"),
    **roles("vendors.receive_goods", "vendors.receive_deliveries", may="warehouse admin system"),
    **roles("vendors.return_goods", may="warehouse quality admin system"),
}
