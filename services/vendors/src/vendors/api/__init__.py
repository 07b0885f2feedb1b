"""The HTTP door of vendors: body, path and principal become a command."""

from fastapi import APIRouter

from vendors.api import bulk, deliveries, masters, orders, rfqs, scorecards

router = APIRouter()
# What is named outright comes before what is named by an id.
for part in (bulk, masters, rfqs, orders, deliveries, scorecards):
    router.include_router(part.router)

__all__ = ["router"]
