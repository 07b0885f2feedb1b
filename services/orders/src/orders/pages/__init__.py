"""The customers' pages at orders: quotes, orders with their dates, changes; forms become the same commands as HTTP."""

from typing import Final

from backbone.web.login import router as login
from orders.pages import changes, orders, quotes

ROUTERS: Final = (login, quotes.router, orders.router, changes.router)
