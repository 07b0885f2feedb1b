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
from materials.tables.versions import (
    plan_delays,
    plan_demands,
    plan_nodes,
    plan_orders,
    plan_pegs,
    plan_pointers,
    plan_supplies,
    plan_versions,
)

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
    "plan_delays",
    "plan_demands",
    "plan_nodes",
    "plan_orders",
    "plan_pegs",
    "plan_pointers",
    "plan_supplies",
    "plan_versions",
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
