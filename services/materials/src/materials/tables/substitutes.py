"""Substitutes and what was substituted; read where a supply is late, never by whoever only plans."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Table

from materials.tables.columns import at, count, key, metadata, name, whole

substitutes = Table(
    "substitutes",
    metadata,
    key("site_id"),
    key("sku"),
    key("substitute_sku"),
    whole("ratio_micro"),
    count("priority"),
    at("valid_from_at"),
    at("valid_to_at"),
    CheckConstraint("ratio_micro > 0 AND substitute_sku <> sku", "substitute_is_another"),
)

# Demands that take a substitute: for which item, instead of which supply; never changed.
substitutions = Table(
    "substitutions",
    metadata,
    key("demand_id"),
    key("supply_id"),
    name("sku"),
    whole("quantity_micro"),
    name("decided_by"),
    at("decided_at"),
)
