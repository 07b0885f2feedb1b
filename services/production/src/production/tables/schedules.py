"""Schedules of whole sites as they are proposed, and what setups take after each other."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, ForeignKey, Index, Table, Text

from production.tables.columns import at, document, key, metadata, number, whole, words

changeovers = Table(
    "changeovers",
    metadata,
    Column("work_centre_id", Text, ForeignKey("work_centres.work_centre_id"), primary_key=True),
    key("from_family"),
    key("to_family"),
    whole("minutes_micro"),
    CheckConstraint("minutes_micro >= 0", "minutes_not_negative"),
)

schedules = Table(
    "schedules",
    metadata,
    key("schedule_id"),
    words("site_id"),
    words("state"),
    number("frozen_hours"),
    number("damping_minutes"),
    words("asked_by"),
    at("asked_at"),
    # What follows is known when it is reckoned.
    Column("frozen_until_at", DateTime(timezone=True)),
    number("runs_count"),
    number("moved_count"),
    number("late_was_count"),
    number("late_count"),
    whole("tardy_seconds_was"),
    whole("tardy_seconds"),
    Column("accepted_by", Text),
    Column("rejected_by", Text),
    CheckConstraint("state IN ('computing', 'proposed', 'accepted', 'rejected')", "state_known"),
    Index("schedules_site", "site_id", "asked_at"),
)

schedule_moves = Table(
    "schedule_moves",
    metadata,
    Column("schedule_id", Text, ForeignKey("schedules.schedule_id"), primary_key=True),
    key("run_id"),
    Column("run_version", BigInteger, nullable=False),
    at("starts_was_at"),
    at("ends_was_at"),
    at("starts_at"),
    at("ends_at"),
    at("due_at"),
    Column("cause", Text),
    # Empty for a run that stays where it is and is named because it is late.
    document("operations"),
    document("bookings"),
)
