"""Shipments, receipts, received lots, returns and the weekly scores made of them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Table, Text

from vendors.tables.columns import (
    at,
    big,
    document,
    key,
    metadata,
    whole,
    words,
    yes,
)

shipments = Table(
    "shipments",
    metadata,
    key("shipment_id"),
    key("purchase_line_id"),
    words("purchase_order_id"),
    big("quantity_micro"),
    document("lots"),
    at("expected_at"),
    at("notified_at"),
    Index("shipments_order", "purchase_order_id"),
)

receipts = Table(
    "receipts",
    metadata,
    key("receipt_id"),
    key("purchase_line_id"),
    words("purchase_order_id"),
    big("accepted_micro"),
    big("rejected_micro"),
    words("reason", maybe=True),
    big("extras_minor"),
    at("received_at"),
    words("received_by"),
    Index("receipts_line", "purchase_line_id"),
    Index("receipts_order", "purchase_order_id"),
)

# What came in under which lot id: inspections and returns name lots, scores need to know whose they were. A lot of
# a site of ours may arrive in several receipts.
received_lots = Table(
    "received_lots",
    metadata,
    key("lot_id"),
    key("receipt_id"),
    words("purchase_line_id"),
    document("part"),
    big("quantity_micro"),
    big("returned_micro"),
    yes("failed"),
    CheckConstraint("returned_micro BETWEEN 0 AND quantity_micro", "returned_once"),
    Index("received_lots_line", "purchase_line_id"),
)

returns = Table(
    "returns",
    metadata,
    key("return_id"),
    words("purchase_order_id"),
    words("purchase_line_id"),
    document("lots"),
    yes("replacement"),
    words("reason"),
    at("returned_at"),
    words("returned_by"),
    Index("returns_order", "purchase_order_id"),
)

scores = Table(
    "scores",
    metadata,
    Column("vendor_id", Text, ForeignKey("vendors.vendor_id"), primary_key=True),
    Column("week_ends", Date, primary_key=True),
    big("otif_percent_micro"),
    big("requested_percent_micro"),
    whole("quality_ppm"),
    big("price_drift_percent_micro"),
    big("response_hours_micro"),
    big("observed_lead_days_micro"),
    whole("lines"),
    words("band"),
)
