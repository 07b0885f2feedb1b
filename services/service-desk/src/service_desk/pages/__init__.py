"""The clients' pages at the service desk: visits and hand-overs, conversations, tickets; forms become commands."""

from typing import Final

from backbone.web.login import router as login
from service_desk.pages import talks, tickets, visits

ROUTERS: Final = (login, visits.router, talks.router, tickets.router)
