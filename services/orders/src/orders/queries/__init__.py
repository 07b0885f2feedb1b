"""The read side of orders: SQL straight to the rows that callers see."""

from orders.queries.changes import ChangeView, find_change
from orders.queries.quotes import QuoteView, find_quote, page_quotes, page_waiting_quotes
from orders.queries.rates import DayRateView, MissingRateView, list_missing_rates, page_rates
from orders.queries.titles import list_new_lines, list_titles
from orders.queries.views import (
    NeedDetail,
    OfferView,
    OrderView,
    find_need,
    find_order,
    page_newest_orders,
    page_offers,
    page_orders,
)

__all__ = [
    "ChangeView",
    "DayRateView",
    "MissingRateView",
    "NeedDetail",
    "OfferView",
    "OrderView",
    "QuoteView",
    "find_change",
    "find_need",
    "find_order",
    "find_quote",
    "list_missing_rates",
    "list_new_lines",
    "list_titles",
    "page_newest_orders",
    "page_offers",
    "page_orders",
    "page_quotes",
    "page_rates",
    "page_waiting_quotes",
]
