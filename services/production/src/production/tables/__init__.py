"""The rows that production owns."""

from production.tables.columns import metadata
from production.tables.costs import roll_ups, standard_costs, standard_prices
from production.tables.plant import calendars, downtimes, items, work_centres
from production.tables.quality import inspection_plans, inspections, lots
from production.tables.recipes import recipe_versions, recipes
from production.tables.runs import bookings, readings, run_entries, run_signatures, runs

__all__ = [
    "bookings",
    "calendars",
    "downtimes",
    "inspection_plans",
    "inspections",
    "items",
    "lots",
    "metadata",
    "readings",
    "recipe_versions",
    "recipes",
    "roll_ups",
    "run_entries",
    "run_signatures",
    "runs",
    "standard_costs",
    "standard_prices",
    "work_centres",
]
