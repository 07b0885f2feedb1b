"""What a decision can reach: from the rows that it names along pegs, recipes and transfers to all that it may touch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, Final

from sqlalchemy import text

from backbone.service import Tx
from materials.domain.network import Place
from materials.store.network import Masters, load_below, load_services


@dataclass(slots=True)
class Seeds:
    """The rows that the commands of a batch name; everything else is found from them.

    Lots are `sent` when a run begins whose work a vendor does.
    """

    places: set[Place] = field(default_factory=set)
    services: set[str] = field(default_factory=set)
    demands: set[str] = field(default_factory=set)
    planned_orders: set[str] = field(default_factory=set)
    promises: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    purchase_orders: set[str] = field(default_factory=set)
    purchase_lines: set[str] = field(default_factory=set)
    lots: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    shipments: set[str] = field(default_factory=set)
    recipes: set[str] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    counts: set[str] = field(default_factory=set)

    @classmethod
    def union(cls, parts: Iterable[Seeds]) -> Seeds:
        """The seeds of a whole batch."""
        whole = cls()
        for part in parts:
            for each in fields(cls):
                getattr(whole, each.name).update(getattr(part, each.name))
        return whole


@dataclass(frozen=True, slots=True)
class Reach:
    """The demands and planned orders that are connected to the seeds, and the places of both and of all below.

    `free_order_ids` are others that bring something to these places which serves nobody yet.
    """

    demand_ids: list[str]
    planned_order_ids: list[str]
    free_order_ids: list[str]
    places: list[Place]

    @property
    def sites(self) -> set[str]:
        """The sites of all that is reached."""
        return {site_id for site_id, _ in self.places}


# Down: what a demand is pegged to, and what that takes. Up: whom a planned order serves, with all that each of these
# orders takes beside; lines of one customer's order are looked at together, since its delivery policy does. That a kind
# lies between both always holds: by it the database expects few rows, and not tables of a hundred thousand, which take
# it longer to make than most decisions take to follow.
_CONNECTED: Final = """
    WITH RECURSIVE seeds(kind, id) AS (
        SELECT 'd' AS kind, demand_id AS id FROM demands WHERE demand_id = ANY(:demands)
        UNION ALL SELECT 'd', demand_id FROM demands WHERE promise_id = ANY(:promises)
        UNION ALL SELECT 'd', demand_id FROM demands WHERE order_id = ANY(:orders)
        UNION ALL SELECT 'd', demand_id FROM demands WHERE purchase_line_id = ANY(:purchase_lines)
        UNION ALL SELECT 'd', demand_id FROM pegs WHERE supply_id = ANY(:lots)
        UNION ALL SELECT 'd', demand_id FROM dispatches WHERE shipment_id = ANY(:shipments)
        UNION ALL SELECT 'o', unnest(CAST(:planned_orders AS text[]))
    ), down(kind, id) AS (
        SELECT kind, id FROM seeds
        UNION
        SELECT next.kind, next.id FROM down CROSS JOIN LATERAL (
            SELECT 'o' AS kind, planned_order_id AS id FROM pegs
            WHERE down.kind = 'd' AND demand_id = down.id AND planned_order_id IS NOT NULL
            UNION ALL SELECT 'd', demand_id FROM demands
            WHERE down.kind = 'o' AND planned_order_id = down.id
        ) AS next
        WHERE down.kind BETWEEN 'd' AND 'o'
    ), up(kind, id) AS (
        SELECT kind, id FROM {start}
        UNION
        SELECT next.kind, next.id FROM up CROSS JOIN LATERAL (
            SELECT 'd' AS kind, demand_id AS id FROM pegs WHERE up.kind = 'o' AND planned_order_id = up.id
            UNION ALL SELECT 'd', demand_id FROM demands WHERE up.kind = 'o' AND planned_order_id = up.id
            UNION ALL SELECT 'o', planned_order_id FROM demands
            WHERE up.kind = 'd' AND demand_id = up.id AND planned_order_id IS NOT NULL
            UNION ALL SELECT 'd', beside.demand_id FROM demands AS one
            JOIN demands AS beside ON beside.order_id = one.order_id
            WHERE up.kind = 'd' AND one.demand_id = up.id AND one.order_id IS NOT NULL
        ) AS next
        WHERE up.kind BETWEEN 'd' AND 'o'
    )
    SELECT kind, id FROM down UNION SELECT kind, id FROM up ORDER BY kind, id
