"""Lines that are late, in the order in which they are served."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import text

from backbone.service import Tx
from materials.domain.network import Place

LATE_LINES: Final = text(
    """
    SELECT demand_id, priority, coalesce(promised_at, needed_at) AS promised, placed_at FROM demands
    JOIN unnest(CAST(:site_ids AS text[]), CAST(:skus AS text[])) AS here(site_id, sku) USING (site_id, sku)
    WHERE late AND NOT suspended AND (
        CAST(:after AS text) IS NULL
        OR (priority, coalesce(promised_at, needed_at), placed_at, demand_id)
           > (CAST(:priority AS integer), CAST(:promised_at AS timestamptz), CAST(:placed_at AS timestamptz), :after)
    )
    ORDER BY 2, 3, 4, 1 LIMIT :limit
    """
)


class LateLine(NamedTuple):
    """The demand of a line that is late, and what it is served by."""

    demand_id: str
    priority: int
    promised_at: datetime
    placed_at: datetime


async def load_late_lines(
    tx: Tx, places: Iterable[Place], limit: int, after: LateLine | None = None
) -> list[LateLine]:
    """So many of the lines that are late at places, those who are served first in front, from one on."""
    listed = sorted(places)
    if not listed:
        return []
    here = {
        "site_ids": [site_id for site_id, _ in listed],
        "skus": [sku for _, sku in listed],
        "limit": limit,
        "after": after.demand_id if after is not None else None,
        "priority": after.priority if after is not None else None,
        "promised_at": after.promised_at if after is not None else None,
        "placed_at": after.placed_at if after is not None else None,
    }
    return [LateLine(*row) for row in await tx.sql.execute(LATE_LINES, here)]
