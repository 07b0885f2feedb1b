"""The rows that vendors owns; they are locked in the order in which they stand here."""

from vendors.tables.columns import metadata
from vendors.tables.masters import calendars, exchange_rates, items, policies, sites, terms, vendors
from vendors.tables.purchasing import purchase_lines, purchase_orders, rfqs, sourcings

from vendors.tables.deliveries import received_lots, receipts, returns, scores, shipments  # isort: skip

__all__ = [
    "calendars",
    "exchange_rates",
    "items",
    "metadata",
    "policies",
    "purchase_lines",
    "purchase_orders",
    "receipts",
    "received_lots",
    "returns",
    "rfqs",
    "scores",
    "shipments",
    "sites",
    "sourcings",
    "terms",
    "vendors",
]
