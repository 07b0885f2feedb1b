"""What items should cost: prices, and roll-ups of them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from production.tables.columns import at, document, key, metadata, number, whole, words

standard_prices = Table(
    "standard_prices",
    metadata,
    key("site_id"),
    key("sku"),
    whole("price_micro"),
    CheckConstraint("price_micro >= 0", "price_not_negative"),
)

# What items should cost, as it was reckoned at one moment: never changed, so that a run is always compared alike.
roll_ups = Table(
    "roll_ups",
    metadata,
    key("roll_up_id"),
    words("site_id"),
    words("currency"),
    at("reckoned_at"),
    words("reckoned_by"),
    number("items"),
    Column("missing", ARRAY(Text), nullable=False),
    document("rates"),
    Index("roll_ups_site", "site_id", "reckoned_at"),
)

standard_costs = Table(
    "standard_costs",
    metadata,
    Column("roll_up_id", Text, ForeignKey("roll_ups.roll_up_id"), primary_key=True),
    key("sku"),
    # The state that a modification gives, as a document of its properties.
    key("state"),
    document("cost"),
    document("added"),
    number("level"),
    Column("recipe_id", Text),
    Column("recipe_version", Integer),
)
