"""The read side of production: SQL straight to the rows that callers see."""

from production.queries.masters import (
    CalendarView,
    CentreView,
    RecipeView,
    find_calendar,
    find_centre,
    find_recipe,
    page_calendars,
    page_centres,
    page_recipes,
)
from production.queries.runs import (
    BookingView,
    LotView,
    RunView,
    find_lot,
    find_run,
    page_bookings,
    page_lots,
    page_runs,
)

__all__ = [
    "BookingView",
    "CalendarView",
    "CentreView",
    "LotView",
    "RecipeView",
    "RunView",
    "find_calendar",
    "find_centre",
    "find_lot",
    "find_recipe",
    "find_run",
    "page_bookings",
    "page_calendars",
    "page_centres",
    "page_lots",
    "page_recipes",
    "page_runs",
]
