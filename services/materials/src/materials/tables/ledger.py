"""The ledger: lots, where they lie, every move of them, and what was made from what."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Table, text

from materials.tables.columns import (
    at,
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

lots = Table(
    "lots",
    metadata,
    key("lot_id"),
    name("sku"),
    name("site_id"),
    name("status"),
    document("properties"),
    maybe("vendor_lot"),
    document("serials"),
    maybe("planned_order_id"),
    maybe("run_id"),
    at("received_at"),
    name("currency"),
    maybe_at("expires_at"),
    flag("awaits_serials"),
    flag("awaits_inspection"),
    *counts(),
    Index("lots_sku", "sku", "lot_id"),
    Index(
        "lots_serials",
        "serials",
        postgresql_using="gin",
        postgresql_ops={"serials": "jsonb_path_ops"},
        postgresql_where=text("serials <> '[]'"),
    ),
    Index("lots_vendor_lot", "vendor_lot", postgresql_where=text("vendor_lot IS NOT NULL")),
)

stocks = Table(
    "stocks",
    metadata,
    key("lot_id"),
    key("site_id"),
    key("store"),
    name("sku"),
    whole("on_hand_micro"),
    whole("reserved_micro"),
    whole("bought_in_minor"),
    whole("labour_minor"),
    whole("capital_minor"),
    whole("overhead_minor"),
    *told_parts(),
    flag("awaits_inspection"),
    CheckConstraint("0 <= reserved_micro AND reserved_micro <= on_hand_micro", "never_reserved_twice"),
    CheckConstraint("0 <= told_micro AND told_micro <= reserved_micro", "told_is_reserved"),
    Index(
        "stocks_free",
        "site_id",
        "sku",
        postgresql_where=text("store = 'main' AND on_hand_micro > reserved_micro"),
    ),
    Index("stocks_place", "sku", "site_id", "store", "lot_id"),
)

# Append-only: nothing is ever changed or removed here.
moves = Table(
    "moves",
    metadata,
    key("move_id"),
    name("lot_id"),
    name("sku"),
    name("site_id"),
    name("store"),
    whole("quantity_micro"),
    name("reason"),
    whole("bought_in_minor"),
    whole("labour_minor"),
    whole("capital_minor"),
    whole("overhead_minor"),
    name("currency"),
    at("moved_at"),
    maybe("order_id"),
    maybe("line_id"),
    maybe("planned_order_id"),
    maybe("reverses_id"),
    Index("moves_lot", "lot_id", "move_id"),
    Index("moves_reversed", "reverses_id", unique=True, postgresql_where=text("reverses_id IS NOT NULL")),
)

# What somebody counted, and what somebody else decided about the difference.
cycle_counts = Table(
    "cycle_counts",
    metadata,
    key("count_id"),
    name("site_id"),
    name("lot_id"),
    name("sku"),
    whole("counted_micro"),
    whole("booked_micro"),
    name("state"),
    name("counted_by"),
    at("counted_at"),
    maybe("decided_by"),
    maybe_at("decided_at"),
    Index("cycle_counts_open", "site_id", "lot_id", unique=True, postgresql_where=text("state = 'open'")),
    CheckConstraint("counted_micro >= 0 AND booked_micro >= 0", "count_is_not_negative"),
)

# Which lot has the piece of that number.
serials = Table("serials", metadata, key("sku"), key("serial"), name("lot_id"))

lot_links = Table(
    "lot_links",
    metadata,
    key("child_id"),
    key("parent_id"),
    Index("lot_links_down", "parent_id", "child_id"),
)

dispatches = Table(
    "dispatches",
    metadata,
    key("shipment_id"),
    key("lot_id"),
    key("demand_id"),
    name("site_id"),
    whole("quantity_micro"),
    CheckConstraint("quantity_micro > 0", "dispatch_is_positive"),
)
