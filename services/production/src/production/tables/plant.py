"""Items, calendars, crews, who has which skill, work centres, what an hour costs, and when machines stand still."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from production.tables.columns import at, counts, document, key, metadata, number, whole, words

items = Table(
    "items",
    metadata,
    key("sku"),
    whole("quantum_micro"),
    # Absent for an item that was heard of before units were kept.
    Column("unit", Text),
    # Absent for one that was heard of before its other units were told.
    Column("counted", JSONB),
    CheckConstraint("quantum_micro > 0", "quantum"),
)

calendars = Table(
    "calendars",
    metadata,
    key("calendar_id"),
    Column("weekdays", ARRAY(Integer), nullable=False),
    number("opens_at_hour"),
    number("closes_at_hour"),
    Column("days_off", ARRAY(Text), nullable=False),
    # Of weekdays with hours of their own; empty where all have the same.
    document("shifts"),
    *counts(),
    CheckConstraint(
        "0 <= opens_at_hour AND opens_at_hour < 24 AND opens_at_hour < closes_at_hour "
        "AND closes_at_hour <= opens_at_hour + 24",
        "hours",
    ),
)

work_centres = Table(
    "work_centres",
    metadata,
    key("work_centre_id"),
    words("site_id"),
    words("title"),
    words("calendar_id"),
    number("machines"),
    words("currency"),
    *counts(),
    CheckConstraint("machines > 0", "machines_there"),
)

# What an hour there costs from a moment on, in the currency of the work centre.
work_centre_rates = Table(
    "work_centre_rates",
    metadata,
    Column("work_centre_id", Text, ForeignKey("work_centres.work_centre_id"), primary_key=True),
    Column("rate_no", Integer, primary_key=True),
    at("starts_at"),
    whole("labour_rate_minor"),
    whole("machine_rate_minor"),
    whole("overhead_rate_micro"),
    words("told_by"),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("withdrawn_by", Text),
    CheckConstraint(
        "labour_rate_minor >= 0 AND machine_rate_minor >= 0 AND overhead_rate_micro >= 0",
        "rates_not_negative",
    ),
    Index("work_centre_rates_held", "work_centre_id", "starts_at", "rate_no"),
)

crews = Table(
    "crews",
    metadata,
    key("crew_id"),
    words("site_id"),
    words("title"),
    words("skill"),
    number("people"),
    words("calendar_id"),
    *counts(),
    CheckConstraint("people >= 0", "people_not_negative"),
    Index("crews_site", "site_id", "skill"),
)

# Who ever had a skill at a site stays here: from the first one on, others are asked for it.
qualifications = Table(
    "qualifications",
    metadata,
    key("person"),
    key("site_id"),
    key("skill"),
    Column("valid_until_at", DateTime(timezone=True)),
    words("given_by"),
    at("given_at"),
    Index("qualifications_skill", "site_id", "skill"),
)

downtimes = Table(
    "downtimes",
    metadata,
    key("downtime_id"),
    Column("work_centre_id", Text, ForeignKey("work_centres.work_centre_id"), nullable=False),
    number("machine_no"),
    words("kind"),
    words("reason"),
    at("starts_at"),
    at("ends_at"),
    words("told_by"),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("withdrawn_by", Text),
    CheckConstraint("starts_at < ends_at", "ends_after_start"),
    Index("downtimes_machine", "work_centre_id", "ends_at"),
)
