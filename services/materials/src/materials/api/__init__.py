"""The HTTP door of materials."""

from typing import Final

from backbone.imports import router as imports
from backbone.operations.routes import router as operations
from materials.api import (
    corrections,
    forecasts,
    masters,
    messages,
    plan,
    plans,
    promises,
    stock,
    substitutes,
    surplus,
    what_if,
)
from materials.api.files import IMPORTS

__all__ = ["IMPORTS", "ROUTERS"]

ROUTERS: Final = (
    masters.router,
    forecasts.router,
    stock.router,
    surplus.router,
    corrections.router,
    substitutes.router,
    plan.router,
    messages.router,
    plans.router,
    what_if.router,
    promises.router,
    imports,
    operations,
)
