"""The plan: what promises, orders and runs demand, what is to supply it, and the pegs between the two."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, text

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
    told_parts,
    whole,
)

holds = Table(
    "holds",
    metadata,
    key("promise_id"),
    name("need_id"),
    count("request_no"),
    name("state"),
    at("hold_until_at"),
    document("answer"),
    *counts(),
)

orders = Table(
    "orders",
    metadata,
    key("order_id"),
    name("need_id"),
    name("promise_id"),
    name("state"),
    count("priority"),
    name("delivery_policy"),
    at("placed_at"),
    *counts(),
    Index("orders_promise", "promise_id"),
)

changes = Table(
    "changes",
    metadata,
    key("change_id"),
    name("order_id"),
    name("state"),
    document("lines"),
    document("put_off"),
    at("hold_until_at"),
    maybe("refused"),
    document("probes"),
    document("steps"),
    document("wanted"),
    Index("changes_order", "order_id"),
)

# What is at stake when a line is late; written once with its order, read by nobody who plans.
order_values = Table(
    "order_values",
    metadata,
    key("order_id"),
    key("line_id"),
    whole("price_minor"),
    name("currency"),
)

internal_supplies = Table(
    "internal_supplies",
    metadata,
    key("purchase_line_id"),
    name("purchase_order_id"),
    name("site_id"),
    name("sku"),
    whole("quantity_micro"),
    at("wanted_at"),
    maybe_at("promised_at"),
    name("state"),
    name("planned_order_id"),
    document("serves"),
    *counts(),
    Index("internal_supplies_order", "purchase_order_id"),
)

planned_orders = Table(
    "planned_orders",
    metadata,
    key("planned_order_id"),
    name("site_id"),
    name("sku"),
    name("source"),
    whole("quantity_micro"),
    whole("runs_micro"),
    count("lead_days"),
    maybe("calendar_id"),
    at("floor_at"),
    at("starts_at"),
    at("due_at"),
    maybe_at("confirmed_at"),
    maybe_at("expected_at"),
    at("release_at"),
    name("state"),
    flag("held"),
    flag("automatic"),
    count("priority"),
    document("window"),
    maybe("recipe_id"),
    Column("recipe_version", Integer),
    maybe("from_site_id"),
    maybe("run_id"),
    maybe("purchase_order_id"),
    maybe("purchase_line_id"),
    maybe("rework_lot_id"),
    flag("staged"),
    maybe("cause"),
    maybe_at("firm_at"),
    *counts(),
    CheckConstraint("quantity_micro > 0", "order_is_positive"),
    Index("planned_orders_place", "site_id", "sku", "planned_order_id"),
)

# When a receipt is there as far as anybody knows, in a statement that reads both rows.
COMES_AT: Final = """
    CASE WHEN planned_orders.expected_at IS NOT NULL
         THEN coalesce(receipts.comes_at, planned_orders.expected_at) END
"""

receipts = Table(
    "receipts",
    metadata,
    key("receipt_id"),
    name("planned_order_id"),
    count("output_no"),
    name("site_id"),
    name("sku"),
    name("role"),
    whole("quantity_micro"),
    whole("received_micro"),
    whole("pegged_micro"),
    document("properties"),
    maybe_at("comes_at"),
    flag("sent"),
    CheckConstraint("quantity_micro >= 0 AND received_micro >= 0 AND pegged_micro >= 0", "receipt_counts_up"),
    CheckConstraint("pegged_micro <= greatest(quantity_micro - received_micro, 0)", "receipt_is_pegged_once"),
    Index("receipts_order", "planned_order_id"),
    Index(
        "receipts_free",
        "site_id",
        "sku",
        postgresql_where=text("quantity_micro - received_micro > pegged_micro"),
    ),
)

demands = Table(
    "demands",
    metadata,
    key("demand_id"),
    name("kind"),
    name("site_id"),
    name("sku"),
    document("window"),
    whole("quantity_micro"),
    whole("done_micro"),
    whole("covered_micro"),
    at("needed_at"),
    maybe_at("available_at"),
    count("priority"),
    at("placed_at"),
    flag("held"),
    flag("part"),
    maybe("promise_id"),
    maybe("order_id"),
    maybe("line_id"),
    count("schedule_no"),
    maybe("need_id"),
    maybe_at("promised_at"),
    maybe("planned_order_id"),
    maybe("purchase_line_id"),
    flag("late"),
    maybe_at("told_at"),
    flag("ready"),
    flag("suspended"),
    CheckConstraint("quantity_micro >= 0 AND done_micro >= 0 AND covered_micro >= 0", "demand_counts_up"),
    CheckConstraint("covered_micro <= greatest(quantity_micro - done_micro, 0)", "demand_is_covered_once"),
    Index("demands_promise", "promise_id", postgresql_where=text("promise_id IS NOT NULL")),
    Index("demands_order", "order_id", postgresql_where=text("order_id IS NOT NULL")),
    Index("demands_parent", "planned_order_id", postgresql_where=text("planned_order_id IS NOT NULL")),
    Index("demands_purchase", "purchase_line_id", postgresql_where=text("purchase_line_id IS NOT NULL")),
    # Whom what becomes free is offered to.
    Index("demands_late", "site_id", "sku", postgresql_where=text("late")),
    Index("demands_forecast", "site_id", "sku", postgresql_where=text("kind = 'forecast'")),
    # What uses forecasts up.
    Index(
        "demands_consuming", "site_id", "sku", "needed_at", postgresql_where=text("kind IN ('hold', 'order')")
    ),
    Index(
        "demands_uncovered",
        "site_id",
        "sku",
        postgresql_where=text("quantity_micro - done_micro > covered_micro"),
    ),
)

# What planned and scheduled runs take of work centres and of people, by day; gone when their order is.
loads = Table(
    "loads",
    metadata,
    key("planned_order_id"),
    key("resource_id"),
    key("day"),
    whole("load_micro"),
    CheckConstraint("load_micro > 0", "load_is_positive"),
)

# What all of them together take of one on a day: a decision reads that of years without adding it up.
taken_days = Table(
    "taken_days",
    metadata,
    key("resource_id"),
    key("day"),
    whole("load_micro"),
)

pegs = Table(
    "pegs",
    metadata,
    key("demand_id"),
    key("supply_id"),
    maybe("planned_order_id"),
    whole("quantity_micro"),
    *told_parts(),
    CheckConstraint("quantity_micro > 0", "peg_is_positive"),
    Index("pegs_supply", "supply_id"),
    Index("pegs_order", "planned_order_id", postgresql_where=text("planned_order_id IS NOT NULL")),
)
