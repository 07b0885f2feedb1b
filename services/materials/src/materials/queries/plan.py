"""Planned orders, demands, pegs, promises and action messages as callers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.errors import NotFound
from contracts.values import Quantity
from materials.queries.masters import Page
from materials.tables.plan import COMES_AT

_PLANNED: Final = """
    SELECT planned_order_id, site_id, sku, source, quantity_micro, state, starts_at, due_at, expected_at, release_at,
           held, automatic, staged, recipe_id, recipe_version, run_id, purchase_order_id, from_site_id, rework_lot_id,
           cause, firm_at, coalesce((SELECT unit FROM items WHERE items.sku = planned_orders.sku), '') AS unit
    FROM planned_orders
"""
FIND_PLANNED: Final = text(_PLANNED + "WHERE planned_order_id = :planned_order_id")
PAGE_PLANNED: Final = text(
    _PLANNED
    + """
    WHERE planned_order_id > :after AND (CAST(:state AS text) IS NULL OR state = :state)
      AND (CAST(:sku AS text) IS NULL OR sku = :sku) AND (CAST(:site_id AS text) IS NULL OR site_id = :site_id)
    ORDER BY planned_order_id LIMIT :limit
    """
)
_DEMANDS: Final = """
    SELECT demand_id, kind, site_id, sku, quantity_micro, done_micro, covered_micro, needed_at, available_at,
           promised_at, order_id, line_id, planned_order_id, purchase_line_id, late, suspended,
           coalesce((SELECT unit FROM items WHERE items.sku = demands.sku), '') AS unit
    FROM demands
"""
INPUTS_OF: Final = text(_DEMANDS + "WHERE planned_order_id = :planned_order_id ORDER BY demand_id")
PAGE_DEMANDS: Final = text(
    _DEMANDS
    + """
    WHERE demand_id > :after AND (CAST(:sku AS text) IS NULL OR sku = :sku)
      AND (CAST(:site_id AS text) IS NULL OR site_id = :site_id)
      AND (CAST(:order_id AS text) IS NULL OR order_id = :order_id)
      AND (NOT :late OR late OR (NOT suspended AND quantity_micro - done_micro > covered_micro))
    ORDER BY demand_id LIMIT :limit
    """
)
# Up from a planned order over whom it serves, to the roots: why it is there.
WHY: Final = text(
    """
    WITH RECURSIVE served(demand_id, level) AS (
        SELECT demand_id, 1 FROM pegs WHERE planned_order_id = :planned_order_id
        UNION
        SELECT pegs.demand_id, served.level + 1 FROM served JOIN demands USING (demand_id)
        JOIN pegs ON pegs.planned_order_id = demands.planned_order_id WHERE served.level < 50
    )
    SELECT DISTINCT ON (demand_id) demand_id, level, kind, site_id, sku, quantity_micro, needed_at, order_id, line_id,
           planned_order_id, coalesce((SELECT unit FROM items WHERE items.sku = demands.sku), '') AS unit
    FROM served JOIN demands USING (demand_id) ORDER BY demand_id, level LIMIT 500
    """
)
# Down from an order's lines, or from what a planned order takes, over their pegs to what is bought or lies on hand.
_PEGS: Final = """
    WITH RECURSIVE tree(demand_id, supply_id, planned_order_id, quantity_micro, level, path) AS (
        SELECT pegs.demand_id, supply_id, pegs.planned_order_id, pegs.quantity_micro, 1,
               ARRAY[pegs.demand_id, supply_id]
        FROM pegs JOIN demands USING (demand_id) WHERE demands.{root} = :root
        UNION ALL
        SELECT pegs.demand_id, pegs.supply_id, pegs.planned_order_id, pegs.quantity_micro, tree.level + 1,
               tree.path || pegs.demand_id || pegs.supply_id
        FROM tree JOIN demands ON demands.planned_order_id = tree.planned_order_id
        JOIN pegs ON pegs.demand_id = demands.demand_id
        WHERE tree.level < 50 AND NOT pegs.supply_id = ANY(tree.path)
    )
    SELECT tree.level, tree.path, tree.demand_id, demands.sku, demands.site_id, demands.line_id, demands.needed_at,
           tree.supply_id,
           tree.quantity_micro, tree.planned_order_id, planned_orders.source, planned_orders.state,
           {comes_at} AS expected_at, planned_orders.run_id, planned_orders.purchase_order_id,
           coalesce((SELECT unit FROM items WHERE items.sku = demands.sku), '') AS unit
    FROM tree JOIN demands USING (demand_id) LEFT JOIN planned_orders ON planned_orders.planned_order_id =
         tree.planned_order_id LEFT JOIN receipts ON receipts.receipt_id = tree.supply_id
    ORDER BY tree.path LIMIT :limit
