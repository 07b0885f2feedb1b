"""What is kept possible of runs while customers think about changes."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text, text

from production.tables.columns import at, document, key, metadata, whole, words

# A row without a planned order is the tombstone of a change that was withdrawn before it was asked for.
probes = Table(
    "probes",
    metadata,
    key("change_id"),
    key("planned_order_id"),
    words("state"),
    whole("runs_micro"),
    document("inputs"),
    document("outputs"),
    at("hold_until_at"),
    Column("refused", Text),
    Index("probes_held", "planned_order_id", postgresql_where=text("state = 'held'")),
)
