"""What an item is made of, and where it is used, through all levels of the recipes in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Final, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from production.domain.bill import RECIPES_LOOKED_AT_MAX, BillLine, TooManyRecipes, exploded, used
from production.domain.recipe import Content, Recipe
from production.queries.masters import Page

Side = Literal["inputs", "outputs"]
Tree = Callable[[str, list[Recipe], str], Iterator[BillLine]]

# The newest version in force of each recipe, where it names one of these items on a side.
_NAMING: Final = """
    SELECT recipe_id, recipe_version, CAST(content AS text) AS content, state, author, approver
    FROM (SELECT DISTINCT ON (recipe_id) * FROM recipe_versions
          WHERE state = 'approved' AND (CAST(:site_id AS text) IS NULL OR content ->> 'site_id' = :site_id)
            AND CAST(content ->> 'effective_from' AS timestamptz) <= :at
            AND coalesce(CAST(content ->> 'effective_to' AS timestamptz) > :at, true)
          ORDER BY recipe_id, recipe_version DESC) AS held
    WHERE EXISTS (SELECT FROM jsonb_array_elements(%s) AS part WHERE part ->> 'sku' = ANY(:skus)) LIMIT :limit
"""
# Work that a vendor does is taken as an input is.
_TAKEN: Final = (
    "content -> 'inputs' || jsonb_path_query_array(content, '$.operations[*].outside ? (@.sku != null)')"
)
NAMING: Final = {"inputs": text(_NAMING % _TAKEN), "outputs": text(_NAMING % "content -> 'outputs'")}

_content: Reads[Content] = reader(Content)


async def page_bill(
    sql: AsyncConnection, sku: str, *, site_id: str | None, at: datetime, after: str, limit: int
) -> Page:
    """What an item is made of, level by level, each with its key; raises `TooManyRecipes`."""
    recipes = await _closed(sql, sku, "outputs", site_id, at)
    return _page(exploded(sku, recipes, after), limit)


async def page_uses(
    sql: AsyncConnection, sku: str, *, site_id: str | None, at: datetime, after: str, limit: int
) -> Page:
    """Where an item is used, level by level, each with its key; raises `TooManyRecipes`."""
    recipes = await _closed(sql, sku, "inputs", site_id, at)
    return _page(used(sku, recipes, after), limit)


def _page(lines: Iterator[BillLine], limit: int) -> Page:
    return [(line.place, line) for line in islice(lines, limit)]


async def _closed(
    sql: AsyncConnection, sku: str, side: Side, site_id: str | None, at: datetime
) -> list[Recipe]:
    """The recipes that lead to an item on a side, level after level, each once, in the order of their ids."""
    found: dict[str, Recipe] = {}
    seen: set[str] = set()
    ahead = {sku}
    while ahead:
        seen |= ahead
        values = {"skus": sorted(ahead), "site_id": site_id, "at": at, "limit": RECIPES_LOOKED_AT_MAX + 1}
        rows = (await sql.execute(NAMING[side], values)).all()
        new = [
            Recipe(
                row.recipe_id, row.recipe_version, _content(row.content), row.state, row.author, row.approver
            )
            for row in rows
            if row.recipe_id not in found
        ]
        found |= {recipe.recipe_id: recipe for recipe in new}
        if len(found) > RECIPES_LOOKED_AT_MAX:
            raise TooManyRecipes(f"more than {RECIPES_LOOKED_AT_MAX} recipes lead to {sku}")
        ahead = set(_beyond(new, side)) - seen
    return [found[recipe_id] for recipe_id in sorted(found)]


def _beyond(recipes: Iterable[Recipe], side: Side) -> Iterator[str]:
    for recipe in recipes:
        content = recipe.content
        if side == "inputs":
            yield from (part.sku for part in content.outputs)
        else:
            yield from (part.sku for part in content.inputs)
