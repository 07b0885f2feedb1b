"""The HTTP door of production."""

from typing import Final

from production.api import costs, lots, masters, quality, recipes, runs

ROUTERS: Final = (masters.router, recipes.router, runs.router, lots.router, costs.router, quality.router)
