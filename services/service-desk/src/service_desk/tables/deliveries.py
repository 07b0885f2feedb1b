"""Slots that are held, orders as the desk knows them, visits, and who is taken when."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text

from service_desk.tables.columns import (
    at,
    big,
    counts,
    document,
    key,
    many_words,
    metadata,
    whole,
    words,
    yes,
)

slot_holds = Table(
    "slot_holds",
    metadata,
    key("promise_id"),
    words("need_id"),
    whole("request_no"),
    words("customer_id"),
    words("address_id"),
    words("state"),
    document("slots"),
    at("hold_until_at"),
    words("reason", maybe=True),
    at("next_possible_at", maybe=True),
    *counts(),
)

orders = Table(
    "orders",
    metadata,
    key("order_id"),
    words("need_id"),
    words("promise_id"),
    words("customer_id"),
    words("address_id"),
    words("delivery_policy"),
    words("currency"),
    # What the customer is charged in all; absent for an order that was placed before this was kept.
    big("charged_minor", maybe=True),
    document("lines"),
    document("ready"),
    yes("cancelled"),
    document("change", maybe=True),
    *counts(),
    Index("orders_customer", "customer_id", "order_id"),
)

visits = Table(
    "visits",
    metadata,
    key("visit_id"),
    words("kind"),
    Column("order_id", Text, ForeignKey("orders.order_id"), nullable=False),
    words("need_id"),
    words("customer_id"),
    words("place"),
    words("site_id"),
    words("currency"),
    many_words("line_ids"),
    words("state"),
    words("service_id", maybe=True),
    big("quantity_micro", maybe=True),
    document("goods"),
    words("slot_id", maybe=True),
    at("starts_at", maybe=True),
    at("ends_at", maybe=True),
    many_words("technician_ids"),
    whole("offer_no"),
    whole("missed_times"),
    big("freight_minor"),
    document("report", maybe=True),
    words("ended_by", maybe=True),
    words("signed_by", maybe=True),
    words("reason", maybe=True),
    yes("suspended"),
    at("held_until_at", maybe=True),
    *counts(),
    CheckConstraint(
        "kind IN ('visit', 'hand-over') AND (kind = 'visit') = (service_id IS NOT NULL)", "kinds"
    ),
    # Nothing is done without the client's word.
    CheckConstraint("state <> 'completed' OR ended_by IS NOT NULL", "clients_word"),
    CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL) AND starts_at < ends_at", "a_stretch_of_time"),
    Index("visits_order", "order_id"),
    Index("visits_customer", "customer_id", "visit_id"),
    Index("visits_state", "state", "visit_id"),
)

# Whom a slot takes; technicians are locked by whoever looks for a slot, so two never take the same hour.
engagements = Table(
    "engagements",
    metadata,
    key("slot_id"),
    key("technician_id"),
    at("starts_at"),
    at("ends_at"),
    words("place"),
    CheckConstraint("starts_at < ends_at", "a_stretch_of_time"),
    Index("engagements_technician", "technician_id", "ends_at"),
)
