"""The rows that production owns."""

from production.tables.changes import probes
from production.tables.columns import metadata
from production.tables.costs import roll_ups, standard_costs, standard_prices
from production.tables.periods import BEGUN_MINOR, MONTH_SUMS, cost_bookings, period_ledgers, periods
from production.tables.plant import (
    calendars,
    crews,
    downtimes,
    items,
    qualifications,
    work_centre_rates,
    work_centres,
)
from production.tables.quality import inspection_plans, inspection_points, inspections, lots
from production.tables.recalls import recall_lots, recall_notices, recall_runs, recall_tickets, recalls
from production.tables.recipes import recipe_versions, recipes
from production.tables.runs import (
    bookings,
    machine_counts,
    readings,
    run_entries,
    run_signatures,
    runs,
    unsaid_uses,
)
from production.tables.schedules import changeovers, schedule_moves, schedules

__all__ = [
    "BEGUN_MINOR",
    "MONTH_SUMS",
    "bookings",
    "calendars",
    "changeovers",
    "cost_bookings",
    "crews",
    "downtimes",
    "inspection_plans",
    "inspection_points",
    "inspections",
    "items",
    "lots",
    "machine_counts",
    "metadata",
    "period_ledgers",
    "periods",
    "probes",
    "qualifications",
    "readings",
    "recall_lots",
    "recall_notices",
    "recall_runs",
    "recall_tickets",
    "recalls",
    "recipe_versions",
    "recipes",
    "roll_ups",
    "run_entries",
    "run_signatures",
    "runs",
    "schedule_moves",
    "schedules",
    "standard_costs",
    "standard_prices",
    "unsaid_uses",
    "work_centre_rates",
    "work_centres",
]
