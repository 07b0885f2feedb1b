"""A standard cost step by step: from an item through the recipes of all levels down to what is bought."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.errors import NotFound
from production.domain.breakdown import STEPS_COUNT_MAX, StepStandard, broken_down
from production.domain.recipe import Recipe
from production.domain.standard import Node, StandardCost, step_nodes
from production.queries.costs import FIND_COSTS, cost_of, find_roll_up, rates_of
from production.queries.masters import recipe_of

FIND_RATES: Final = text("SELECT CAST(rates AS text) AS rates FROM roll_ups WHERE roll_up_id = :roll_up_id")
FIND_VERSIONS: Final = text(
    """
    SELECT recipe_id, recipe_version, CAST(content AS text) AS content, state, author, approver, version
    FROM recipe_versions JOIN recipes USING (recipe_id)
    JOIN unnest(CAST(:recipe_ids AS text[]), CAST(:recipe_versions AS int[])) AS named(recipe_id, recipe_version)
         USING (recipe_id, recipe_version)
    """
)

Costs = dict[Node, StandardCost]
Version = tuple[str, int]


async def list_cost_steps(
    sql: AsyncConnection, roll_up_id: str, sku: str
) -> tuple[tuple[StepStandard, ...], bool]:
    """The steps in which an item is made, its own in front, each recipe once; and whether there are more than 200.

    Raises `NotFound` for a roll-up or an item that is not there; none for an item that is bought.
    """
    await find_roll_up(sql, roll_up_id)
    rates = rates_of((await sql.execute(FIND_RATES, {"roll_up_id": roll_up_id})).one().rates)
    costs = await _costs(sql, roll_up_id, [sku])
    if not costs:
        raise NotFound(f"{sku} has no standard cost in this roll-up")
    steps: list[StepStandard] = []
    seen: set[Version] = set()
    ahead = _makers(costs.values())
    while ahead and len(steps) < STEPS_COUNT_MAX:
        seen |= ahead.keys()
        recipes = await _versions(sql, ahead)
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
    return {(cost.sku, cost.properties): cost for cost in map(cost_of, rows)}


async def _versions(sql: AsyncConnection, versions: Iterable[Version]) -> list[Recipe]:
    named = sorted(versions)
    values = {"recipe_ids": [key for key, _ in named], "recipe_versions": [number for _, number in named]}
    rows = await sql.execute(FIND_VERSIONS, values)
    return [
        Recipe(view.recipe_id, view.recipe_version, view.content, view.state, view.author, view.approver)
        for view in map(recipe_of, rows)
    ]
