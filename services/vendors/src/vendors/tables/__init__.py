"""The rows that vendors owns, in the order in which they are locked."""

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


def _text(name: str, *, maybe: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=maybe)


def _texts(name: str) -> Column[Any]:
    return Column(name, ARRAY(Text), nullable=False)


def _big(name: str, *, maybe: bool = False) -> Column[Any]:
    return Column(name, BigInteger, nullable=maybe)


def _whole(name: str) -> Column[Any]:
    return Column(name, Integer, nullable=False)


def _yes(name: str) -> Column[Any]:
    return Column(name, Boolean, nullable=False)


def _at(name: str, *, maybe: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=maybe)


def _document(name: str, *, maybe: bool = False) -> Column[Any]:
    return Column(name, JSONB(none_as_null=True), nullable=maybe)


def _version() -> Column[Any]:
    return Column("version", BigInteger, nullable=False)


def _counts() -> tuple[Column[Any], Column[Any]]:
    # `version` counts changes (ETag, optimistic lock), `told` counts the facts told under this row's key.
    return _version(), Column("told", BigInteger, nullable=False)


policies = Table(
    "policies",
    metadata,
    _key("policy_id"),
    _text("currency"),
    _big("approval_limit_minor"),
    _whole("answer_hours"),
    _whole("quotation_hours"),
    _whole("price_tolerance_points"),
    _whole("over_tolerance_points"),
    _whole("under_tolerance_points"),
    _whole("early_days"),
    _whole("late_days"),
    _whole("score_weeks"),
    _version(),
)

exchange_rates = Table(
    "exchange_rates",
    metadata,
    _key("currency"),
    _big("rate_micro"),
    _version(),
    CheckConstraint("rate_micro > 0", "worth_something"),
)

items = Table("items", metadata, _key("sku"), _text("title"), _text("unit"), _big("quantum_micro"))

sites = Table(
    "sites", metadata, _key("site_id"), _text("title"), _text("legal_entity"), _whole("transit_days")
)

calendars = Table(
    "calendars",
    metadata,
    _key("calendar_id"),
    Column("weekdays", ARRAY(Integer), nullable=False),
    _texts("days_off"),
)

vendors = Table(
    "vendors",
    metadata,
    _key("vendor_id"),
    _text("title"),
    _text("kind"),
    _text("site_id", maybe=True),
    _text("currency"),
    _text("calendar_id", maybe=True),
    _texts("skus"),
    _yes("inspect"),
    *_counts(),
    CheckConstraint("(kind = 'internal') = (site_id IS NOT NULL)", "internal_has_site"),
    Index("vendors_skus", "skus", postgresql_using="gin"),
)

terms = Table(
    "terms",
    metadata,
    _key("terms_id"),
    Column("vendor_id", Text, ForeignKey("vendors.vendor_id"), nullable=False),
    _text("vendor_kind"),
    _text("sku"),
    _text("site_id"),
    _text("currency"),
    _document("prices"),
    _big("minimum_micro"),
    _big("multiple_micro"),
    _whole("lead_days"),
    _text("calendar_id", maybe=True),
    _at("valid_from_at"),
    _at("valid_to_at"),
    _whole("rank"),
    _document("properties"),
    _yes("inspect"),
    _text("state"),
    *_counts(),
    CheckConstraint("minimum_micro >= 0 AND multiple_micro > 0", "lots_possible"),
    Index("terms_sku_site", "sku", "site_id"),
    Index("terms_vendor", "vendor_id", "terms_id"),
)

sourcings = Table(
    "sourcings",
    metadata,
    _key("planned_order_id"),
    _text("sku"),
    _big("quantity_micro"),
    _text("unit"),
    _text("site_id"),
    _at("needed_at"),
    _document("property_window"),
    _document("serves"),
    _text("state"),
    _texts("tried"),
    _text("correlation_id", maybe=True),
    *_counts(),
)

rfqs = Table(
    "rfqs",
    metadata,
    _key("rfq_id"),
    Column("planned_order_id", Text, ForeignKey("sourcings.planned_order_id"), nullable=False),
    _text("sku"),
    _big("quantity_micro"),
    _text("unit"),
    _text("site_id"),
    _at("needed_at"),
    _document("property_window"),
    _texts("vendor_ids"),
    _at("issued_at"),
    _at("answer_by_at"),
    _text("state"),
    _document("quotations"),
    _document("proposal", maybe=True),
    _text("awarded_quotation_id", maybe=True),
    _text("correlation_id", maybe=True),
    *_counts(),
    CheckConstraint("(state = 'awarded') = (awarded_quotation_id IS NOT NULL)", "one_award"),
    Index("rfqs_planned_order", "planned_order_id"),
)