"""
PEGS_OF_ORDER: Final = text(_PEGS.format(root="order_id", comes_at=COMES_AT))
PEGS_BELOW: Final = text(_PEGS.format(root="planned_order_id", comes_at=COMES_AT))
PEGS_COUNT_MAX: Final = 5_000


@dataclass(frozen=True, slots=True)
class PlannedOrderView:
    """A supply that is planned or on its way; `expected_at` is absent while nobody knows, `cause` says why.

    From `firm_at` on only a person changes it.
    """

    planned_order_id: str
    site_id: str
    sku: str
    source: str
    quantity: Quantity
    state: str
    starts_at: datetime
    due_at: datetime
    expected_at: datetime | None
    release_at: datetime
    held: bool
    automatic: bool
    staged: bool
    recipe_id: str | None
    recipe_version: int | None
    run_id: str | None
    purchase_order_id: str | None
    from_site_id: str | None
    rework_lot_id: str | None
    cause: str | None
    firm_at: datetime | None
    unit: str


@dataclass(frozen=True, slots=True)
class DemandView:
    """A need for an item at a site, how much of it is served and covered, and by when it can be.

    One that is `suspended` waits for its client: it wants nothing until the client, or a person, has spoken.
    """

    demand_id: str
    kind: str
    site_id: str
    sku: str
    quantity: Quantity
    done: Quantity
    covered: Quantity
    needed_at: datetime
    available_at: datetime | None
    promised_at: datetime | None
    order_id: str | None
    line_id: str | None
    planned_order_id: str | None
    purchase_line_id: str | None
    late: bool
    suspended: bool
    unit: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A requirement that a planned order serves, over so many levels."""

    level: int
    demand_id: str
    kind: str
    site_id: str
    sku: str
    quantity: Quantity
    needed_at: datetime
    order_id: str | None
    line_id: str | None
    planned_order_id: str | None
    unit: str


@dataclass(frozen=True, slots=True)
class PlannedOrderDetail:
    """A planned order, what it takes, and the chain of requirements up to the orders that it serves."""

    order: PlannedOrderView
    inputs: tuple[DemandView, ...]
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PegView:
    """A branch of the tree of supplies: so much of a requirement is covered by a lot or by a planned order."""

    level: int
    demand_id: str
    line_id: str | None
    sku: str
    site_id: str
    supply_id: str
    quantity: Quantity
    source: str
    state: str
    planned_order_id: str | None
    run_id: str | None
    purchase_order_id: str | None
    expected_at: datetime | None
    needed_at: datetime
    unit: str


def _planned(row: Any) -> PlannedOrderView:
    return PlannedOrderView(
        row.planned_order_id, row.site_id, row.sku, row.source, Quantity.of_micro(row.quantity_micro), row.state,
        row.starts_at, row.due_at, row.expected_at, row.release_at, row.held, row.automatic, row.staged,
        row.recipe_id, row.recipe_version, row.run_id, row.purchase_order_id, row.from_site_id, row.rework_lot_id,
        row.cause, row.firm_at, row.unit,
    )  # fmt: skip


def _demand(row: Any) -> DemandView:
    return DemandView(
        row.demand_id, row.kind, row.site_id, row.sku, Quantity.of_micro(row.quantity_micro),
        Quantity.of_micro(row.done_micro), Quantity.of_micro(row.covered_micro), row.needed_at, row.available_at,
        row.promised_at, row.order_id, row.line_id, row.planned_order_id, row.purchase_line_id, row.late,
        row.suspended, row.unit,
    )  # fmt: skip


async def page_planned_orders(
    sql: AsyncConnection, *, state: str | None, sku: str | None, site_id: str | None, after: str, limit: int
) -> Page:
    """Planned orders, the oldest first, each with its key."""
    values = {"state": state, "sku": sku, "site_id": site_id, "after": after, "limit": limit}
    return [(row.planned_order_id, _planned(row)) for row in await sql.execute(PAGE_PLANNED, values)]


async def find_planned_order(sql: AsyncConnection, planned_order_id: str) -> PlannedOrderDetail:
    """A planned order with its inputs and reasons; raises `NotFound`."""
    wanted = {"planned_order_id": planned_order_id}
    row = (await sql.execute(FIND_PLANNED, wanted)).one_or_none()
    if row is None:
        raise NotFound(f"no planned order {planned_order_id}")
    inputs = tuple(_demand(each) for each in await sql.execute(INPUTS_OF, wanted))
    why = sorted(await sql.execute(WHY, wanted), key=lambda each: (each.level, each.demand_id))
    reasons = tuple(
        Reason(
            each.level, each.demand_id, each.kind, each.site_id, each.sku, Quantity.of_micro(each.quantity_micro),
            each.needed_at, each.order_id, each.line_id, each.planned_order_id, each.unit,
        )
        for each in why
    )  # fmt: skip
    return PlannedOrderDetail(_planned(row), inputs, reasons)


async def page_demands(
    sql: AsyncConnection,
    *,
    sku: str | None,
    site_id: str | None,
    order_id: str | None,
    late: bool,
    after: str,
    limit: int,
) -> Page:
    """Demands by key; `late` leaves only those that are late or not covered."""
    values = {
        "sku": sku,
        "site_id": site_id,
        "order_id": order_id,
        "late": late,
        "after": after,
        "limit": limit,
    }
    return [(row.demand_id, _demand(row)) for row in await sql.execute(PAGE_DEMANDS, values)]


async def list_pegs(sql: AsyncConnection, order_id: str) -> Page:
    """The tree of supplies under an order, a branch after the other, each with its path."""
    return await _pegs(sql, PEGS_OF_ORDER, order_id)


async def list_pegs_below(sql: AsyncConnection, planned_order_id: str) -> Page:
    """The tree of supplies under what a planned order takes, as of an order."""
    return await _pegs(sql, PEGS_BELOW, planned_order_id)


async def _pegs(sql: AsyncConnection, statement: TextClause, root: str) -> Page:
    rows = await sql.execute(statement, {"root": root, "limit": PEGS_COUNT_MAX})
    return [
        (
            "/".join(row.path),
            PegView(
                row.level, row.demand_id, row.line_id, row.sku, row.site_id, row.supply_id,
                Quantity.of_micro(row.quantity_micro), row.source or "on-hand", row.state or "on-hand",
                row.planned_order_id, row.run_id, row.purchase_order_id, row.expected_at, row.needed_at, row.unit,
            ),
        )
        for row in rows
    ]  # fmt: skip
