"""What acts at runs cost and gave, and the months in which it was counted."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Index, Integer, Table, Text

from production.tables.columns import at, counts, document, key, metadata, whole, words

# Never changed but for `month`, which the close that counts it sets.
cost_bookings = Table(
    "cost_bookings",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id"), primary_key=True),
    Column("entry_no", Integer, primary_key=True, autoincrement=False),
    words("site_id"),
    at("booked_at"),
    words("currency"),
    whole("material_minor"),
    whole("work_minor"),
    whole("made_minor"),
    whole("written_off_minor"),
    Column("month", Text),
    Index("cost_bookings_month", "site_id", "month", "booked_at"),
)

periods = Table(
    "periods",
    metadata,
    key("site_id"),
    key("month"),
    words("state"),
    document("totals"),
    words("closed_by"),
    at("closed_at"),
    Column("reopened_by", Text),
    Column("reason", Text),
    *counts(),
    CheckConstraint("state IN ('closed', 'reopening', 'open')", "states"),
)

# One row a site: whoever closes or reopens holds it.
period_ledgers = Table(
    "period_ledgers", metadata, key("site_id"), Column("touched_at", DateTime(timezone=True))
)
