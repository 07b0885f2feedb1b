"""The only SQL of production that writes."""

from production.store.bookings import (
    add_bookings,
    add_downtimes,
    load_bookings,
    load_quanta,
    load_units,
    save_bookings,
    save_items,
)
from production.store.costs import add_roll_up, load_standard_prices, save_standard_prices
from production.store.lots import add_lot_keys, add_lots, lock_lots, save_lots
from production.store.plant import (
    load_calendars,
    load_work_centres,
    lock_calendar,
    lock_work_centre,
    lock_work_centres,
    save_calendar,
    save_work_centre,
)
from production.store.quality import add_inspections, load_inspection_plans, save_inspection_plan
from production.store.readings import add_readings
from production.store.recipes import (
    add_recipe_version,
    load_approved,
    load_in_force,
    load_recipes,
    lock_recipe,
    lock_recipe_count,
    save_recipe,
)
from production.store.records import add_notes, add_signatures, load_people, load_signatures, note
from production.store.runs import (
    add_run_keys,
    add_runs,
    load_runs_of_orders,
    lock_runs,
    lock_runs_of_orders,
    save_runs,
)

__all__ = [
    "add_bookings",
    "add_downtimes",
    "add_inspections",
    "add_lot_keys",
    "add_lots",
    "add_notes",
    "add_readings",
    "add_recipe_version",
    "add_roll_up",
    "add_run_keys",
    "add_runs",
    "add_signatures",
    "load_approved",
    "load_bookings",
    "load_calendars",
    "load_in_force",
    "load_inspection_plans",
    "load_people",
    "load_quanta",
    "load_recipes",
    "load_runs_of_orders",
    "load_signatures",
    "load_standard_prices",
    "load_units",
    "load_work_centres",
    "lock_calendar",
    "lock_lots",
    "lock_recipe",
    "lock_recipe_count",
    "lock_runs",
    "lock_runs_of_orders",
    "lock_work_centre",
    "lock_work_centres",
    "note",
    "save_bookings",
    "save_calendar",
    "save_inspection_plan",
    "save_items",
    "save_lots",
    "save_recipe",
    "save_runs",
    "save_standard_prices",
    "save_work_centre",
]
