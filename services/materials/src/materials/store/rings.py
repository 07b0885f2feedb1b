"""What sites of ours buy of each other, followed back from a purchase to whom it is bought for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import text

from backbone.service import Tx
from contracts.vendors import PurchaseOrderIssued
from materials.store.sheets import PLANNED_ORDERS

# Up: whom an order serves, the order that takes what it brings, and of an internal demand the purchase of its buyer.
BOUGHT_FOR: Final = text(
    """
    WITH RECURSIVE above(planned_order_id) AS (
        SELECT CAST(:planned_order_id AS text)
        UNION
        SELECT coalesce(demands.planned_order_id, internal_supplies.planned_order_id)
        FROM above JOIN pegs ON pegs.planned_order_id = above.planned_order_id
        JOIN demands USING (demand_id) LEFT JOIN internal_supplies USING (purchase_line_id)
        WHERE coalesce(demands.planned_order_id, internal_supplies.planned_order_id) IS NOT NULL
    )
    SELECT planned_order_id FROM above
    """
)
NAMED: Final = PLANNED_ORDERS.reading("planned_order_id = ANY(:orders) AND source = 'buy'")


async def load_rings(tx: Tx, facts: Iterable[PurchaseOrderIssued]) -> set[str]:
    """The purchase lines by which a site of ours would supply what it buys itself for the same need."""
    rings = set()
    for fact in facts:
        for line in fact.lines if fact.supplying_site_id is not None else ():
            rows = await tx.sql.execute(BOUGHT_FOR, {"planned_order_id": line.planned_order_id})
            above = [row.planned_order_id for row in rows]
            bought = await PLANNED_ORDERS.load(tx, NAMED, {"orders": above})
            asked = (fact.supplying_site_id, line.sku, line.window)
            if any((each.site_id, each.sku, each.window) == asked for each in bought):
                rings.add(line.purchase_line_id)
    return rings
