"""Standard costs, and what runs have cost beside them, as callers see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.values import CostVector, PropertyValue, Quantity
from production.domain.breakdown import STEPS_COUNT_MAX, StepStandard, broken_down
from production.domain.plant import WorkCentre
from production.domain.recipe import Recipe
from production.domain.routing import centres_of
from production.domain.standard import (
    Intensity,
    Node,
    StandardCost,
    StandardPrice,
    Standards,
    intensity,
    step_nodes,
)
from production.domain.variance import RunCost, reckoned
from production.queries.ends import End, page_from_either_end
from production.queries.masters import Page, RecipeView, find_centres, find_recipe, find_recipes
from production.queries.runs import find_run

MISSING_COUNT_MAX: Final = 100

PAGE_PRICES: Final = text(
    """
    SELECT sku, price_micro FROM standard_prices WHERE site_id = :site_id AND sku > :after ORDER BY sku LIMIT :limit
    """
)
_ROLL_UPS: Final = """
    SELECT roll_up_id, site_id, currency, reckoned_at, reckoned_by, items, missing FROM roll_ups
"""
PAGE_ROLL_UPS: Final = page_from_either_end(
    _ROLL_UPS, "roll_up_id", "(CAST(:site_id AS text) IS NULL OR site_id = :site_id)"
)
FIND_ROLL_UP: Final = text(_ROLL_UPS + "WHERE roll_up_id = :roll_up_id")
# The standards that were there when a run began; a run that began before there were any has the first.
FIND_STANDARDS: Final = text(
    """
    SELECT roll_up_id, currency, CAST(rates AS text) AS rates FROM roll_ups WHERE site_id = :site_id
    ORDER BY reckoned_at > :at, CASE WHEN reckoned_at > :at THEN reckoned_at END, reckoned_at DESC, roll_up_id DESC
    LIMIT 1
    """
)
FIND_RATES: Final = text("SELECT CAST(rates AS text) AS rates FROM roll_ups WHERE roll_up_id = :roll_up_id")
_COSTS: Final = """
    SELECT sku, state, CAST(cost AS text) AS cost, CAST(added AS text) AS added, level, recipe_id, recipe_version
    FROM standard_costs WHERE roll_up_id = :roll_up_id
