"""Calendars, work centres and recipes as callers see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, document, reader
from backbone.errors import NotFound
from contracts.shapes import Shift
from contracts.values import Quantity
from production.domain.plant import WorkCentre
from production.domain.recipe import Content

Page = list[tuple[str, Any]]

PAGE_CALENDARS: Final = text(
    """
    SELECT calendar_id, weekdays, opens_at_hour, closes_at_hour, days_off, CAST(shifts AS text) AS shifts FROM calendars
    WHERE calendar_id > :after ORDER BY calendar_id LIMIT :limit
    """
)
_CENTRES: Final = """
    SELECT work_centre_id, site_id, title, calendar_id, machines, labour_rate_minor, machine_rate_minor,
           overhead_rate_micro, currency
    FROM work_centres CROSS JOIN LATERAL (
        SELECT labour_rate_minor, machine_rate_minor, overhead_rate_micro FROM work_centre_rates AS dated
        WHERE dated.work_centre_id = work_centres.work_centre_id AND withdrawn_at IS NULL
          AND starts_at <= greatest(CAST(:at AS timestamptz), 'epoch')
        ORDER BY starts_at DESC, rate_no DESC LIMIT 1
    ) AS rates
"""
PAGE_CENTRES: Final = text(_CENTRES + "WHERE work_centre_id > :after ORDER BY work_centre_id LIMIT :limit")
FIND_CENTRES: Final = text(_CENTRES + "WHERE work_centre_id = ANY(:keys)")
FIND_CALENDAR: Final = text(
    """
    SELECT calendar_id, weekdays, opens_at_hour, closes_at_hour, days_off, CAST(shifts AS text) AS shifts
    FROM calendars WHERE calendar_id = :key
    """
)
_VERSIONS: Final = """
    SELECT recipe_id, recipe_version, CAST(content AS text) AS content, state, author, approver, version
    FROM recipe_versions JOIN recipes USING (recipe_id)
