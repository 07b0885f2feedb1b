"""Sourcings, RFQs, purchase orders and their lines."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, text

from vendors.tables.columns import (
    at,
    big,
    counts,
    document,
    key,
    many_words,
    metadata,
    of_work,
    whole,
    words,
    yes,
)

sourcings = Table(
    "sourcings",
    metadata,
    key("planned_order_id"),
    words("sku"),
    big("quantity_micro"),
    words("unit"),
    words("site_id"),
    at("needed_at"),
    document("property_window"),
    document("serves"),
    words("state"),
    many_words("tried"),
    words("correlation_id", maybe=True),
    *of_work(),
    *counts(),
)

rfqs = Table(
    "rfqs",
    metadata,
    key("rfq_id"),
    Column("planned_order_id", Text, ForeignKey("sourcings.planned_order_id"), nullable=False),
    words("sku"),
    big("quantity_micro"),
    words("unit"),
    words("site_id"),
    at("needed_at"),
    document("property_window"),
    many_words("vendor_ids"),
    at("issued_at"),
    at("answer_by_at"),
    words("state"),
    document("quotations"),
    document("proposal", maybe=True),
    words("awarded_quotation_id", maybe=True),
    words("correlation_id", maybe=True),
    words("withdrawn_because", maybe=True),
    *counts(),
    CheckConstraint("(state = 'awarded') = (awarded_quotation_id IS NOT NULL)", "one_award"),
    Index("rfqs_planned_order", "planned_order_id"),
)

purchase_orders = Table(
    "purchase_orders",
    metadata,
    key("purchase_order_id"),
    Column("vendor_id", Text, ForeignKey("vendors.vendor_id"), nullable=False),
    words("vendor_kind"),
    words("supplying_site_id", maybe=True),
    document("tolerances"),
    words("requested_by"),
    at("requested_at"),
    words("approved_by", maybe=True),
    words("terms_id", maybe=True),
    words("quotation_id", maybe=True),
    at("issued_at", maybe=True),
    at("answer_by_at", maybe=True),
    at("answered_at", maybe=True),
    yes("overdue"),
    yes("was_refused"),
    words("ended_because", maybe=True),
    words("correlation_id", maybe=True),
    *of_work(),
    *counts(),
    Index("purchase_orders_vendor", "vendor_id", "purchase_order_id"),
    Index("purchase_orders_run", "run_id", postgresql_where=text("run_id IS NOT NULL")),
)

# A second live line for a planned order cannot be written, whatever the code above it does.
LIVE_STATES: Final = (
    "'requested', 'quoted', 'ordered', 'acknowledged', 'shipped', 'part-received', 'rejected'"
)

purchase_lines = Table(
    "purchase_lines",
    metadata,
    key("purchase_line_id"),
    Column("purchase_order_id", Text, ForeignKey("purchase_orders.purchase_order_id"), nullable=False),
    words("planned_order_id"),
    words("sku"),
    big("quantity_micro"),
    words("unit"),
    big("unit_price_minor"),
    words("currency"),
    words("site_id"),
    at("wanted_at"),
    document("property_window"),
    document("serves"),
    document("properties"),
    yes("inspect"),
    words("state"),
    document("answer", maybe=True),
    document("offered", maybe=True),
    at("first_at", maybe=True),
    document("first_schedule"),
    yes("redating"),
    big("shipped_micro"),
    big("accepted_micro"),
    big("rejected_micro"),
    big("returned_micro"),
    big("replaced_micro"),
    document("on_the_way"),
    at("completed_at", maybe=True),
    # What we owe the vendor for what we gave up, in the currency of `charge_currency`; nothing without one.
    big("charge_minor"),
    words("charge_currency", maybe=True),
    CheckConstraint(
        "quantity_micro > 0 AND shipped_micro >= 0 AND rejected_micro >= 0 AND replaced_micro >= 0 "
        "AND replaced_micro <= returned_micro AND returned_micro <= accepted_micro",
        "counted_up",
    ),
    Index("purchase_lines_order", "purchase_order_id"),
    Index("purchase_lines_sku", "sku"),
    Index("purchase_lines_state", "state", "purchase_order_id"),
    Index(
        "purchase_lines_live",
        "planned_order_id",
        unique=True,
        postgresql_where=text(f"state IN ({LIVE_STATES})"),
    ),
)

# What we keep possible of a purchase while a customer thinks about a change. A row without a planned order is the
# tombstone of a change that was withdrawn before it was asked for. Whoever handles a change has its rows alone.
probes = Table(
    "probes",
    metadata,
    key("change_id"),
    key("planned_order_id"),
    words("state"),
    big("quantity_micro"),
    at("hold_until_at"),
    words("refused", maybe=True),
    big("charge_minor"),
    words("charge_currency", maybe=True),
    whole("days"),
)
