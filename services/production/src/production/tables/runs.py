"""Runs, the machines that are kept for them, what machines report of them, and their signed records."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from production.tables.columns import at, counts, document, key, metadata, number, whole, words

runs = Table(
    "runs",
    metadata,
    key("run_id"),
    words("planned_order_id"),
    words("recipe_id"),
    number("recipe_version"),
    words("site_id"),
    whole("runs_micro"),
    document("inputs"),
    document("outputs"),
    at("starts_at"),
    at("ends_at"),
    at("due_at"),
    number("priority"),
    words("state"),
    Column("root_id", Text),
    Column("rework_lot_id", Text),
    document("operations"),
    Column("reason", Text),
    whole("staged_runs_micro"),
    whole("done_runs_micro"),
    document("floor"),
    # When its material is planned to be there; unknown for runs that were planned before that was kept.
    Column("material_at", DateTime(timezone=True)),
    # Why it ends late, if it does.
    Column("late_cause", Text),
    Column("ended_at", DateTime(timezone=True)),
    *counts(),
    CheckConstraint("0 <= staged_runs_micro AND staged_runs_micro <= runs_micro", "staged_within_asked"),
    CheckConstraint("0 <= done_runs_micro AND done_runs_micro <= runs_micro", "done_within_asked"),
    Index("runs_planned_order", "planned_order_id", unique=True),
    Index("runs_state", "state", "starts_at", "run_id"),
    Index("runs_recipe", "recipe_id", "recipe_version", "run_id"),
    Index("runs_ended", "ended_at"),
    Index("runs_rework", "rework_lot_id", postgresql_where=text("rework_lot_id IS NOT NULL")),
)

bookings = Table(
    "bookings",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id"), primary_key=True),
    Column("operation_no", BigInteger, primary_key=True, autoincrement=False),
    words("work_centre_id"),
    number("machine_no"),
    at("starts_at"),
    at("ends_at"),
    whole("setup_minutes_micro"),
    # Operations that share a load have the same place.
    Column("load_id", Text),
    # So many people of a crew are at it; absent where they are those of the work centre.
    Column("crew_id", Text),
    number("people"),
    CheckConstraint("starts_at <= ends_at", "ends_after_start"),
    Index("bookings_machine", "work_centre_id", "ends_at"),
    Index("bookings_crew", "crew_id", "ends_at", postgresql_where=text("crew_id IS NOT NULL")),
)

readings = Table(
    "readings",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id"), primary_key=True),
    Column("operation_no", Integer, primary_key=True, autoincrement=False),
    key("name"),
    key("machine"),
    Column("read_at", DateTime(timezone=True), primary_key=True),
    whole("value_micro"),
    words("reported_by"),
)

# What a machine has counted since its count before.
machine_counts = Table(
    "machine_counts",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id"), primary_key=True),
    Column("operation_no", Integer, primary_key=True, autoincrement=False),
    key("machine"),
    Column("counted_at", DateTime(timezone=True), primary_key=True),
    whole("good_micro"),
    whole("bad_micro"),
    words("reported_by"),
    CheckConstraint("good_micro >= 0 AND bad_micro >= 0", "counts_not_negative"),
)

# The batch record: what happened at a run, in order; the text as it was written, since the digests cover it.
run_entries = Table(
    "run_entries",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id"), primary_key=True),
    Column("entry_no", Integer, primary_key=True, autoincrement=False),
    words("entry"),
    words("digest"),
)

# Runs that took other than their recipes need and were closed before their records said so.
unsaid_uses = Table(
    "unsaid_uses", metadata, Column("run_id", Text, ForeignKey("runs.run_id"), primary_key=True)
)

run_signatures = Table(
    "run_signatures",
    metadata,
    key("signature_id"),
    Column("run_id", Text, ForeignKey("runs.run_id"), nullable=False),
    words("signed_by"),
    words("meaning"),
    words("digest"),
    number("entries"),
    at("signed_at"),
    Index("run_signatures_run", "run_id", "signature_id"),
)
