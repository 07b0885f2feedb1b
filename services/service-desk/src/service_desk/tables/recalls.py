"""Recalls as the desk follows them: lots that may not leave, and whom it speaks to because of them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from service_desk.tables.columns import counts, key, metadata, words

recalls = Table("recalls", metadata, key("recall_id"), *counts())

recalled_lots = Table(
    "recalled_lots",
    metadata,
    key("lot_id"),
    Column("recall_id", Text, ForeignKey("recalls.recall_id"), primary_key=True),
)

recall_orders = Table(
    "recall_orders",
    metadata,
    Column("recall_id", Text, ForeignKey("recalls.recall_id"), primary_key=True),
    key("order_id"),
    words("ticket_id"),
    Index("recall_orders_ticket", "ticket_id", unique=True),
)
