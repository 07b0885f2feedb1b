"""The HTTP door of production."""

from typing import Final

from production.api import lots, masters, runs

ROUTERS: Final = (masters.router, runs.router, lots.router)
