"""What acts at runs cost and gave, and the months in which it was counted."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Index, Integer, Table, Text

from production.tables.columns import at, counts, document, key, metadata, whole, words

# By how much the cost that no lot bears yet has grown over bookings.
BEGUN_MINOR: Final = "CAST(sum(material_minor + work_minor - made_minor - written_off_minor) AS bigint)"
# What a :month that begins at :begins_at comes to over bookings that were counted in it or before: whoever closes it
# and whoever is shown the runs behind it reckon the same.
MONTH_SUMS: Final = f"""
    CAST(coalesce(sum(material_minor + work_minor - made_minor - written_off_minor)
                  FILTER (WHERE month < :month), 0) AS bigint) AS opening,
    CAST(coalesce(sum(material_minor) FILTER (WHERE month = :month), 0) AS bigint) AS material,
    CAST(coalesce(sum(work_minor) FILTER (WHERE month = :month), 0) AS bigint) AS work,
    CAST(coalesce(sum(made_minor) FILTER (WHERE month = :month), 0) AS bigint) AS made,
    CAST(coalesce(sum(written_off_minor) FILTER (WHERE month = :month), 0) AS bigint) AS written_off,
    {BEGUN_MINOR} AS closing,
    count(*) FILTER (WHERE month = :month) AS bookings,
    count(*) FILTER (WHERE month = :month AND booked_at < :begins_at) AS late
"""

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
