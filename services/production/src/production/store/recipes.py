"""Recipes and their versions in their rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import Reads, document, reader
from backbone.errors import NotFound
from backbone.service import Tx
from contracts.topics import RECIPE
from production.domain.recipe import Content, Recipe

Key = tuple[str, int]

MAKE_RECIPE: Final = text(
    """
    INSERT INTO recipes (recipe_id, latest, version, told) VALUES (:recipe_id, 1, 0, 0) ON CONFLICT DO NOTHING
    """
)
LOCK_RECIPE: Final = text("SELECT told FROM recipes WHERE recipe_id = :recipe_id FOR UPDATE")
COUNT_VERSIONS: Final = text(
    "SELECT coalesce(max(recipe_version), 0) AS latest FROM recipe_versions WHERE recipe_id = :recipe_id"
)
ADD_VERSION: Final = text(
    """
    INSERT INTO recipe_versions (recipe_id, recipe_version, content, state, author)
    VALUES (:recipe_id, :recipe_version, CAST(:content AS jsonb), :state, :author)
    """
)
VERSIONS: Final = """
    SELECT recipe_id, recipe_version, CAST(content AS text) AS content, state, author, approver, version
    FROM recipe_versions JOIN recipes USING (recipe_id)
"""
LOAD_VERSION: Final = text(VERSIONS + "WHERE recipe_id = :recipe_id AND recipe_version = :recipe_version")
LOAD_VERSIONS: Final = text(
    VERSIONS
    + """
    JOIN unnest(CAST(:recipe_id AS text[]), CAST(:recipe_version AS int[])) AS wanted(recipe_id, recipe_version)
         USING (recipe_id, recipe_version)
    """
)
LOAD_NAMED: Final = text(
    """
    SELECT centre_id FROM unnest(CAST(:ids AS text[])) AS asked(centre_id)
    WHERE EXISTS (
        SELECT FROM recipe_versions CROSS JOIN LATERAL jsonb_array_elements(content -> 'operations') AS operation
        WHERE operation ->> 'work_centre_id' = centre_id
           OR operation -> 'alternates' @> jsonb_build_array(centre_id)
    )
    """
)
LOAD_APPROVED: Final = text(
    """
    SELECT DISTINCT ON (recipe_id) recipe_id, recipe_version, CAST(content AS text) AS content, state, author, approver,
           version
    FROM recipe_versions JOIN recipes USING (recipe_id) WHERE recipe_id = ANY(:recipe_ids) AND state = 'approved'
      AND CAST(content ->> 'effective_from' AS timestamptz) <= :at
      AND coalesce(CAST(content ->> 'effective_to' AS timestamptz) > :at, true)
    ORDER BY recipe_id, recipe_version DESC
    """
)
LOAD_IN_FORCE: Final = text(
    """
    SELECT DISTINCT ON (recipe_id) recipe_id, recipe_version, CAST(content AS text) AS content, state, author, approver,
           version
    FROM recipe_versions JOIN recipes USING (recipe_id)
    WHERE state = 'approved' AND content ->> 'site_id' = :site_id
      AND CAST(content ->> 'effective_from' AS timestamptz) <= :at
      AND coalesce(CAST(content ->> 'effective_to' AS timestamptz) > :at, true)
    ORDER BY recipe_id, recipe_version DESC
    """
)
LOAD_NEWEST: Final = text(
    """
    SELECT DISTINCT ON (recipe_id) recipe_id, recipe_version, CAST(content AS text) AS content, state, author, approver,
           version
    FROM recipe_versions JOIN recipes USING (recipe_id) WHERE recipe_id = ANY(:recipe_ids)
    ORDER BY recipe_id, (state = 'approved') DESC, recipe_version DESC
    """
)
SAVE_VERSION: Final = text(
    """
    UPDATE recipe_versions SET content = CAST(:content AS jsonb), state = :state, approver = :approver
    WHERE recipe_id = :recipe_id AND recipe_version = :recipe_version
    """
)
SAVE_RECIPE: Final = text(
    """
    UPDATE recipes SET latest = greatest(latest, :recipe_version), told = :told, version = version + 1
    WHERE recipe_id = :recipe_id
    RETURNING version
    """
)

_content: Reads[Content] = reader(Content)


async def lock_recipe_count(tx: Tx, recipe_id: str) -> int:
    """Hold a recipe's row, a new one if there is none; the answer is the number of its versions."""
    key = {"recipe_id": recipe_id}
    await tx.sql.execute(MAKE_RECIPE, key)
    row = (await tx.sql.execute(LOCK_RECIPE, key)).one()
    tx.locked(RECIPE, {recipe_id: row.told})
    # Counted after the lock, in a snapshot of its own: whoever held the row before may have added one.
    return int((await tx.sql.execute(COUNT_VERSIONS, key)).scalar_one())