"""
# Whom the seeds themselves serve; or whom anything serves that they take, which is most of the plan where parts are
# shared.
NEAR: Final = text(_CONNECTED.format(start="seeds"))
WIDE: Final = text(_CONNECTED.format(start="down"))
SITES_NAMED: Final = text(
    """
    SELECT site_id FROM demands WHERE demand_id = ANY(:demands)
    UNION SELECT site_id FROM demands WHERE promise_id = ANY(:promises)
    UNION SELECT site_id FROM demands WHERE order_id = ANY(:orders)
    UNION SELECT site_id FROM demands WHERE purchase_line_id = ANY(:purchase_lines)
    UNION SELECT site_id FROM planned_orders WHERE planned_order_id = ANY(:planned_orders)
    UNION SELECT site_id FROM stocks WHERE lot_id = ANY(:lots)
    UNION SELECT site_id FROM recipe_parts WHERE recipe_id = ANY(:recipes)
    UNION SELECT site_id FROM services WHERE service_id = ANY(:services)
    """
)
PLACES: Final = text(
    """
    SELECT site_id, sku FROM demands WHERE demand_id = ANY(:demands)
    UNION SELECT site_id, sku FROM planned_orders WHERE planned_order_id = ANY(:planned_orders)
    UNION SELECT site_id, sku FROM receipts WHERE planned_order_id = ANY(:planned_orders)
    UNION SELECT from_site_id, sku FROM planned_orders
    WHERE planned_order_id = ANY(:planned_orders) AND from_site_id IS NOT NULL
    UNION SELECT site_id, sku FROM stocks WHERE lot_id = ANY(:lots)
    UNION SELECT site_id, sku FROM recipe_parts WHERE recipe_id = ANY(:recipes)
    UNION SELECT stocks.site_id, stocks.sku FROM dispatches JOIN stocks USING (lot_id)
    WHERE shipment_id = ANY(:shipments) OR demand_id = ANY(:purchase_lines)
    """
)
OPEN_HERE: Final = text(
    """
    SELECT 'd' AS kind, demand_id AS id FROM demands
    JOIN unnest(CAST(:site_ids AS text[]), CAST(:skus AS text[])) AS here(site_id, sku) USING (site_id, sku)
    WHERE NOT suspended AND quantity_micro - done_micro > covered_micro
    UNION ALL
    SELECT DISTINCT 'o', planned_order_id FROM receipts
    JOIN unnest(CAST(:site_ids AS text[]), CAST(:skus AS text[])) AS here(site_id, sku) USING (site_id, sku)
    WHERE quantity_micro - received_micro > pegged_micro
    UNION ALL
    SELECT 'd', demand_id FROM demands
    JOIN unnest(CAST(:site_ids AS text[]), CAST(:skus AS text[])) AS here(site_id, sku) USING (site_id, sku)
    WHERE kind = 'forecast'
    UNION ALL
    SELECT 'o', planned_order_id FROM parameters
    JOIN unnest(CAST(:site_ids AS text[]), CAST(:skus AS text[])) AS here(site_id, sku) USING (site_id, sku)
    JOIN planned_orders USING (site_id, sku)
    WHERE (period_days > 1 OR batch_days > 1)
      AND (state = 'planned' OR planned_orders.source IN ('buy', 'make') AND state IN ('released', 'confirmed'))
    """
)


async def load_sites(tx: Tx, seeds: Seeds) -> set[str]:
    """The sites of the rows that the seeds name; what is connected to these may lie at others."""
    wanted = {**_named(seeds), "recipes": sorted(seeds.recipes), "services": sorted(seeds.services)}
    named = {row.site_id for row in await tx.sql.execute(SITES_NAMED, wanted)}
    return named | seeds.sites | {site_id for site_id, _ in seeds.places}


async def load_reach(tx: Tx, masters: Masters, seeds: Seeds, *, wide: bool) -> Reach:
    """Everything the seeds are connected to, with the open demands and the free supplies of all its places.

    Free supplies come as they are, without what they take and whom else they serve, unless it is looked at `wide`.
    """
    demand_ids, order_ids = await _connected(tx, seeds, wide=wide)
    places = await _places(tx, masters, seeds, demand_ids, order_ids)
    rows = (await tx.sql.execute(OPEN_HERE, _columns(places))).all()
    more = {row.id for row in rows if row.kind == "d"} - set(demand_ids)
    free = {row.id for row in rows if row.kind == "o"} - set(order_ids)
    if more or (wide and free):
        wider = Seeds(demands=more.union(demand_ids), planned_orders=free.union(order_ids) if wide else set())
        demand_ids, order_ids = await _connected(tx, Seeds.union([seeds, wider]), wide=wide)
        places = await _places(tx, masters, seeds, demand_ids, order_ids)
    return Reach(demand_ids, order_ids, sorted(free.difference(order_ids)), places)


async def _connected(tx: Tx, seeds: Seeds, *, wide: bool) -> tuple[list[str], list[str]]:
    wanted = {**_named(seeds), "shipments": sorted(seeds.shipments)}
    rows = (await tx.sql.execute(WIDE if wide else NEAR, wanted)).all()
    return [row.id for row in rows if row.kind == "d"], [row.id for row in rows if row.kind == "o"]


def _named(seeds: Seeds) -> dict[str, Any]:
    return {
        "demands": sorted(seeds.demands),
        "promises": sorted(seeds.promises),
        "orders": sorted(seeds.orders),
        "purchase_lines": sorted(seeds.purchase_lines),
        "lots": sorted(seeds.lots),
        "planned_orders": sorted(seeds.planned_orders),
    }


async def _places(
    tx: Tx, masters: Masters, seeds: Seeds, demand_ids: list[str], order_ids: list[str]
) -> list[Place]:
    wanted: dict[str, Any] = {
        "demands": demand_ids,
        "planned_orders": order_ids,
        "lots": sorted(seeds.lots),
        "recipes": sorted(seeds.recipes),
        "shipments": sorted(seeds.shipments),
        "purchase_lines": sorted(seeds.purchase_lines),
    }
    places = set(seeds.places)
    if any(wanted.values()):
        places.update((row.site_id, row.sku) for row in await tx.sql.execute(PLACES, wanted))
    await load_services(tx, masters, seeds.services)
    for service_id in seeds.services & masters.services.keys():
        service = masters.services[service_id]
        places.update((service.site_id, part.sku) for part in service.parts)
    return await load_below(tx, masters, sorted(places))


def _columns(places: Iterable[Place]) -> dict[str, list[str]]:
    listed = sorted(places)
    return {"site_ids": [site_id for site_id, _ in listed], "skus": [sku for _, sku in listed]}