"""
FIND_COSTS: Final = text(_COSTS + "AND sku = ANY(:skus)")
PAGE_COSTS: Final = text(
    _COSTS
    + """
      AND sku || state > :after AND (CAST(:sku AS text) IS NULL OR sku = :sku) ORDER BY sku || state LIMIT :limit
    """
)

Costs = dict[Node, StandardCost]
Version = tuple[str, int]

_vector: Reads[CostVector] = reader(CostVector)
_state: Reads[tuple[PropertyValue, ...]] = reader(tuple[PropertyValue, ...])
_rates: Reads[tuple[WorkCentre, ...]] = reader(tuple[WorkCentre, ...])


@dataclass(frozen=True, slots=True)
class RollUpView:
    """A roll-up: how many items have a standard cost, and the first of those that have neither price nor recipe."""

    roll_up_id: str
    site_id: str
    currency: str
    reckoned_at: datetime
    reckoned_by: str
    items: int
    missing_count: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StandardCostView:
    """What a base unit of an item should cost in all, and what its last step adds: millionths of a minor unit."""

    sku: str
    properties: tuple[PropertyValue, ...]
    cost: CostVector
    added: CostVector
    intensity: Intensity
    level: int
    recipe_id: str | None
    recipe_version: int | None


async def page_standard_prices(sql: AsyncConnection, *, site_id: str, after: str, limit: int) -> Page:
    """What bought items should cost at a site, each with its key."""
    rows = await sql.execute(PAGE_PRICES, {"site_id": site_id, "after": after, "limit": limit})
    return [(row.sku, StandardPrice(row.sku, Quantity.of_micro(row.price_micro))) for row in rows]


async def page_roll_ups(
    sql: AsyncConnection, *, site_id: str | None, end: End, after: str, limit: int
) -> Page:
    """Roll-ups from one end of time, each with its key."""
    rows = await sql.execute(PAGE_ROLL_UPS[end], {"site_id": site_id, "after": after, "limit": limit})
    return [(row.roll_up_id, _roll_up(row)) for row in rows]


async def find_roll_up(sql: AsyncConnection, roll_up_id: str) -> RollUpView:
    """A roll-up; raises `NotFound`."""
    row = (await sql.execute(FIND_ROLL_UP, {"roll_up_id": roll_up_id})).one_or_none()
    if row is None:
        raise NotFound(f"no roll-up {roll_up_id}")
    return _roll_up(row)


def _roll_up(row: Any) -> RollUpView:
    return RollUpView(
        row.roll_up_id, row.site_id, row.currency, row.reckoned_at, row.reckoned_by, row.items, len(row.missing),
        tuple(row.missing[:MISSING_COUNT_MAX]),
    )  # fmt: skip


async def page_standard_costs(
    sql: AsyncConnection, roll_up_id: str, *, sku: str | None, after: str, limit: int
) -> Page:
    """The standard costs of a roll-up by item, each with its key; raises `NotFound`."""
    await find_roll_up(sql, roll_up_id)
    values = {"roll_up_id": roll_up_id, "sku": sku, "after": after, "limit": limit}
    rows = await sql.execute(PAGE_COSTS, values)
    return [(row.sku + row.state, _shown(_cost(row))) for row in rows]


def _shown(cost: StandardCost) -> StandardCostView:
    return StandardCostView(
        cost.sku, cost.properties, cost.cost, cost.added, intensity(cost.added), cost.level, cost.recipe_id,
        cost.recipe_version,
    )  # fmt: skip


def _cost(row: Any) -> StandardCost:
    return StandardCost(
        row.sku, _state(row.state), _vector(row.cost), _vector(row.added), row.level, row.recipe_id, row.recipe_version
    )  # fmt: skip


async def find_run_cost(sql: AsyncConnection, run_id: str) -> RunCost:
    """What a run has cost so far, beside the standards that were there when it began; raises `NotFound`."""
    run = await find_run(sql, run_id)
    content = (await find_recipe(sql, run.recipe_id, run.recipe_version)).content
    began = run.floor.started_at or run.starts_at
    centres = await find_centres(sql, centres_of(content.operations), began)
    skus = {*(part.sku for part in run.inputs), *(part.sku for part in run.floor.consumed)}
    standards = await _standards(sql, run.site_id, began, skus)
    return reckoned(run, content, centres, standards)


async def _standards(
    sql: AsyncConnection, site_id: str, at: datetime, skus: Iterable[str]
) -> Standards | None:
    row = (await sql.execute(FIND_STANDARDS, {"site_id": site_id, "at": at})).one_or_none()
    if row is None:
        return None
    values = {"roll_up_id": row.roll_up_id, "skus": sorted(skus)}
    costs = [_cost(each) for each in await sql.execute(FIND_COSTS, values)]
    return Standards(
        row.currency,
        {(cost.sku, cost.properties): cost for cost in costs},
        {centre.work_centre_id: centre for centre in _rates(row.rates)},
    )


async def list_cost_steps(
    sql: AsyncConnection, roll_up_id: str, sku: str
) -> tuple[tuple[StepStandard, ...], bool]:
    """The steps in which an item is made, its own in front, each recipe once; and whether there are more than 200.

    Raises `NotFound` for a roll-up or an item that is not there; none for an item that is bought.
    """
    await find_roll_up(sql, roll_up_id)
    found = (await sql.execute(FIND_RATES, {"roll_up_id": roll_up_id})).one()
    rates = {centre.work_centre_id: centre for centre in _rates(found.rates)}
    costs = await _costs(sql, roll_up_id, [sku])
    if not costs:
        raise NotFound(f"{sku} has no standard cost in this roll-up")
    steps: list[StepStandard] = []
    seen: set[Version] = set()
    ahead = _makers(costs.values())
    while ahead and len(steps) < STEPS_COUNT_MAX:
        seen |= ahead.keys()
        recipes = [_version(view) for view in await find_recipes(sql, ahead)]
        skus = {part.sku for recipe in recipes for part in recipe.content.inputs}
        costs |= await _costs(sql, roll_up_id, skus)
        following: dict[Version, int] = {}
        for recipe in recipes:
            needs = [costs[node] for node in step_nodes(recipe.content, costs)]
            level = ahead[recipe.recipe_id, recipe.recipe_version]
            steps.append(broken_down(recipe, needs, rates, level))
            following |= _makers(needs)
        ahead = {version: level for version, level in following.items() if version not in seen}
    steps.sort(key=lambda step: (-step.level, step.recipe_id))
    return tuple(steps[:STEPS_COUNT_MAX]), bool(ahead) or len(steps) > STEPS_COUNT_MAX


def _makers(costs: Iterable[StandardCost]) -> dict[Version, int]:
    """The versions that items are made by, with the level of each."""
    return {
        (cost.recipe_id, cost.recipe_version): cost.level
        for cost in costs
        if cost.recipe_id is not None and cost.recipe_version is not None
    }


async def _costs(sql: AsyncConnection, roll_up_id: str, skus: Iterable[str]) -> Costs:
    rows = await sql.execute(FIND_COSTS, {"roll_up_id": roll_up_id, "skus": sorted(skus)})
    return {(cost.sku, cost.properties): cost for cost in map(_cost, rows)}


def _version(view: RecipeView) -> Recipe:
    return Recipe(view.recipe_id, view.recipe_version, view.content, view.state, view.author, view.approver)