async def add_recipe_version(tx: Tx, recipe: Recipe) -> Recipe:
    """Insert a draft of a recipe whose row is held; the answer is the recipe at its new version."""
    values = {
        "recipe_id": recipe.recipe_id,
        "recipe_version": recipe.recipe_version,
        "content": document(recipe.content),
        "state": recipe.state,
        "author": recipe.author,
    }
    await tx.sql.execute(ADD_VERSION, values)
    return await _save_row(tx, recipe)


async def lock_recipe(tx: Tx, recipe_id: str, recipe_version: int) -> Recipe:
    """A version of a recipe, locked; raises `NotFound`."""
    row = (await tx.sql.execute(LOCK_RECIPE, {"recipe_id": recipe_id})).one_or_none()
    if row is not None:
        tx.locked(RECIPE, {recipe_id: row.told})
    key = {"recipe_id": recipe_id, "recipe_version": recipe_version}
    found = (await tx.sql.execute(LOAD_VERSION, key)).one_or_none()
    if found is None:
        raise NotFound(f"no version {recipe_version} of recipe {recipe_id}")
    return _recipe_of(found)


async def load_recipes(tx: Tx, keys: Iterable[Key]) -> dict[Key, Recipe]:
    """The versions of recipes with these keys that are here."""
    wanted = sorted(set(keys))
    rows = await tx.sql.execute(
        LOAD_VERSIONS,
        {"recipe_id": [each for each, _ in wanted], "recipe_version": [each for _, each in wanted]},
    )
    return {(row.recipe_id, row.recipe_version): _recipe_of(row) for row in rows}


async def load_named(tx: Tx, work_centre_ids: Iterable[str]) -> set[str]:
    """Those of these work centres that some version of a recipe names."""
    return {row.centre_id for row in await tx.sql.execute(LOAD_NAMED, {"ids": sorted(set(work_centre_ids))})}


async def load_approved(tx: Tx, recipe_ids: Iterable[str]) -> dict[str, Recipe]:
    """The newest approved version that is in force now of each of these recipes that has one."""
    rows = await tx.sql.execute(LOAD_APPROVED, {"recipe_ids": sorted(set(recipe_ids)), "at": tx.now})
    return {row.recipe_id: _recipe_of(row) for row in rows}


async def load_newest(tx: Tx, recipe_ids: Iterable[str]) -> dict[str, Recipe]:
    """The newest approved version of each of these recipes, of one that has none the newest."""
    rows = await tx.sql.execute(LOAD_NEWEST, {"recipe_ids": sorted(set(recipe_ids))})
    return {row.recipe_id: _recipe_of(row) for row in rows}


async def load_in_force(tx: Tx, site_id: str, at: datetime) -> list[Recipe]:
    """Of each recipe of a site the newest approved version that is in force at a moment, by recipe."""
    return [_recipe_of(row) for row in await tx.sql.execute(LOAD_IN_FORCE, {"site_id": site_id, "at": at})]


def _recipe_of(row: Any) -> Recipe:
    return Recipe(
        row.recipe_id,
        row.recipe_version,
        _content(row.content),
        row.state,
        row.author,
        row.approver,
        row.version,
    )


async def save_recipe(tx: Tx, recipe: Recipe) -> Recipe:
    """Write a locked version of a recipe back; the answer is the recipe at its new version."""
    values = {
        "recipe_id": recipe.recipe_id,
        "recipe_version": recipe.recipe_version,
        "content": document(recipe.content),
        "state": recipe.state,
        "approver": recipe.approver,
    }
    await tx.sql.execute(SAVE_VERSION, values)
    return await _save_row(tx, recipe)


async def _save_row(tx: Tx, recipe: Recipe) -> Recipe:
    values = {
        "recipe_id": recipe.recipe_id,
        "recipe_version": recipe.recipe_version,
        "told": tx.tells(RECIPE, recipe.recipe_id),
    }
    version: int = (await tx.sql.execute(SAVE_RECIPE, values)).scalar_one()
    return replace(recipe, version=version)
