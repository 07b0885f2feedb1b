"""The rows of the read model: what was heard, whom it mentions, and the picture that follows from it."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata: Final = MetaData()


def _key(name: str) -> Column[Any]:
    return Column(name, Text, primary_key=True)


def _text(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False)


def _whole(name: str) -> Column[Any]:
    return Column(name, BigInteger, nullable=False)


def _at(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _truth(name: str) -> Column[Any]:
    return Column(name, Boolean, nullable=False)


heard_facts = Table(
    "heard_facts",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False, unique=True),
    _text("name"),
    _text("topic"),
    _text("key"),
    _whole("sequence"),
    _at("told_at"),
    _at("recorded_at"),
    _at("heard_at"),
    Column("correlation_id", Text),
    Column("causation_id", Text),
    Column("fact", JSONB, nullable=False),
    Index("heard_facts_heard", "heard_at"),
)

mentions = Table(
    "mentions",
    metadata,
    _key("kind"),
    _key("subject_id"),
    Column("event_id", Uuid, primary_key=True),
)

ties = Table(
    "ties",
    metadata,
    _key("from_kind"),
    _key("from_id"),
    _key("to_kind"),
    _key("to_id"),
    Index("ties_back", "to_kind", "to_id"),
)

subjects = Table(
    "subjects",
    metadata,
    _key("kind"),
    _key("subject_id"),
    _text("state"),
    _text("label"),
    _at("since_at", nullable=True),
    Column("picture", JSONB),
    Column("drawn_from", BigInteger, nullable=False, server_default="0"),
    Index("subjects_state", "kind", "state"),
    Index("subjects_since", "kind", "since_at"),
)

order_lines = Table(
    "order_lines",
    metadata,
    _key("order_id"),
    _key("line_id"),
    _text("kind"),
    _text("item"),
    _whole("quantity_micro"),
    _text("unit"),
    _at("promised_at"),
    _at("expected_at", nullable=True),
    _truth("open"),
    _truth("at_risk"),
    _text("reason"),
    Index("order_lines_open", "open", "promised_at"),
)

order_values = Table(
    "order_values",
    metadata,
    _key("order_id"),
    _key("kind"),
    _text("currency"),
    _whole("price_minor"),
    _whole("bought_in_minor"),
    _whole("labour_minor"),
    _whole("capital_minor"),
    _whole("overhead_minor"),
    _whole("margin_minor"),
    _truth("final"),
    _at("placed_at"),
    Index("order_values_placed", "placed_at"),
)

run_operations = Table(
    "run_operations",
    metadata,
    _key("run_id"),
    Column("operation_no", Integer, primary_key=True, autoincrement=False),
    _text("work_centre_id"),
    _text("planned_order_id"),
    _text("state"),
    _at("starts_at"),
    _at("ends_at"),
    Index("run_operations_span", "starts_at", "ends_at"),
)

open_messages = Table(
    "open_messages",
    metadata,
    _key("planned_order_id"),
    _key("kind"),
    _text("sku"),
    _whole("quantity_micro"),
    _at("wanted_at", nullable=True),
    _at("opened_at"),
    _text("reason"),
    Column("order_ids", JSONB, nullable=False),
    Index("open_messages_opened", "opened_at"),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    _key("audit_id"),
    _at("done_at"),
    _text("done_by"),
    _text("act"),
    _text("service"),
    _text("subscription"),
    _text("topic"),
    _text("key"),
    _text("reason"),
    _text("outcome"),
    Index("audit_entries_done", "done_at"),
)
