"""The rows that vendors owns; locked in this order: masters, purchasing, deliveries, each from top to bottom."""

from vendors.tables.columns import metadata
from vendors.tables.deliveries import receipts, received_lots, returns, scores, shipments
from vendors.tables.masters import calendars, exchange_rates, items, policies, sites, terms, vendors
from vendors.tables.purchasing import probes, purchase_lines, purchase_orders, rfqs, sourcings

__all__ = [
    "calendars",
    "exchange_rates",
    "items",
    "metadata",
    "policies",
    "probes",
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
