"""Lots, how they are inspected, and what was found."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from production.tables.columns import at, counts, document, key, metadata, whole, words

lots = Table(
    "lots",
    metadata,
    key("lot_id"),
    Column("run_id", Text, ForeignKey("runs.run_id")),
    words("sku"),
    words("site_id"),
    whole("quantity_micro"),
    words("state"),
    Column("root_id", Text),
    Column("proposed_by", Text),
    Column("reason", Text),
    Column("parents", ARRAY(Text), nullable=False),
    *counts(),
    CheckConstraint("quantity_micro > 0", "quantity_there"),
    Index("lots_run", "run_id"),
    Index("lots_parents", "parents", postgresql_using="gin"),
    Index("lots_state", "state", "lot_id"),
)

inspection_plans = Table(
    "inspection_plans",
    metadata,
    key("sku"),
    document("plan"),
    Column("version", BigInteger, nullable=False),
)

inspections = Table(
    "inspections",
    metadata,
    key("inspection_id"),
    Column("lot_id", Text, ForeignKey("lots.lot_id"), nullable=False),
    words("sku"),
    whole("plan_version"),
    at("inspected_at"),
    words("inspected_by"),
    Column("passed", Boolean, nullable=False),
    document("characteristics"),
    Index("inspections_lot", "lot_id", "inspection_id"),
    Index("inspections_sku", "sku", "inspection_id"),
)
