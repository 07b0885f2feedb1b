"""The clients' pages at the service desk: visits and hand-overs, conversations, tickets; forms become commands."""

from typing import Final

from backbone.web.crossing import router as crossing
from backbone.web.login import router as login
from backbone.web.portal import front
from service_desk.pages import talks, tickets, visits
from service_desk.pages.portal import HOME, WAY

__all__ = ["ROUTERS", "WAY"]

ROUTERS: Final = (login, crossing, front(HOME), visits.router, talks.router, tickets.router)
