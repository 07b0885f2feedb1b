"""Items, sites and parameters as callers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.values import Quantity
from materials.domain.item import Unit
from materials.tables.plan import COMES_AT

Page = list[tuple[str, Any]]

PAGE_ITEMS: Final = text(
    """
    SELECT sku, title, unit, quantum_micro, CAST(properties AS text) AS properties, shelf_life_days, serialised,
           CAST(units AS text) AS units, density_micro, version
    FROM items
    WHERE sku > :after ORDER BY sku LIMIT :limit
    """
)
FIND_ITEM: Final = text(
    """
    SELECT sku, title, unit, quantum_micro, CAST(properties AS text) AS properties, shelf_life_days, serialised,
           CAST(units AS text) AS units, density_micro, version
    FROM items
    WHERE sku = :sku
    """
)
PAGE_SITES: Final = text(
    """
    SELECT site_id, title, legal_entity, transit_days, calendar_id, version FROM sites
    WHERE site_id > :after ORDER BY site_id LIMIT :limit
    """
)
PAGE_PARAMETERS: Final = text(
    """
    SELECT sku, site_id, source, minimum_micro, multiple_micro, maximum_micro, safety_micro, lead_days, fence_days,
           from_site_id, automatic, period_days, batch_days, planning_fence_days,
           strategy, reorder_point_micro, demand_fence_days, backward_days, forward_days FROM parameters
    WHERE (sku, site_id) > (split_part(:after, '@', 1), split_part(:after, '@', 2)) ORDER BY sku, site_id LIMIT :limit
    """
)
# Every change of an item's balance at a site, in the order in which it comes; stock on hand comes first. Of forecasts
# it is what orders leave of them; safety stock is a floor under the balance and takes nothing away.
BALANCE: Final = text(
    f"""
    SELECT site_id, at, change_micro, why, subject FROM (
        SELECT stocks.site_id, CAST('-infinity' AS timestamptz) AS at, sum(on_hand_micro) AS change_micro,
               'on-hand' AS why, NULL AS subject
        FROM stocks JOIN lots USING (lot_id, sku)
        WHERE sku = :sku AND store = 'main' AND status = 'released' AND NOT stocks.awaits_inspection
        GROUP BY stocks.site_id
        UNION ALL
        SELECT receipts.site_id, coalesce({COMES_AT}, planned_orders.due_at),
               greatest(receipts.quantity_micro - receipts.received_micro, 0), planned_orders.state,
               planned_order_id
        FROM receipts JOIN planned_orders USING (planned_order_id)
        WHERE receipts.sku = :sku AND planned_orders.state NOT IN ('closed', 'cancelled')
        UNION ALL
        SELECT site_id, needed_at, -greatest(quantity_micro - done_micro, 0), kind, demand_id
        FROM demands WHERE sku = :sku AND kind <> 'safety' AND NOT suspended
    ) AS changes WHERE change_micro <> 0 ORDER BY site_id, at, change_micro DESC LIMIT :limit
    """  # noqa: S608
)
CHANGES_COUNT_MAX: Final = 2_000

_units: Reads[tuple[Unit, ...]] = reader(tuple[Unit, ...])
_properties: Reads[tuple[tuple[str, str], ...]] = reader(tuple[tuple[str, str], ...])


@dataclass(frozen=True, slots=True)
class UnitView:
    """So much of the unit in which an item is counted is `per` of this one."""

    unit: str
    quantity: Quantity
    per: Quantity


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item."""

    sku: str
    title: str
    unit: str
    quantum: Quantity
    properties: tuple[tuple[str, str], ...]
    shelf_life_days: int
    serialised: bool
    units: tuple[UnitView, ...]
    density: Quantity


@dataclass(frozen=True, slots=True)
class BalanceChange:
    """A step of the projected balance: when (absent: on hand now), by how much, why, and the balance after it."""

    site_id: str
    at: datetime | None
    change: Quantity
    why: str
    subject: str | None
    balance: Quantity


