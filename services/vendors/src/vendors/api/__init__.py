"""The HTTP door of vendors: body, path and principal become a command."""

from typing import Final

from fastapi import APIRouter

from vendors.api import bulk, deliveries, leads, masters, orders, rfqs, scorecards

# What is named outright comes before what is named by an id.
ROUTERS: Final[tuple[APIRouter, ...]] = (
    bulk.router,
    masters.router,
    leads.router,
    rfqs.router,
    orders.router,
    deliveries.router,
    scorecards.router,
)

__all__ = ["ROUTERS"]
