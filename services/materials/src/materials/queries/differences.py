"""What differs between two versions of the plan: items first, then the planned orders of those that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from contracts.production import RecipeApproved
from contracts.values import Money, Quantity
from contracts.vendors import PriceBreak
from materials.domain.capacity.room import WorkCentre
from materials.domain.price import cost_of
from materials.domain.recipe import Recipe
from materials.domain.version_difference import Difference, differences
from materials.domain.work import runs_of, unrated, work_cost
from materials.queries.keys import RowKey
from materials.queries.masters import Page
from materials.queries.plans import find_plan

DIFFERING: Final = text(
    """
    WITH was AS (SELECT * FROM plan_nodes WHERE plan_no = :was_no),
         now AS (SELECT * FROM plan_nodes WHERE plan_no = :now_no),
         priced AS (SELECT terms_id, currency, CAST(prices AS text) AS prices FROM terms)
    SELECT site_id, sku, coalesce(items.unit, '') AS unit,
           CAST("window" AS text) AS "window", was.node_no AS was_no, now.node_no AS now_no,
           was.source AS was_source, now.source AS now_source, was.recipe_id AS was_recipe_id,
           was.recipe_version AS was_recipe_version, now.recipe_id AS now_recipe_id,
           now.recipe_version AS now_recipe_version, was_priced.currency AS was_currency,
           was_priced.prices AS was_prices, now_priced.currency AS now_currency, now_priced.prices AS now_prices
    FROM was FULL JOIN now USING (site_id, sku, "window") LEFT JOIN items USING (sku)
    LEFT JOIN priced AS was_priced ON was_priced.terms_id = was.terms_id
    LEFT JOIN priced AS now_priced ON now_priced.terms_id = now.terms_id
    WHERE (coalesce(was.orders_count, 0), coalesce(was.quantity_micro, 0), coalesce(was.digest, 0))
          <> (coalesce(now.orders_count, 0), coalesce(now.quantity_micro, 0), coalesce(now.digest, 0))
      AND (site_id, sku, CAST("window" AS text)) >= (:site_id, :sku, :window)
    ORDER BY site_id, sku, CAST("window" AS text) LIMIT :limit
    """
)
RECIPES: Final = text(
    """
    SELECT CAST(approved AS text) AS approved FROM recipes
    JOIN unnest(CAST(:recipe_ids AS text[]), CAST(:versions AS int[])) AS named(recipe_id, recipe_version)
    USING (recipe_id, recipe_version)
    """
)
CENTRES: Final = text(
    f"SELECT {', '.join(WorkCentre._fields)} FROM work_centres WHERE work_centre_id = ANY(:centres)"  # noqa: S608
)
ORDERS_OF: Final = text(
    """
    SELECT plan_no, node_no, due_on, quantity_micro FROM plan_orders
    WHERE plan_no = :plan_no AND node_no = ANY(:node_nos) ORDER BY order_no
    """
)


_prices: Reads[tuple[PriceBreak, ...]] = reader(tuple[PriceBreak, ...])
_approved: Reads[RecipeApproved] = reader(RecipeApproved)


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """A planned order that is new, gone, moved, more or less in the second of two versions.

    A bought one costs its price by the terms that its version plans by, a made one its work by the rates of today; what
    that takes is bought or made for itself. Null where it is not known, and `unpriced` then; a transfer costs nothing.
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
    unit: str


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
    works = await _works(sql, nodes)
    found: Page = []
    for row in nodes:
        first = seen if [row.site_id, row.sku, row.window] == place else 0
        told = differences(before.get(row.was_no, ()), after_.get(row.now_no, ()))
        for number, each in enumerate(told[first:], start=first + 1):
            found.append((RowKey.of(row.site_id, row.sku, row.window, number), _difference(row, each, works)))
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


@dataclass(frozen=True, slots=True)
class _Works:
    """The recipes that versions plan by, and what their work costs."""

    recipes: Mapping[tuple[str, int], Recipe]
    centres: Mapping[str, WorkCentre]

    def cost(self, version: tuple[str, int], sku: str, micro: int) -> tuple[Money | None, bool]:
        """What the work of an order costs, and whether it is not known."""
        recipe = self.recipes.get(version)
        runs = 0 if recipe is None else runs_of(recipe, sku, micro)
        cost = None if recipe is None else work_cost(recipe, runs, self.centres)
        return cost, unrated(recipe, runs, self.centres)


async def _works(sql: AsyncConnection, nodes: Sequence[Any]) -> _Works:
    named = {(row.was_recipe_id, row.was_recipe_version) for row in nodes}
    named |= {(row.now_recipe_id, row.now_recipe_version) for row in nodes}
    versions = sorted(each for each in named if each[0] is not None)
    wanted = {"recipe_ids": [name for name, _ in versions], "versions": [number for _, number in versions]}
    recipes = [Recipe.of(_approved(row.approved)) for row in await sql.execute(RECIPES, wanted)]
    centres = {"centres": sorted({step.work_centre_id for each in recipes for step in each.steps})}
    known = [WorkCentre(*row) for row in await sql.execute(CENTRES, centres)]
    return _Works(
        {(each.recipe_id, each.version): each for each in recipes},
        {each.work_centre_id: each for each in known},
    )


def _difference(row: Any, each: Difference, works: _Works) -> DifferenceView:
    was, now = Quantity.of_micro(each.was_micro), Quantity.of_micro(each.micro)
    was_cost, was_unknown = _cost(row, "was", each.was_micro, works)
    cost, unknown = _cost(row, "now", each.micro, works)
    source = row.now_source or row.was_source
    unpriced = was_unknown or unknown
    return DifferenceView(
        each.kind, row.site_id, row.sku, each.was_due_on, each.due_on, was, now, source, was_cost, cost, unpriced,
        row.unit,
    )  # fmt: skip


def _cost(row: Any, which: str, micro: int, works: _Works) -> tuple[Money | None, bool]:
    """What an order of one of the versions costs, and whether it is not known."""
    source = getattr(row, f"{which}_source")
    if not micro or source not in {"buy", "make"}:
        return None, False
    if source == "make":
        version = (getattr(row, f"{which}_recipe_id"), getattr(row, f"{which}_recipe_version"))
        return works.cost(version, row.sku, micro)
    currency, prices = getattr(row, f"{which}_currency"), getattr(row, f"{which}_prices")
    cost = None if currency is None or prices is None else cost_of(currency, _prices(prices), micro)
    return cost, cost is None