@dataclass(frozen=True, slots=True)
class ItemDetail:
    """An item with its projected available balance at each site, over time."""

    item: ItemView
    balance: tuple[BalanceChange, ...]


@dataclass(frozen=True, slots=True)
class SiteView:
    """A site."""

    site_id: str
    title: str
    legal_entity: str
    transit_days: int
    calendar_id: str | None


@dataclass(frozen=True, slots=True)
class ParametersView:
    """How an item is planned at a site."""

    sku: str
    site_id: str
    source: str
    minimum: Quantity
    multiple: Quantity
    maximum: Quantity
    safety_stock: Quantity
    lead_days: int
    fence_days: int
    from_site_id: str | None
    automatic: bool
    period_days: int
    batch_days: int
    planning_fence_days: int
    strategy: str
    reorder_point: Quantity
    demand_fence_days: int
    backward_days: int
    forward_days: int


def _item(row: Any) -> ItemView:
    return ItemView(
        row.sku,
        row.title,
        row.unit,
        Quantity.of_micro(row.quantum_micro),
        _properties(row.properties),
        row.shelf_life_days,
        row.serialised,
        tuple(
            UnitView(each.unit, Quantity.of_micro(each.quantity_micro), Quantity.of_micro(each.per_micro))
            for each in _units(row.units)
        ),
        Quantity.of_micro(row.density_micro),
    )


async def page_items(sql: AsyncConnection, *, after: str, limit: int) -> Page:
    """Items by number, each with its key."""
    rows = await sql.execute(PAGE_ITEMS, {"after": after, "limit": limit})
    return [(row.sku, _item(row)) for row in rows]


async def find_item(sql: AsyncConnection, sku: str) -> ItemDetail:
    """An item with its balance; raises `NotFound`."""
    row = (await sql.execute(FIND_ITEM, {"sku": sku})).one_or_none()
    if row is None:
        raise NotFound(f"no item {sku}")
    steps: list[BalanceChange] = []
    balances: dict[str, int] = {}
    for change in await sql.execute(BALANCE, {"sku": sku, "limit": CHANGES_COUNT_MAX}):
        balances[change.site_id] = balances.get(change.site_id, 0) + int(change.change_micro)
        steps.append(
            BalanceChange(
                change.site_id,
                change.at if isinstance(change.at, datetime) and change.at.year > 1 else None,
                Quantity.of_micro(int(change.change_micro)),
                change.why,
                change.subject,
                Quantity.of_micro(balances[change.site_id]),
            )
        )
    return ItemDetail(_item(row), tuple(steps))


async def page_sites(sql: AsyncConnection, *, after: str, limit: int) -> Page:
    """Sites by id, each with its key."""
    rows = await sql.execute(PAGE_SITES, {"after": after, "limit": limit})
    return [
        (row.site_id, SiteView(row.site_id, row.title, row.legal_entity, row.transit_days, row.calendar_id))
        for row in rows
    ]


async def page_parameters(sql: AsyncConnection, *, after: str, limit: int) -> Page:
    """Parameters by item and site, each with its key."""
    rows = await sql.execute(PAGE_PARAMETERS, {"after": after, "limit": limit})
    return [
        (
            f"{row.sku}@{row.site_id}",
            ParametersView(
                row.sku,
                row.site_id,
                row.source,
                Quantity.of_micro(row.minimum_micro),
                Quantity.of_micro(row.multiple_micro),
                Quantity.of_micro(row.maximum_micro),
                Quantity.of_micro(row.safety_micro),
                row.lead_days,
                row.fence_days,
                row.from_site_id,
                row.automatic,
                row.period_days,
                row.batch_days,
                row.planning_fence_days,
                row.strategy,
                Quantity.of_micro(row.reorder_point_micro),
                row.demand_fence_days,
                row.backward_days,
                row.forward_days,
            ),
        )
        for row in rows
    ]
