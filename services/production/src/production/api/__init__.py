"""The HTTP door of production."""

from typing import Final

from production.api import (
    costs,
    downtime,
    floor,
    lots,
    masters,
    periods,
    quality,
    readings,
    recalls,
    recipes,
    records,
    runs,
)

ROUTERS: Final = tuple(
    door.router
    for door in (
        masters,
        recipes,
        runs,
        lots,
        costs,
        quality,
        readings,
        downtime,
        floor,
        records,
        recalls,
        periods,
    )
)
