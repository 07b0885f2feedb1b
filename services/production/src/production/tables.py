"""The rows that production owns."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata: Final = MetaData()


def _key(name: str) -> Column[Any]:
    return Column(name, Text, primary_key=True)


def _text(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False)


def _number(name: str) -> Column[Any]:
    return Column(name, Integer, nullable=False)


def _whole(name: str) -> Column[Any]:
    return Column(name, BigInteger, nullable=False)


def _at(name: str) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=False)


def _document(name: str) -> Column[Any]:
    return Column(name, JSONB, nullable=False)


def _counts() -> tuple[Column[Any], Column[Any]]:
    # `version` counts changes (ETag), `told` counts the facts told under this row's key.
    return Column("version", BigInteger, nullable=False), Column("told", BigInteger, nullable=False)


items = Table(
    "items",
    metadata,
    _key("sku"),
    _whole("quantum_micro"),
    # Absent for an item that was heard of before units were kept.
    Column("unit", Text),
    CheckConstraint("quantum_micro > 0", "quantum"),
)

calendars = Table(
    "calendars",
    metadata,
    _key("calendar_id"),
    Column("weekdays", ARRAY(Integer), nullable=False),
    _number("opens_at_hour"),
    _number("closes_at_hour"),
    Column("days_off", ARRAY(Text), nullable=False),
    *_counts(),
    CheckConstraint(
        "0 <= opens_at_hour AND opens_at_hour < closes_at_hour AND closes_at_hour <= 24", "hours"
    ),
)

work_centres = Table(
    "work_centres",
    metadata,
    _key("work_centre_id"),
    _text("site_id"),
    _text("title"),
    _text("calendar_id"),
    _number("machines"),
    _whole("labour_rate_minor"),
    _whole("machine_rate_minor"),
    _whole("overhead_rate_micro"),
    _text("currency"),
    *_counts(),
    CheckConstraint("machines > 0", "machines_there"),
    CheckConstraint(
        "labour_rate_minor >= 0 AND machine_rate_minor >= 0 AND overhead_rate_micro >= 0",
        "rates_not_negative",
    ),
)

recipes = Table(
    "recipes",
    metadata,
    _key("recipe_id"),
    _number("latest"),
    *_counts(),
    CheckConstraint("latest > 0", "latest_counts_up"),
)

recipe_versions = Table(
    "recipe_versions",
    metadata,
    Column("recipe_id", Text, ForeignKey("recipes.recipe_id"), primary_key=True),
    Column("recipe_version", Integer, primary_key=True, autoincrement=False),
    _document("content"),
    _text("state"),
    _text("author"),
    Column("approver", Text),
    CheckConstraint("approver IS NULL OR approver <> author", "second_person"),
    CheckConstraint("state IN ('draft', 'in-review') OR approver IS NOT NULL", "approved_by_somebody"),
)

standard_prices = Table(
    "standard_prices",
    metadata,
    _key("site_id"),
    _key("sku"),
    _whole("price_micro"),
    CheckConstraint("price_micro >= 0", "price_not_negative"),
)

# What items should cost, as it was reckoned at one moment: never changed, so that a run is always compared alike.
roll_ups = Table(
    "roll_ups",
    metadata,
    _key("roll_up_id"),
    _text("site_id"),
    _text("currency"),
    _at("reckoned_at"),
    _text("reckoned_by"),
    _number("items"),
    Column("missing", ARRAY(Text), nullable=False),
    _document("rates"),
    Index("roll_ups_site", "site_id", "reckoned_at"),
)

standard_costs = Table(
    "standard_costs",
    metadata,
    Column("roll_up_id", Text, ForeignKey("roll_ups.roll_up_id"), primary_key=True),
    _key("sku"),
    # The state that a modification gives, as a document of its properties.
    _key("state"),
    _document("cost"),
    _document("added"),
    _number("level"),
    Column("recipe_id", Text),
    Column("recipe_version", Integer),
)

runs = Table(
    "runs",
    metadata,
    _key("run_id"),
    _text("planned_order_id"),
    _text("recipe_id"),
    _number("recipe_version"),
    _text("site_id"),
    _whole("runs_micro"),
    _document("inputs"),
    _document("outputs"),
    _at("starts_at"),
    _at("ends_at"),
    _at("due_at"),
    _number("priority"),
    _text("state"),
    Column("root_id", Text),
    Column("rework_lot_id", Text),
    _document("operations"),
    Column("reason", Text),
    _whole("staged_runs_micro"),
    _whole("done_runs_micro"),
    _document("floor"),
    *_counts(),
    CheckConstraint("0 <= staged_runs_micro AND staged_runs_micro <= runs_micro", "staged_within_asked"),
    CheckConstraint("0 <= done_runs_micro AND done_runs_micro <= runs_micro", "done_within_asked"),
    Index("runs_planned_order", "planned_order_id", unique=True),
    Index("runs_state", "state", "starts_at", "run_id"),
    Index("runs_recipe", "recipe_id", "recipe_version", "run_id"),
)

bookings = Table(
    "bookings",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id"), primary_key=True),
    Column("operation_no", BigInteger, primary_key=True, autoincrement=False),
    _text("work_centre_id"),
    _number("machine_no"),
    _at("starts_at"),
    _at("ends_at"),
    CheckConstraint("starts_at <= ends_at", "ends_after_start"),
    Index("bookings_machine", "work_centre_id", "ends_at"),
)

lots = Table(
    "lots",
    metadata,
    _key("lot_id"),
    Column("run_id", Text, ForeignKey("runs.run_id")),
    _text("sku"),
    _text("site_id"),
    _whole("quantity_micro"),
    _text("state"),
    Column("root_id", Text),
    Column("proposed_by", Text),
    Column("reason", Text),
    Column("parents", ARRAY(Text), nullable=False),
    *_counts(),
    CheckConstraint("quantity_micro > 0", "quantity_there"),
    Index("lots_run", "run_id"),
    Index("lots_parents", "parents", postgresql_using="gin"),
    Index("lots_state", "state", "lot_id"),
)

inspection_plans = Table(
    "inspection_plans",
    metadata,
    _key("sku"),
    _document("plan"),
    Column("version", BigInteger, nullable=False),
)

inspections = Table(
    "inspections",
    metadata,
    _key("inspection_id"),
    Column("lot_id", Text, ForeignKey("lots.lot_id"), nullable=False),
    _text("sku"),
    _whole("plan_version"),
    _at("inspected_at"),
    _text("inspected_by"),
    Column("passed", Boolean, nullable=False),
    _document("characteristics"),
    Index("inspections_lot", "lot_id", "inspection_id"),
    Index("inspections_sku", "sku", "inspection_id"),
)

readings = Table(
    "readings",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id"), primary_key=True),
    Column("operation_no", Integer, primary_key=True, autoincrement=False),
    _key("name"),
    _key("machine"),
    Column("read_at", DateTime(timezone=True), primary_key=True),
    _whole("value_micro"),
    _text("reported_by"),
)

downtimes = Table(
    "downtimes",
    metadata,
    _key("downtime_id"),
    Column("work_centre_id", Text, ForeignKey("work_centres.work_centre_id"), nullable=False),
    _number("machine_no"),
    _text("kind"),
    _text("reason"),
    _at("starts_at"),
    _at("ends_at"),
    _text("told_by"),
    CheckConstraint("starts_at < ends_at", "ends_after_start"),
    Index("downtimes_machine", "work_centre_id", "ends_at"),
)
