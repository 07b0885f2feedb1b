"""What clients may send back, and what of it has come."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Table

from service_desk.tables.columns import at, big, counts, document, key, metadata, words

returns = Table(
    "returns",
    metadata,
    key("return_id"),
    words("order_id"),
    words("line_id"),
    words("customer_id"),
    words("need_id"),
    big("quantity_micro"),
    big("received_micro"),
    words("reason"),
    at("authorised_at"),
    document("lots"),
    *counts(),
    CheckConstraint("0 <= received_micro AND received_micro <= quantity_micro", "no_more_than_authorised"),
    Index("returns_order", "order_id", "return_id"),
    Index("returns_customer", "customer_id", "return_id"),
)
