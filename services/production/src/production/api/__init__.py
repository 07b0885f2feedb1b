"""The HTTP door of production."""

from typing import Final

from backbone.operations.routes import router as operations
from production.api import (
    bills,
    costs,
    crews,
    downtime,
    floor,
    lots,
    masters,
    partings,
    periods,
    points,
    qualifications,
    quality,
    rates,
    readings,
    recalls,
    recipes,
    records,
    runs,
    schedules,
)

ROUTERS: Final = (
    *(
        door.router
        for door in (
            masters,
            crews,
            qualifications,
            recipes,
            bills,
            runs,
            partings,
            lots,
            costs,
            quality,
            points,
            readings,
            downtime,
            rates,
            floor,
            records,
            recalls,
            periods,
            schedules,
        )
    ),
    operations,
)
