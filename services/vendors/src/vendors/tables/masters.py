"""Policy, rates, copies of what others own, vendors and their terms."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from vendors.tables.columns import (
    at,
    big,
    counts,
    document,
    key,
    many_words,
    metadata,
    version,
    whole,
    words,
    yes,
)

policies = Table(
    "policies",
    metadata,
    key("policy_id"),
    words("currency"),
    big("approval_limit_minor"),
    whole("answer_hours"),
    whole("quotation_hours"),
    whole("price_tolerance_points"),
    whole("over_tolerance_points"),
    whole("under_tolerance_points"),
    whole("early_days"),
    whole("late_days"),
    whole("score_weeks"),
    version(),
)

# What a minor unit of a currency is worth in minor units of `home`: rates said in one currency are none in another.
exchange_rates = Table(
    "exchange_rates",
    metadata,
    key("home"),
    key("currency"),
    big("rate_micro"),
    version(),
    CheckConstraint("rate_micro > 0", "worth_something"),
)

items = Table(
    "items",
    metadata,
    key("sku"),
    words("title"),
    words("unit"),
    big("quantum_micro"),
    # Absent for one that was heard of before its other units were told.
    Column("counted", JSONB),
)

sites = Table("sites", metadata, key("site_id"), words("title"), words("legal_entity"), whole("transit_days"))

calendars = Table(
    "calendars",
    metadata,
    key("calendar_id"),
    Column("weekdays", ARRAY(Integer), nullable=False),
    many_words("days_off"),
)

vendors = Table(
    "vendors",
    metadata,
    key("vendor_id"),
    words("title"),
    words("kind"),
    words("site_id", maybe=True),
    words("currency"),
    words("calendar_id", maybe=True),
    many_words("skus"),
    yes("inspect"),
    *counts(),
    CheckConstraint("(kind = 'internal') = (site_id IS NOT NULL)", "internal_has_site"),
    Index("vendors_skus", "skus", postgresql_using="gin"),
)

terms = Table(
    "terms",
    metadata,
    key("terms_id"),
    Column("vendor_id", Text, ForeignKey("vendors.vendor_id"), nullable=False),
    words("vendor_kind"),
    words("sku"),
    words("site_id"),
    words("currency"),
    document("prices"),
    big("minimum_micro"),
    big("multiple_micro"),
    whole("lead_days"),
    words("calendar_id", maybe=True),
    at("valid_from_at"),
    at("valid_to_at"),
    whole("rank"),
    document("properties"),
    yes("inspect"),
    words("state"),
    whole("cancellation_points"),
    whole("notice_days"),
    *counts(),
    CheckConstraint("minimum_micro >= 0 AND multiple_micro > 0", "lots_possible"),
    Index("terms_sku_site", "sku", "site_id"),
    Index("terms_vendor", "vendor_id", "terms_id"),
)
