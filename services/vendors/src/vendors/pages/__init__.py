"""The vendors' pages: purchase orders that are answered and sent, RFQs that are quoted; forms become commands."""

from typing import Final

from backbone.web.login import router as login
from backbone.web.portal import front
from vendors.pages import orders, rfqs
from vendors.pages.portal import HOME

ROUTERS: Final = (login, front(HOME), orders.router, rfqs.router)
