"""The rows that materials owns."""

from materials.tables.columns import metadata
from materials.tables.ledger import dispatches, lot_links, lots, moves, stocks
from materials.tables.masters import (
    action_messages,
    calendars,
    items,
    parameters,
    recipe_parts,
    recipes,
    retirements,
    services,
    sites,
    terms,
)
from materials.tables.plan import demands, holds, internal_supplies, orders, pegs, planned_orders, receipts

__all__ = [
    "action_messages",
    "calendars",
    "demands",
    "dispatches",
    "holds",
    "internal_supplies",
    "items",
    "lot_links",
    "lots",
    "metadata",
    "moves",
    "orders",
    "parameters",
    "pegs",
    "planned_orders",
    "receipts",
    "recipe_parts",
    "recipes",
    "retirements",
    "services",
    "sites",
    "stocks",
    "terms",
]
