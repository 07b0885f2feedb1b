"""Versions of the plan as callers see them: headers, planned orders, pegs, delays, and what differs between two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.values import Quantity
from materials.queries.keys import RowKey
from materials.queries.masters import Page

# A version whose work has ended before it was ready will never be.
_PLANS: Final = """
    SELECT plan_id, plan_no, site_id, CAST(sites AS text) AS sites, keeps,
           CASE WHEN plan_versions.state = 'computing' AND operations.state IN ('failed', 'cancelled') THEN 'abandoned'
                ELSE plan_versions.state END AS state,
           plan_versions.asked_by, plan_versions.asked_at, loaded_at, published_at, first_at, last_at, demands_count,
           supplies_count, orders_count, pegs_count, missing_count, late_count, digest
    FROM plan_versions LEFT JOIN operations ON operation_id = plan_id
"""
FIND_PLAN: Final = text(_PLANS + "WHERE plan_id = :plan_id")
PAGE_PLANS: Final = text(_PLANS + "WHERE :after = 0 OR plan_no < :after ORDER BY plan_no DESC LIMIT :limit")
_PLACE: Final = """
    (CAST(:sku AS text) IS NULL OR sku = :sku) AND (CAST(:site_id AS text) IS NULL OR site_id = :site_id)
"""
# The orders of an item follow one another: as many items are looked at as orders are wanted.
PAGE_ORDERS: Final = text(
    f"""
    WITH here AS MATERIALIZED (
        SELECT * FROM plan_nodes
        WHERE plan_no = :plan_no AND orders_count > 0 AND first_order_no + orders_count - 1 > :after AND {_PLACE}
        ORDER BY node_no LIMIT :limit
    )
    SELECT order_no, site_id, sku, source, recipe_id, recipe_version, from_site_id, starts_on, due_on,
           o.quantity_micro, good_micro, coalesce((SELECT unit FROM items WHERE items.sku = here.sku), '') AS unit
    FROM here CROSS JOIN LATERAL (
        SELECT * FROM plan_orders WHERE plan_orders.plan_no = :plan_no AND plan_orders.node_no = here.node_no
        AND last_no > :after AND first_no <= greatest(:after, first_order_no) + :limit AND order_no > :after
    ) AS o
    ORDER BY order_no LIMIT :limit
    """  # noqa: S608
)
# Pegs lie by node: whom an order serves stands at its node and where it gives to, what it takes where it takes from.
# Of their lists only those are unfolded that name the order.
PAGE_PEGS: Final = text(
    """
    SELECT p.node_no, p.needed_on, p.for_no, p.from_no, p.quantity_micro, n.site_id, n.sku, d.demand_id, s.kind,
           s.supply_id, coalesce((SELECT unit FROM items WHERE items.sku = n.sku), '') AS unit
    FROM plan_pegs p JOIN plan_nodes n USING (plan_no, node_no)
    LEFT JOIN plan_demands d ON d.plan_no = p.plan_no AND d.demand_no = -1 - p.for_no
    LEFT JOIN plan_supplies s ON s.plan_no = p.plan_no AND s.supply_no = -1 - p.from_no
    WHERE p.plan_no = :plan_no AND (:order_no = ANY(all_for_no) OR :order_no = ANY(all_from_no))
      AND (p.for_no = :order_no OR p.from_no = :order_no)
      AND p.node_no = ANY(ARRAY(
          SELECT unnest(nodes_beside || node_no) FROM plan_nodes
          WHERE plan_no = :plan_no AND first_order_no <= :order_no AND :order_no < first_order_no + orders_count))
      AND (p.node_no, p.needed_on, p.for_no, p.from_no) > (:node_no, CAST(:needed_on AS date), :for_no, :from_no)
    ORDER BY p.node_no, p.needed_on, p.for_no, p.from_no LIMIT :limit
    """
)
PAGE_DELAYS: Final = text(
    """
    SELECT demand_no, demand_id, site_id, sku, needed_on, available_on, plan_demands.quantity_micro,
           coalesce((SELECT unit FROM items WHERE items.sku = plan_nodes.sku), '') AS unit
    FROM plan_delays JOIN plan_demands USING (plan_no, demand_no) JOIN plan_nodes USING (plan_no, node_no)
    WHERE plan_no = :plan_no AND demand_no > :after ORDER BY demand_no LIMIT :limit
    """
)


_sites: Reads[tuple[str, ...]] = reader(tuple[str, ...])


@dataclass(frozen=True, slots=True)
class PlanView:
    """A version of the plan of `sites`, of one site with all that supply it by transfers, or of every site.

    `late` demands are served after their day, `missing` orders are for what nothing can supply. Equal digests are
    equal plans.
    """

    plan_id: str
    plan_no: int
    site_id: str | None
    sites: tuple[str, ...]
    keeps: str
    state: str
    asked_by: str
    asked_at: datetime
    loaded_at: datetime | None
    published_at: datetime | None
    first_at: datetime | None
    last_at: datetime | None
    demands: int
    supplies: int
    orders: int
    pegs: int
    missing: int
    late: int
    digest: str | None


@dataclass(frozen=True, slots=True)
class VersionOrderView:
    """A planned order of a version: from `source`, of which `good` are usable; a start in the past is told as it is."""

    order_no: int
    site_id: str
    sku: str
    source: str
    recipe_id: str | None
    recipe_version: int | None
    from_site_id: str | None
    starts_on: date
    due_on: date
    quantity: Quantity
    good: Quantity
    unit: str


@dataclass(frozen=True, slots=True)
class PlanPegView:
    """So much of an item is for a planned order or a demand, from a planned order, a receipt or stock."""

    site_id: str
    sku: str
    needed_on: date
    quantity: Quantity
    for_order_no: int | None
    for_demand_id: str | None
    from_order_no: int | None
    from_kind: str
    from_receipt_id: str | None
    unit: str


@dataclass(frozen=True, slots=True)
class DelayView:
    """A demand that a version serves after its day; without `available_on` it cannot serve it."""

    demand_id: str
    site_id: str
    sku: str
    quantity: Quantity
    needed_on: date
    available_on: date | None
    unit: str


def _plan(row: Any) -> PlanView:
    return PlanView(
        row.plan_id, row.plan_no, row.site_id, _sites(row.sites), row.keeps, row.state, row.asked_by, row.asked_at,
        row.loaded_at, row.published_at, row.first_at, row.last_at, row.demands_count, row.supplies_count,
        row.orders_count, row.pegs_count, row.missing_count, row.late_count, row.digest,
    )  # fmt: skip


async def page_plans(sql: AsyncConnection, *, after: str, limit: int) -> Page:
    """Versions, the newest first."""
    rows = await sql.execute(PAGE_PLANS, {"after": RowKey.number(after, usual=0), "limit": limit})
    return [(str(row.plan_no), _plan(row)) for row in rows]


async def find_plan(sql: AsyncConnection, plan_id: str) -> PlanView:
    """A version; raises `NotFound`."""
    row = (await sql.execute(FIND_PLAN, {"plan_id": plan_id})).one_or_none()
    if row is None:
        raise NotFound(f"no plan {plan_id}")
    return _plan(row)


async def page_plan_orders(
    sql: AsyncConnection, plan_id: str, *, sku: str | None, site_id: str | None, after: str, limit: int
) -> Page:
    """Planned orders of a version, by level, item and day."""
    plan = await find_plan(sql, plan_id)
    values = {
        "plan_no": plan.plan_no,
        "sku": sku,
        "site_id": site_id,
        "after": RowKey.number(after),
        "limit": limit,
    }
    return [
        (
            str(row.order_no),
            VersionOrderView(
                row.order_no, row.site_id, row.sku, row.source, row.recipe_id, row.recipe_version, row.from_site_id,
                row.starts_on, row.due_on, Quantity.of_micro(row.quantity_micro), Quantity.of_micro(row.good_micro),
                row.unit,
            ),
        )
        for row in await sql.execute(PAGE_ORDERS, values)
    ]  # fmt: skip


async def page_plan_pegs(
    sql: AsyncConnection, plan_id: str, order_no: str, *, after: str, limit: int
) -> Page:
    """What an order of a version takes, and whom it serves."""
    plan = await find_plan(sql, plan_id)
    place = RowKey.parts(after, [int, str, int, int], [-1, "2000-01-01", 0, 0])
    values = dict(zip(("node_no", "needed_on", "for_no", "from_no"), place, strict=True))
    values["needed_on"] = RowKey.day(str(values["needed_on"]))
    values |= {"plan_no": plan.plan_no, "order_no": RowKey.number(order_no), "limit": limit}
    return [
        (
            RowKey.of(row.node_no, row.needed_on.isoformat(), row.for_no, row.from_no),
            PlanPegView(
                row.site_id, row.sku, row.needed_on, Quantity.of_micro(row.quantity_micro),
                row.for_no if row.for_no >= 0 else None, row.demand_id, row.from_no if row.from_no >= 0 else None,
                row.kind or "planned", row.supply_id, row.unit,
            ),
        )
        for row in await sql.execute(PAGE_PEGS, values)
    ]  # fmt: skip


async def page_delays(sql: AsyncConnection, plan_id: str, *, after: str, limit: int) -> Page:
    """The demands that a version serves late."""
    plan = await find_plan(sql, plan_id)
    values = {"plan_no": plan.plan_no, "after": RowKey.number(after), "limit": limit}
    return [
        (
            str(row.demand_no),
            DelayView(
                row.demand_id, row.site_id, row.sku, Quantity.of_micro(row.quantity_micro), row.needed_on,
                row.available_on, row.unit,
            ),
        )
        for row in await sql.execute(PAGE_DELAYS, values)
    ]  # fmt: skip
