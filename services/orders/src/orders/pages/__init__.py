"""The customers' pages at orders: quotes, orders with their dates, changes; forms become the same commands as HTTP."""

from typing import Final

from backbone.web.login import router as login
from backbone.web.portal import front
from orders.pages import changes, orders, quotes
from orders.pages.portal import HOME

ROUTERS: Final = (login, front(HOME), quotes.router, orders.router, changes.router)
