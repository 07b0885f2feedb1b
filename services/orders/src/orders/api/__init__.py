"""The HTTP door of orders: body, path and principal become a command."""

from typing import Final

from orders.api import catalogue, changes, links, needs, orders, quotes, rates

ROUTERS: Final = (
    catalogue.router,
    needs.router,
    quotes.router,
    orders.router,
    changes.router,
    rates.router,
    links.router,
)
