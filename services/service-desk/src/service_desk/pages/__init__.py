"""The clients' pages at the service desk: visits and hand-overs, conversations, tickets; forms become commands."""

from typing import Final

from backbone.web.login import router as login
from backbone.web.portal import front
from service_desk.pages import talks, tickets, visits
from service_desk.pages.portal import HOME

ROUTERS: Final = (login, front(HOME), visits.router, talks.router, tickets.router)
