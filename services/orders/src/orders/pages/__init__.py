"""The customers' pages at orders: quotes, orders with their dates, changes; forms become the same commands as HTTP."""

from typing import Final

from backbone.web.crossing import router as crossing
from backbone.web.login import router as login
from backbone.web.portal import front
from orders.pages import changes, orders, quotes
from orders.pages.portal import HOME, WAY

__all__ = ["ROUTERS", "WAY"]

ROUTERS: Final = (login, crossing, front(HOME), quotes.router, orders.router, changes.router)
