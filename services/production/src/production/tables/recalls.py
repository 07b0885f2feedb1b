"""Recalls: what each reaches, which runs stand still because of it, and which customers were asked."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Index, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from production.tables.columns import at, counts, document, key, metadata, whole, words

recalls = Table(
    "recalls",
    metadata,
    key("recall_id"),
    words("reason"),
    Column("lot_ids", ARRAY(Text), nullable=False),
    Column("vendor_lot", Text),
    Column("sku", Text),
    Column("cause_run_id", Text),
    words("opened_by"),
    at("opened_at"),
    words("state"),
    Column("unknown", ARRAY(Text), nullable=False),
    Column("closed_by", Text),
    Column("closed_at", DateTime(timezone=True)),
    Column("summary", Text),
    *counts(),
    CheckConstraint("(state = 'closed') = (closed_by IS NOT NULL)", "closed_by_somebody"),
    Index("recalls_state", "state", "recall_id"),
)

recall_lots = Table(
    "recall_lots",
    metadata,
    Column("recall_id", Text, ForeignKey("recalls.recall_id"), primary_key=True),
    key("lot_id"),
    words("sku"),
    words("site_id"),
    Column("vendor_lot", Text),
    words("status"),
    whole("on_hand_micro"),
    whole("in_transit_micro"),
    whole("sent_micro"),
)

# Lots that the service desk does not let leave any more, having looked who was sent some.
recall_notices = Table(
    "recall_notices",
    metadata,
    Column("recall_id", Text, ForeignKey("recalls.recall_id"), primary_key=True),
    key("lot_id"),
)

recall_runs = Table(
    "recall_runs",
    metadata,
    Column("recall_id", Text, ForeignKey("recalls.recall_id"), primary_key=True),
    Column("run_id", Text, ForeignKey("runs.run_id"), primary_key=True),
    at("stopped_at"),
    Index("recall_runs_run", "run_id"),
)

recall_tickets = Table(
    "recall_tickets",
    metadata,
    Column("recall_id", Text, ForeignKey("recalls.recall_id"), primary_key=True),
    key("ticket_id"),
    words("customer_id"),
    words("order_id"),
    document("deliveries"),
    Column("how", Text),
)
