"""The only SQL of production that writes."""

from production.store.lots import add_lots, lock_lot, save_lot
from production.store.plant import (
    load_calendars,
    load_work_centres,
    lock_calendar,
    lock_work_centre,
    save_calendar,
    save_work_centre,
)
from production.store.recipes import (
    add_recipe_version,
    load_recipes,
    lock_recipe,
    lock_recipe_count,
    save_recipe,
)
from production.store.runs import add_run_keys, add_runs, lock_runs, lock_runs_of_orders, save_runs

__all__ = [
    "add_lots",
    "add_recipe_version",
    "add_run_keys",
    "add_runs",
    "load_calendars",
    "load_recipes",
    "load_work_centres",
    "lock_calendar",
    "lock_lot",
    "lock_recipe",
    "lock_recipe_count",
    "lock_runs",
    "lock_runs_of_orders",
    "lock_work_centre",
    "save_calendar",
    "save_lot",
    "save_recipe",
    "save_runs",
    "save_work_centre",
]
