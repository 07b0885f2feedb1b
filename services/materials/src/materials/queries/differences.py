"""What differs between two versions of the plan: items first, then the planned orders of those that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from contracts.values import Money, Quantity
from contracts.vendors import PriceBreak
from materials.domain.price import cost_of
from materials.domain.version_difference import Difference, differences
from materials.queries.keys import RowKey
from materials.queries.masters import Page
from materials.queries.plans import find_plan

DIFFERING: Final = text(
    """
    WITH was AS (SELECT * FROM plan_nodes WHERE plan_no = :was_no),
         now AS (SELECT * FROM plan_nodes WHERE plan_no = :now_no),
         priced AS (SELECT terms_id, currency, CAST(prices AS text) AS prices FROM terms)
    SELECT site_id, sku, CAST("window" AS text) AS "window", was.node_no AS was_no, now.node_no AS now_no,
           was.source AS was_source, now.source AS now_source, was_priced.currency AS was_currency,
           was_priced.prices AS was_prices, now_priced.currency AS now_currency, now_priced.prices AS now_prices
    FROM was FULL JOIN now USING (site_id, sku, "window")
    LEFT JOIN priced AS was_priced ON was_priced.terms_id = was.terms_id
    LEFT JOIN priced AS now_priced ON now_priced.terms_id = now.terms_id
    WHERE (coalesce(was.orders_count, 0), coalesce(was.quantity_micro, 0), coalesce(was.digest, 0))
          <> (coalesce(now.orders_count, 0), coalesce(now.quantity_micro, 0), coalesce(now.digest, 0))
      AND (site_id, sku, CAST("window" AS text)) >= (:site_id, :sku, :window)
    ORDER BY site_id, sku, CAST("window" AS text) LIMIT :limit
    """
)
ORDERS_OF: Final = text(
    """
    SELECT plan_no, node_no, due_on, quantity_micro FROM plan_orders
    WHERE plan_no = :plan_no AND node_no = ANY(:node_nos) ORDER BY order_no
    """
)


_prices: Reads[tuple[PriceBreak, ...]] = reader(tuple[PriceBreak, ...])


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """A planned order that is new, gone, moved, more or less in the second of two versions.

    What a bought one costs by the terms that its version plans by is null where no price is known, and `unpriced` then;
    what others cost is in what they take.
    """

    kind: str
    site_id: str
    sku: str
    was_due_on: date | None
    due_on: date | None
    was_quantity: Quantity
    quantity: Quantity
    source: str
    was_cost: Money | None
    cost: Money | None
    unpriced: bool


async def page_differences(sql: AsyncConnection, was_id: str, now_id: str, *, after: str, limit: int) -> Page:
    """What differs from one version to another, by site, item and day."""
    was, now = await find_plan(sql, was_id), await find_plan(sql, now_id)
    *place, seen = RowKey.parts(after, [str, str, str, int], ["", "", "", 0])
    wanted = dict(zip(("site_id", "sku", "window"), place, strict=True))
    nodes = list(
        await sql.execute(DIFFERING, {**wanted, "was_no": was.plan_no, "now_no": now.plan_no, "limit": limit})
    )
    before = await _orders(sql, was.plan_no, [row.was_no for row in nodes])
    after_ = await _orders(sql, now.plan_no, [row.now_no for row in nodes])
    found: Page = []
    for row in nodes:
        first = seen if [row.site_id, row.sku, row.window] == place else 0
        told = differences(before.get(row.was_no, ()), after_.get(row.now_no, ()))
        for number, each in enumerate(told[first:], start=first + 1):
            found.append((RowKey.of(row.site_id, row.sku, row.window, number), _difference(row, each)))
            if len(found) == limit:
                return found
    return found


async def _orders(
    sql: AsyncConnection, plan_no: int, node_nos: Sequence[int | None]
) -> Mapping[int, list[tuple[date, int]]]:
    wanted = {"plan_no": plan_no, "node_nos": [number for number in node_nos if number is not None]}
    found: dict[int, list[tuple[date, int]]] = {}
    for row in await sql.execute(ORDERS_OF, wanted):
        found.setdefault(row.node_no, []).append((row.due_on, row.quantity_micro))
    return found


def _difference(row: Any, each: Difference) -> DifferenceView:
    was, now = Quantity.of_micro(each.was_micro), Quantity.of_micro(each.micro)
    was_cost = _cost(row.was_source, row.was_currency, row.was_prices, each.was_micro)
    cost = _cost(row.now_source, row.now_currency, row.now_prices, each.micro)
    source = row.now_source or row.was_source
    known = (each.was_micro, was_cost), (each.micro, cost)
    unpriced = source == "buy" and any(micro and amount is None for micro, amount in known)
    return DifferenceView(
        each.kind, row.site_id, row.sku, each.was_due_on, each.due_on, was, now, source, was_cost, cost, unpriced
    )  # fmt: skip


def _cost(source: str | None, currency: str | None, prices: str | None, micro: int) -> Money | None:
    if source != "buy" or currency is None or prices is None or not micro:
        return None
    return cost_of(currency, _prices(prices), micro)
