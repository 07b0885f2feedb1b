"""The read side of production: SQL straight to the rows that callers see."""

from production.queries.masters import (
    CalendarView,
    CentreView,
    RecipeView,
    find_recipe,
    page_calendars,
    page_centres,
    page_recipes,
)
from production.queries.runs import LotView, RunView, find_lot, find_run, page_lots, page_runs

__all__ = [
    "CalendarView",
    "CentreView",
    "LotView",
    "RecipeView",
    "RunView",
    "find_lot",
    "find_recipe",
    "find_run",
    "page_calendars",
    "page_centres",
    "page_lots",
    "page_recipes",
    "page_runs",
]
