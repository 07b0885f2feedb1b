"""The vendors' pages: purchase orders that are answered and sent, RFQs that are quoted; forms become commands."""

from typing import Final

from backbone.web.login import router as login
from vendors.pages import orders, rfqs

ROUTERS: Final = (login, orders.router, rfqs.router)
