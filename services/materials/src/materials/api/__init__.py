"""The HTTP door of materials."""

from typing import Final

from materials.api import masters, plan, stock

ROUTERS: Final = (masters.router, stock.router, plan.router)
