"""The rows that orders owns."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata: Final = MetaData()


def _key(name: str) -> Column[Any]:
    return Column(name, Text, primary_key=True)


def _text(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False)


def _whole(name: str) -> Column[Any]:
    return Column(name, BigInteger, nullable=False)


def _at(name: str) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=False)


def _document(name: str) -> Column[Any]:
    return Column(name, JSONB, nullable=False)


def _counts() -> tuple[Column[Any], Column[Any]]:
    # `version` counts changes (ETag, optimistic lock), `told` counts the facts told under this row's key.
    return Column("version", BigInteger, nullable=False), Column("told", BigInteger, nullable=False)


customers = Table(
    "customers",
    metadata,
    _key("customer_id"),
    _text("title"),
    _text("contact_id"),
    _text("address_id"),
    Column("priority", Integer, nullable=False),
    *_counts(),
)

contacts = Table(
    "contacts",
    metadata,
    _key("contact_id"),
    _text("customer_id"),
    _text("name"),
    _text("mail"),
    _text("address"),
    *_counts(),
)

items = Table(
    "items",
    metadata,
    _key("sku"),
    Column("counted", JSONB, nullable=False),
    # Absent of an item that was not defined again since titles are heard.
    Column("title", Text),
)

offers = Table(
    "offers",
    metadata,
    _key("offer_id"),
    _text("title"),
    _text("kind"),
    _whole("price_minor"),
    _text("currency"),
    _document("components"),
    *_counts(),
)

needs = Table(
    "needs",
    metadata,
    _key("need_id"),
    _text("customer_id"),
    _text("address_id"),
    _text("text"),
    _document("lines"),
    _text("delivery_policy"),
    _text("state"),
    _at("stated_at"),
    Column("attention", Text),
    *_counts(),
    Index("needs_customer", "customer_id", "need_id"),
)

quotes = Table(
    "quotes",
    metadata,
    _key("quote_id"),
    _text("need_id"),
    _text("promise_id"),
    _text("customer_id"),
    _document("lines"),
    Column("dates", ARRAY(DateTime(timezone=True)), nullable=False),
    _text("state"),
    _at("expires_at"),
    *_counts(),
    Index("quotes_customer", "customer_id", "quote_id"),
    Index("quotes_need", "need_id"),
)

promises = Table(
    "promises",
    metadata,
    _key("promise_id"),
    _text("need_id"),
    _text("quote_id"),
    _text("customer_id"),
    _text("address_id"),
    Column("priority", Integer, nullable=False),
    _text("delivery_policy"),
    _document("demand"),
    _text("state"),
    Column("request_no", Integer, nullable=False),
    _at("hold_until_at"),
    _document("steps"),
    _document("slots"),
    _document("alternatives"),
    *_counts(),
)

orders = Table(
    "orders",
    metadata,
    _key("order_id"),
    _text("need_id"),
    _text("quote_id"),
    _text("promise_id"),
    _text("customer_id"),
    _text("contact_id"),
    _text("address_id"),
    Column("priority", Integer, nullable=False),
    _text("delivery_policy"),
    _text("state"),
    _at("placed_at"),
    Column("planned", Boolean, nullable=False),
    Column("booked", ARRAY(Text), nullable=False),
    Column("late_because", Text),
    _document("credits"),
    _document("returns"),
    *_counts(),
    Index("orders_customer", "customer_id", "order_id"),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("order_id", Text, ForeignKey("orders.order_id"), primary_key=True),
    _key("line_id"),
    Column("place", Integer, nullable=False),
    _document("demand"),
    _whole("price_minor"),
    _text("currency"),
    _at("promised_at"),
    Column("slot_id", Text),
    _text("lifecycle"),
    _text("supply"),
    _text("fulfilment"),
    _whole("fulfilled_micro"),
    _whole("moved_micro"),
    _whole("parts_micro"),
    _whole("bought_in_minor"),
    _whole("labour_minor"),
    _whole("capital_minor"),
    _whole("overhead_minor"),
    Column("late_at", DateTime(timezone=True)),
    Column("held", Text),
    _whole("charge_minor"),
    _document("waiting"),
    # What was ordered at first; absent while its quantity is that of the order.
    Column("agreed", JSONB(none_as_null=True)),
    CheckConstraint("fulfilled_micro >= 0 AND moved_micro >= 0 AND parts_micro >= 0", "counted_up"),
    Index("order_lines_waiting", "order_id", postgresql_where=text("waiting <> '[]'")),
)

exchange_rates = Table(
    "exchange_rates",
    metadata,
    _key("currency"),
    _key("into_currency"),
    Column("day", Date, primary_key=True),
    _whole("rate_micro"),
    Column("version", BigInteger, nullable=False),
    CheckConstraint("rate_micro > 0", "worth_something"),
)

changes = Table(
    "changes",
    metadata,
    _key("change_id"),
    Column("order_id", Text, ForeignKey("orders.order_id"), nullable=False),
    _text("kind"),
    _text("state"),
    _document("lines"),
    _text("reason"),
    _at("asked_at"),
    _at("hold_until_at"),
    _document("answers"),
    _document("wanted"),
    Index("changes_order", "order_id", "change_id"),
)
