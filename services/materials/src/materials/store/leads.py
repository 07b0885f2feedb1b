"""Which orders may come from elsewhere or take another time, since masters that they were planned by changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import text

from backbone.service import Tx
from materials.domain.network import Place

# What nobody was asked for; of an item, what was asked for and nobody knows when it comes, too: perhaps never.
_PLANNED: Final = "state = 'planned'"
_OPEN: Final = "(state = 'planned' OR state = 'released' AND expected_at IS NULL)"
_PLACES: Final = """
    SELECT site_id, sku FROM unnest(CAST(:site_ids AS text[]), CAST(:skus AS text[])) AS here(site_id, sku)
    WHERE EXISTS (SELECT FROM planned_orders WHERE planned_orders.site_id = here.site_id
                  AND planned_orders.sku = here.sku AND {state})
    ORDER BY site_id, sku
    """
PLACES_PLANNED: Final = text(_PLACES.format(state=_OPEN))
_ORDERS: Final = """
    SELECT planned_order_id FROM planned_orders
    WHERE planned_order_id > :after AND {state} AND source <> 'rework' AND ({which})
    ORDER BY planned_order_id LIMIT :limit
    """
OF_PLACE: Final = text(_ORDERS.format(state=_OPEN, which="site_id = :site_id AND sku = :sku"))
# What comes from a site is on its way for its transit days.
OF_SITE: Final = text(_ORDERS.format(state=_PLANNED, which="site_id = :site_id OR from_site_id = :site_id"))
# Lead times are counted on it, fences where it is the site's, and room is what its hours give to machines and people.
OF_CALENDAR: Final = text(
    _ORDERS.format(
        state=_PLANNED,
        which="calendar_id = :calendar_id OR site_id IN (SELECT site_id FROM sites WHERE calendar_id = :calendar_id) "
        "OR EXISTS (SELECT FROM loads WHERE loads.planned_order_id = planned_orders.planned_order_id "
        "AND resource_id IN (SELECT work_centre_id FROM work_centres WHERE calendar_id = :calendar_id "
        "UNION ALL SELECT resource_id FROM crews WHERE calendar_id = :calendar_id))",
    )
)
HELD_BACK: Final = text(
    """
    SELECT DISTINCT change_id FROM changes, jsonb_array_elements(put_off) AS each
    WHERE state IN ('asking', 'held') AND each ->> 'planned_order_id' = ANY(:orders)
    """
)


async def load_places_planned(tx: Tx, places: Iterable[Place]) -> list[Place]:
    """For which of these items and sites something is planned that nobody was asked for, or nobody supplies."""
    listed = sorted(places)
    if not listed:
        return []
    here = {"site_ids": [site_id for site_id, _ in listed], "skus": [sku for _, sku in listed]}
    return [(row.site_id, row.sku) for row in await tx.sql.execute(PLACES_PLANNED, here)]


async def load_planned_at(tx: Tx, place: Place, after: str, limit: int) -> list[str]:
    """The first orders for an item at a site, after one of them, that nobody was asked for or nobody supplies."""
    wanted = {"site_id": place[0], "sku": place[1], "after": after, "limit": limit}
    return [row.planned_order_id for row in await tx.sql.execute(OF_PLACE, wanted)]


async def load_planned_for_site(tx: Tx, site_id: str, after: str, limit: int) -> list[str]:
    """The first orders for a site or from it, after one of them, that nobody was asked for."""
    wanted = {"site_id": site_id, "after": after, "limit": limit}
    return [row.planned_order_id for row in await tx.sql.execute(OF_SITE, wanted)]


async def load_planned_on(tx: Tx, calendar_id: str, after: str, limit: int) -> list[str]:
    """The first orders whose days or room a calendar tells, after one of them, that nobody was asked for."""
    wanted = {"calendar_id": calendar_id, "after": after, "limit": limit}
    return [row.planned_order_id for row in await tx.sql.execute(OF_CALENDAR, wanted)]


async def load_changes_holding(tx: Tx, planned_order_ids: Iterable[str]) -> set[str]:
    """The changes of customers' orders that hold back the release of these planned orders."""
    found = await tx.sql.execute(HELD_BACK, {"orders": sorted(planned_order_ids)})
    return {row.change_id for row in found}
