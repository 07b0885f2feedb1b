"""Recalls as they are traced: which lots each reaches, and which of them are blocked already."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, Text, text

from materials.tables.columns import counts, document, flag, key, maybe, metadata, name

recalls = Table(
    "recalls",
    metadata,
    key("recall_id"),
    name("reason"),
    maybe("vendor_lot"),
    maybe("sku"),
    document("unknown"),
    flag("closed"),
    *counts(),
    Index("recalls_vendor_lot", "vendor_lot", postgresql_where=text("NOT closed AND vendor_lot IS NOT NULL")),
)

recall_lots = Table(
    "recall_lots",
    metadata,
    Column("recall_id", Text, ForeignKey("recalls.recall_id"), primary_key=True),
    key("lot_id"),
    flag("blocked"),
    Index("recall_lots_next", "recall_id", "lot_id", postgresql_where=text("NOT blocked")),
)
