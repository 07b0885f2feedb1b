"""Recipes and their versions."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table, Text

from production.tables.columns import counts, document, key, metadata, number, words

recipes = Table(
    "recipes",
    metadata,
    key("recipe_id"),
    number("latest"),
    *counts(),
    CheckConstraint("latest > 0", "latest_counts_up"),
)

recipe_versions = Table(
    "recipe_versions",
    metadata,
    Column("recipe_id", Text, ForeignKey("recipes.recipe_id"), primary_key=True),
    Column("recipe_version", Integer, primary_key=True, autoincrement=False),
    document("content"),
    words("state"),
    words("author"),
    Column("approver", Text),
    CheckConstraint("approver IS NULL OR approver <> author", "second_person"),
    CheckConstraint("state IN ('draft', 'in-review') OR approver IS NOT NULL", "approved_by_somebody"),
)
