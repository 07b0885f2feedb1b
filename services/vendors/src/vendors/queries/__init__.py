"""The read side of vendors: SQL straight to the rows that callers see."""

from vendors.queries.leads import LeadDrift, list_lead_drifts
from vendors.queries.masters import (
    PolicyView,
    RateView,
    TermsView,
    VendorView,
    find_policy,
    find_terms,
    find_vendor,
    list_own_units,
    list_rates,
    list_units,
    page_terms,
    page_vendors,
)
from vendors.queries.orders import (
    OrderDetail,
    OrderFilter,
    OrderLineView,
    OrderView,
    find_order,
    page_newest_orders,
    page_orders,
)
from vendors.queries.rfqs import RfqView, find_rfq, page_newest_rfqs, page_rfqs
from vendors.queries.scorecards import FigureRow, ScoreView, WeekView, find_scorecard, list_figure_rows

__all__ = [
    "FigureRow",
    "LeadDrift",
    "OrderDetail",
    "OrderFilter",
    "OrderLineView",
    "OrderView",
    "PolicyView",
    "RateView",
    "RfqView",
    "ScoreView",
    "TermsView",
    "VendorView",
    "WeekView",
    "find_order",
    "find_policy",
    "find_rfq",
    "find_scorecard",
    "find_terms",
    "find_vendor",
    "list_figure_rows",
    "list_lead_drifts",
    "list_own_units",
    "list_rates",
    "list_units",
    "page_newest_orders",
    "page_newest_rfqs",
    "page_orders",
    "page_rfqs",
    "page_terms",
    "page_vendors",
]
