"""The HTTP door of the service desk: body, path and principal become a command."""

from typing import Final

from fastapi import APIRouter

from service_desk.api import answers, bulk, links, masters, returns, talks, visits, work

# What is named outright comes before what is named by an id.
ROUTERS: Final[tuple[APIRouter, ...]] = (
    bulk.router,
    masters.router,
    visits.router,
    answers.router,
    work.router,
    returns.router,
    links.router,
    talks.router,
)

__all__ = ["ROUTERS"]
