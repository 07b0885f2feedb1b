"""Lots, how they are inspected, and what was found."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    text,
)
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

# How the work of an operation of a recipe is inspected.
inspection_points = Table(
    "inspection_points",
    metadata,
    key("recipe_id"),
    Column("operation_no", Integer, primary_key=True, autoincrement=False),
    key("sku"),
    document("point"),
    Column("version", BigInteger, nullable=False),
)

# Of a lot, or of so many runs behind an operation: then with what became of those that failed.
inspections = Table(
    "inspections",
    metadata,
    key("inspection_id"),
    Column("lot_id", Text, ForeignKey("lots.lot_id")),
    words("sku"),
    whole("plan_version"),
    at("inspected_at"),
    words("inspected_by"),
    Column("passed", Boolean, nullable=False),
    document("characteristics"),
    Column("run_id", Text, ForeignKey("runs.run_id")),
    Column("recipe_id", Text),
    Column("operation_no", Integer),
    Column("runs_micro", BigInteger),
    Column("verdict", Text),
    Column("reason", Text),
    CheckConstraint("(lot_id IS NULL) <> (run_id IS NULL)", "of_lot_or_run"),
    Index("inspections_lot", "lot_id", "inspection_id"),
    Index("inspections_sku", "sku", "inspection_id"),
    Index("inspections_run", "run_id", "inspection_id", postgresql_where=text("run_id IS NOT NULL")),
    Index(
        "inspections_point",
        "recipe_id",
        "operation_no",
        "sku",
        "inspection_id",
        postgresql_where=text("run_id IS NOT NULL"),
    ),
)