purchase_orders = Table(
    "purchase_orders",
    metadata,
    _key("purchase_order_id"),
    Column("vendor_id", Text, ForeignKey("vendors.vendor_id"), nullable=False),
    _text("vendor_kind"),
    _text("supplying_site_id", maybe=True),
    _document("tolerances"),
    _text("requested_by"),
    _at("requested_at"),
    _text("approved_by", maybe=True),
    _text("terms_id", maybe=True),
    _text("quotation_id", maybe=True),
    _at("issued_at", maybe=True),
    _at("answer_by_at", maybe=True),
    _at("answered_at", maybe=True),
    _yes("overdue"),
    _yes("was_refused"),
    _text("ended_because", maybe=True),
    _text("correlation_id", maybe=True),
    *_counts(),
    Index("purchase_orders_vendor", "vendor_id", "purchase_order_id"),
)

# A second live line for a planned order cannot be written, whatever the code above it does.
LIVE_STATES: Final = (
    "'requested', 'quoted', 'ordered', 'acknowledged', 'shipped', 'part-received', 'rejected'"
)

purchase_lines = Table(
    "purchase_lines",
    metadata,
    _key("purchase_line_id"),
    Column("purchase_order_id", Text, ForeignKey("purchase_orders.purchase_order_id"), nullable=False),
    _text("planned_order_id"),
    _text("sku"),
    _big("quantity_micro"),
    _text("unit"),
    _big("unit_price_minor"),
    _text("currency"),
    _text("site_id"),
    _at("wanted_at"),
    _document("property_window"),
    _document("serves"),
    _document("properties"),
    _yes("inspect"),
    _text("state"),
    _document("answer", maybe=True),
    _document("offered", maybe=True),
    _at("first_at", maybe=True),
    _yes("redating"),
    _big("shipped_micro"),
    _big("accepted_micro"),
    _big("rejected_micro"),
    _big("returned_micro"),
    _big("replaced_micro"),
    _document("on_the_way"),
    _at("completed_at", maybe=True),
    CheckConstraint(
        "quantity_micro > 0 AND shipped_micro >= 0 AND rejected_micro >= 0 AND replaced_micro >= 0 "
        "AND replaced_micro <= returned_micro AND returned_micro <= accepted_micro",
        "counted_up",
    ),
    Index("purchase_lines_order", "purchase_order_id"),
    Index("purchase_lines_sku", "sku"),
    Index(
        "purchase_lines_live",
        "planned_order_id",
        unique=True,
        postgresql_where=text(f"state IN ({LIVE_STATES})"),
    ),
)

shipments = Table(
    "shipments",
    metadata,
    _key("shipment_id"),
    _key("purchase_line_id"),
    _text("purchase_order_id"),
    _big("quantity_micro"),
    _document("lots"),
    _at("expected_at"),
    _at("notified_at"),
    Index("shipments_order", "purchase_order_id"),
)

receipts = Table(
    "receipts",
    metadata,
    _key("receipt_id"),
    _key("purchase_line_id"),
    _text("purchase_order_id"),
    _big("accepted_micro"),
    _big("rejected_micro"),
    _text("reason", maybe=True),
    _big("extras_minor"),
    _at("received_at"),
    _text("received_by"),
    Index("receipts_line", "purchase_line_id"),
    Index("receipts_order", "purchase_order_id"),
)

# What came in under which lot id: inspections and returns name lots, scores need to know whose they were. A lot of
# a site of ours may arrive in several receipts.
received_lots = Table(
    "received_lots",
    metadata,
    _key("lot_id"),
    _key("receipt_id"),
    _text("purchase_line_id"),
    _document("part"),
    _big("quantity_micro"),
    _big("returned_micro"),
    _yes("failed"),
    CheckConstraint("returned_micro BETWEEN 0 AND quantity_micro", "returned_once"),
    Index("received_lots_line", "purchase_line_id"),
)

returns = Table(
    "returns",
    metadata,
    _key("return_id"),
    _text("purchase_order_id"),
    _text("purchase_line_id"),
    _document("lots"),
    _yes("replacement"),
    _text("reason"),
    _at("returned_at"),
    _text("returned_by"),
    Index("returns_order", "purchase_order_id"),
)

scores = Table(
    "scores",
    metadata,
    Column("vendor_id", Text, ForeignKey("vendors.vendor_id"), primary_key=True),
    Column("week_ends", Date, primary_key=True),
    _big("otif_percent_micro"),
    _big("requested_percent_micro"),
    _whole("quality_ppm"),
    _big("price_drift_percent_micro"),
    _big("response_hours_micro"),
    _big("observed_lead_days_micro"),
    _whole("lines"),
    _text("band"),
)
