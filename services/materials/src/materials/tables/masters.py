"""Masters: what materials owns (items, sites, planning parameters) and what it copies from others."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, DateTime, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY

from materials.tables.columns import (
    at,
    count,
    counts,
    document,
    flag,
    key,
    maybe,
    maybe_at,
    metadata,
    name,
    whole,
)

# Locked first, in key order, by whoever plans or reserves.
sites = Table(
    "sites",
    metadata,
    key("site_id"),
    name("title"),
    name("legal_entity"),
    count("transit_days"),
    maybe("calendar_id"),
    count("damping_days"),
    count("damping_percent"),
    *counts(),
)

items = Table(
    "items",
    metadata,
    key("sku"),
    name("title"),
    name("unit"),
    whole("quantum_micro"),
    document("properties"),
    count("shelf_life_days"),
    flag("serialised"),
    document("units"),
    whole("density_micro"),
    *counts(),
    CheckConstraint("quantum_micro > 0", "quantum_is_positive"),
)

parameters = Table(
    "parameters",
    metadata,
    key("sku"),
    key("site_id"),
    name("source"),
    whole("minimum_micro"),
    whole("multiple_micro"),
    whole("maximum_micro"),
    whole("safety_micro"),
    count("lead_days"),
    count("fence_days"),
    maybe("from_site_id"),
    flag("automatic"),
    count("period_days"),
    count("batch_days"),
    count("planning_fence_days"),
    name("strategy"),
    whole("reorder_point_micro"),
    count("demand_fence_days"),
    count("backward_days"),
    count("forward_days"),
    Column("version", Integer, nullable=False),
    # Few items collect what they need over days: their planned orders are looked at when more is needed.
    Index(
        "parameters_collecting", "site_id", "sku", postgresql_where=text("period_days > 1 OR batch_days > 1")
    ),
    CheckConstraint(
        "minimum_micro >= 0 AND multiple_micro >= 0 AND maximum_micro >= 0 AND safety_micro >= 0 "
        "AND lead_days >= 0 AND fence_days >= 0",
        "parameters_are_not_negative",
    ),
)

# How items will be planned from a moment on that has not come yet.
later_parameters = Table(
    "later_parameters",
    metadata,
    key("site_id"),
    key("sku"),
    Column("effective_at", DateTime(timezone=True), primary_key=True),
    document("parameters"),
)

forecasts = Table(
    "forecasts",
    metadata,
    key("site_id"),
    key("sku"),
    key("kind"),
    key("starts_on"),
    name("ends_on"),
    whole("quantity_micro"),
    CheckConstraint("quantity_micro >= 0", "forecast_is_not_negative"),
)

recipes = Table(
    "recipes",
    metadata,
    key("recipe_id"),
    Column("recipe_version", Integer, primary_key=True, autoincrement=False),
    name("site_id"),
    document("approved"),
    flag("retired"),
)

# Which items a recipe takes and gives: how a shortage finds its recipes, and they their inputs.
recipe_parts = Table(
    "recipe_parts",
    metadata,
    key("recipe_id"),
    Column("recipe_version", Integer, primary_key=True, autoincrement=False),
    key("sku"),
    Column("gives", Boolean, primary_key=True),
    name("site_id"),
    Index("recipe_parts_place", "site_id", "sku", "gives"),
)

retirements = Table(
    "retirements",
    metadata,
    key("recipe_id"),
    Column("recipe_version", Integer, primary_key=True, autoincrement=False),
)

terms = Table(
    "terms",
    metadata,
    key("terms_id"),
    name("vendor_id"),
    name("vendor_kind"),
    name("sku"),
    name("site_id"),
    whole("minimum_micro"),
    whole("multiple_micro"),
    count("lead_days"),
    maybe("calendar_id"),
    at("valid_from_at"),
    at("valid_to_at"),
    count("rank"),
    flag("expired"),
    document("properties"),
    name("currency"),
    document("prices"),
    Index("terms_place", "site_id", "sku"),
)

calendars = Table(
    "calendars",
    metadata,
    key("calendar_id"),
    Column("weekdays", ARRAY(Integer), nullable=False),
    Column("days_off", ARRAY(Text), nullable=False),
    count("day_minutes"),
)

# Named anew by every change of a master (a trigger sees to that): what was read of them under its name still holds.
masters_states = Table(
    "masters_states",
    metadata,
    Column("only", Boolean, primary_key=True),
    Column("state", Uuid, nullable=False),
)

work_centres = Table(
    "work_centres",
    metadata,
    key("work_centre_id"),
    name("site_id"),
    name("calendar_id"),
    count("machines"),
    whole("labour_rate_minor"),
    whole("machine_rate_minor"),
    whole("overhead_micro"),
    name("currency"),
)

crews = Table(
    "crews",
    metadata,
    key("crew_id"),
    name("resource_id"),
    count("people"),
    name("calendar_id"),
    Index("crews_resource", "resource_id"),
)

services = Table(
    "services",
    metadata,
    key("service_id"),
    name("site_id"),
    document("parts"),
)

action_messages = Table(
    "action_messages",
    metadata,
    key("planned_order_id"),
    key("kind"),
    name("state"),
    name("sku"),
    whole("quantity_micro"),
    maybe_at("was_at"),
    maybe_at("wanted_at"),
    name("reason"),
    at("opened_at"),
    maybe_at("snoozed_until_at"),
    document("instead_of"),
    Index("action_messages_open", "state", "opened_at"),
)