"""
PAGE_RECIPES: Final = text(
    _VERSIONS
    + """
    WHERE recipe_id || '@' || lpad(CAST(recipe_version AS text), 9, '0') > :after
      AND (CAST(:recipe_id AS text) IS NULL OR recipe_id = :recipe_id)
      AND (CAST(:state AS text) IS NULL OR state = :state)
      AND (CAST(:site_id AS text) IS NULL OR content ->> 'site_id' = :site_id)
      AND (CAST(:uses AS jsonb) IS NULL OR content -> 'inputs' @> CAST(:uses AS jsonb))
      AND (CAST(:makes AS jsonb) IS NULL OR content -> 'outputs' @> CAST(:makes AS jsonb))
      AND (CAST(:at AS timestamptz) IS NULL
           OR (CAST(content ->> 'effective_from' AS timestamptz) <= :at
               AND coalesce(CAST(content ->> 'effective_to' AS timestamptz) > :at, true)))
    ORDER BY recipe_id || '@' || lpad(CAST(recipe_version AS text), 9, '0') LIMIT :limit
    """
)
FIND_RECIPE: Final = text(_VERSIONS + "WHERE recipe_id = :recipe_id AND recipe_version = :recipe_version")

FIND_RECIPES: Final = text(
    _VERSIONS
    + """
    JOIN unnest(CAST(:recipe_ids AS text[]), CAST(:recipe_versions AS int[])) AS named(recipe_id, recipe_version)
         USING (recipe_id, recipe_version)
    """
)

_content: Reads[Content] = reader(Content)
_shifts: Reads[tuple[Shift, ...]] = reader(tuple[Shift, ...])


@dataclass(frozen=True, slots=True)
class CalendarView:
    """Weekdays 0 (Monday) to 6, the hours of a day (UTC), days off; where there are shifts, work is in these alone."""

    calendar_id: str
    weekdays: tuple[int, ...]
    opens_at_hour: int
    closes_at_hour: int
    days_off: tuple[str, ...]
    shifts: tuple[Shift, ...]


@dataclass(frozen=True, slots=True)
class CentreView:
    """A work centre; the rates that hold now in minor units an hour."""

    work_centre_id: str
    site_id: str
    title: str
    calendar_id: str
    machines: int
    labour_rate_minor: int
    machine_rate_minor: int
    overhead_rate: Quantity
    currency: str


@dataclass(frozen=True, slots=True)
class RecipeView:
    """A version of a recipe and how far it is; `version` counts every change of the recipe."""

    recipe_id: str
    recipe_version: int
    state: str
    author: str
    approver: str | None
    content: Content
    version: int


def _calendar(row: Any) -> CalendarView:
    return CalendarView(
        row.calendar_id, tuple(row.weekdays), row.opens_at_hour, row.closes_at_hour, tuple(row.days_off),
        _shifts(row.shifts),
    )  # fmt: skip


async def page_calendars(sql: AsyncConnection, *, after: str, limit: int) -> Page:
    """Calendars by id, each with its key."""
    rows = await sql.execute(PAGE_CALENDARS, {"after": after, "limit": limit})
    return [(row.calendar_id, _calendar(row)) for row in rows]


async def find_calendar(sql: AsyncConnection, calendar_id: str) -> CalendarView:
    """A calendar; raises `NotFound`."""
    row = (await sql.execute(FIND_CALENDAR, {"key": calendar_id})).one_or_none()
    if row is None:
        raise NotFound(f"no calendar {calendar_id}")
    return _calendar(row)


def _centre(row: Any) -> CentreView:
    return CentreView(
        row.work_centre_id, row.site_id, row.title, row.calendar_id, row.machines, row.labour_rate_minor,
        row.machine_rate_minor, Quantity.of_micro(row.overhead_rate_micro), row.currency,
    )  # fmt: skip


async def page_centres(sql: AsyncConnection, *, at: datetime, after: str, limit: int) -> Page:
    """Work centres by id with their rates of a moment, each with its key."""
    rows = await sql.execute(PAGE_CENTRES, {"at": at, "after": after, "limit": limit})
    return [(row.work_centre_id, _centre(row)) for row in rows]


async def find_centre(sql: AsyncConnection, work_centre_id: str, at: datetime) -> CentreView:
    """A work centre with its rates of a moment; raises `NotFound`."""
    row = (await sql.execute(FIND_CENTRES, {"keys": [work_centre_id], "at": at})).one_or_none()
    if row is None:
        raise NotFound(f"no work centre {work_centre_id}")
    return _centre(row)


async def find_centres(sql: AsyncConnection, keys: Iterable[str], at: datetime) -> dict[str, WorkCentre]:
    """The work centres with these ids that are here, with the rates of a moment."""
    values = {"keys": sorted(set(keys)), "at": at}
    views = [_centre(row) for row in await sql.execute(FIND_CENTRES, values)]
    return {
        view.work_centre_id: WorkCentre(*(getattr(view, each.name) for each in fields(view)))
        for view in views
    }


def _recipe(row: Any) -> RecipeView:
    return RecipeView(
        row.recipe_id,
        row.recipe_version,
        row.state,
        row.author,
        row.approver,
        _content(row.content),
        row.version,
    )


def _part(sku: str | None) -> str | None:
    """What a document with a part of this item contains."""
    return None if sku is None else document(({"sku": sku},))


async def page_recipes(
    sql: AsyncConnection,
    *,
    recipe_id: str | None,
    state: str | None,
    site_id: str | None,
    uses: str | None,
    makes: str | None,
    at: datetime | None,
    after: str,
    limit: int,
) -> Page:
    """Versions of recipes by id and version, each with its key; `at` is a moment at which they are in force."""
    narrowed = {"recipe_id": recipe_id, "state": state, "site_id": site_id, "at": at}
    parts = {"uses": _part(uses), "makes": _part(makes)}
    rows = await sql.execute(PAGE_RECIPES, {**narrowed, **parts, "after": after, "limit": limit})
    return [(f"{row.recipe_id}@{row.recipe_version:09}", _recipe(row)) for row in rows]


async def find_recipe(sql: AsyncConnection, recipe_id: str, recipe_version: int) -> RecipeView:
    """A version of a recipe; raises `NotFound`."""
    key = {"recipe_id": recipe_id, "recipe_version": recipe_version}
    row = (await sql.execute(FIND_RECIPE, key)).one_or_none()
    if row is None:
        raise NotFound(f"no version {recipe_version} of recipe {recipe_id}")
    return _recipe(row)


async def find_recipes(sql: AsyncConnection, versions: Iterable[tuple[str, int]]) -> list[RecipeView]:
    """Those of these versions that are there."""
    named = sorted(versions)
    values = {"recipe_ids": [key for key, _ in named], "recipe_versions": [number for _, number in named]}
    return [_recipe(row) for row in await sql.execute(FIND_RECIPES, values)]
