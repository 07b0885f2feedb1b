"""Masters: what is defined here, and the copies of what other services define; sites are locked as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import document
from backbone.service import Tx
from contracts.production import CalendarChanged, RecipeApproved
from materials.domain.capacity.room import Crew, WorkCentre
from materials.domain.item import Item, LaterParameters, Parameters, ServiceParts, Site, Terms
from materials.domain.network import Place
from materials.store.sheets import (
    CREWS,
    ITEMS,
    LATER_PARAMETERS,
    PARAMETERS,
    SERVICES,
    SITES,
    TERMS,
    WORK_CENTRES,
)

HOUR_MINUTES: Final = 60
ITEMS_NAMED: Final = ITEMS.reading("sku = ANY(:skus)")
SITES_NAMED: Final = SITES.reading("site_id = ANY(:site_ids)")
LATER_NAMED: Final = LATER_PARAMETERS.reading(
    "(site_id, sku, effective_at) IN (SELECT * FROM unnest(CAST(:site_ids AS text[]), CAST(:skus AS text[]), "
    "CAST(:moments AS timestamptz[])))"
)
WAITING: Final = LATER_PARAMETERS.reading("sku = ANY(:skus) AND effective_at > :now")
LOCK_SITES: Final = text(
    "SELECT site_id, told FROM sites WHERE site_id = ANY(:site_ids) ORDER BY site_id FOR UPDATE"
)
TRANSFERS: Final = text(
    "SELECT site_id, sku, from_site_id FROM parameters WHERE sku = ANY(:skus) AND source = 'transfer'"
)
PUT_CALENDAR: Final = text(
    """
    INSERT INTO calendars (calendar_id, weekdays, days_off, day_minutes)
    VALUES (:calendar_id, :weekdays, :days_off, :day_minutes)
    ON CONFLICT (calendar_id) DO UPDATE
    SET weekdays = excluded.weekdays, days_off = excluded.days_off, day_minutes = excluded.day_minutes
    """
)
PUT_RECIPE: Final = text(
    """
    INSERT INTO recipes (recipe_id, recipe_version, site_id, approved, retired)
    SELECT :recipe_id, :recipe_version, :site_id, CAST(:approved AS jsonb), EXISTS (
        SELECT FROM retirements WHERE recipe_id = :recipe_id AND recipe_version = :recipe_version)
    ON CONFLICT DO NOTHING
    """
)
PUT_PARTS: Final = text(
    """
    INSERT INTO recipe_parts (recipe_id, recipe_version, sku, gives, site_id)
    SELECT :recipe_id, :recipe_version, sku, gives, :site_id
    FROM unnest(CAST(:skus AS text[]), CAST(:gives AS boolean[])) AS part(sku, gives)
    ON CONFLICT DO NOTHING
    """
)
RETIRE: Final = text(
    "INSERT INTO retirements (recipe_id, recipe_version) VALUES (:recipe_id, :recipe_version) ON CONFLICT DO NOTHING"
)
MARK_RETIRED: Final = text(
    "UPDATE recipes SET retired = TRUE WHERE recipe_id = :recipe_id AND recipe_version = :recipe_version"
)
PLANNED_BY: Final = text(
    """
    SELECT planned_order_id FROM planned_orders
    WHERE (site_id, sku) IN (SELECT site_id, sku FROM recipe_parts
                             WHERE recipe_id = :recipe_id AND recipe_version = :recipe_version AND gives)
      AND recipe_id = :recipe_id AND recipe_version = :recipe_version AND state = 'planned'
    ORDER BY planned_order_id LIMIT :limit
    """
)
EXPIRE_TERMS: Final = text(
    "UPDATE terms SET expired = TRUE WHERE terms_id = ANY(:terms_ids) RETURNING site_id, sku"
)


async def lock_sites(tx: Tx, site_ids: Iterable[str]) -> dict[str, int]:
    """Lock sites in the order of their ids: one writer at a time plans and reserves at each of them."""
    rows = (await tx.sql.execute(LOCK_SITES, {"site_ids": sorted(set(site_ids))})).all()
    return {row.site_id: row.told for row in rows}


async def load_items(tx: Tx, skus: Iterable[str]) -> dict[str, Item]:
    """The items of these numbers that are defined."""
    found = await ITEMS.load(tx, ITEMS_NAMED, {"skus": sorted(set(skus))})
    return {item.sku: item for item in found}


async def save_items(tx: Tx, items: Sequence[Item]) -> None:
    """Write items, new or defined anew."""
    await ITEMS.put(tx, items)


async def add_site(tx: Tx, site: Site) -> None:
    """Write a site, new or defined anew."""
    await SITES.put(tx, [site])


async def load_sites(tx: Tx, site_ids: Iterable[str]) -> dict[str, Site]:
    """The sites of these ids that are defined."""
    found = await SITES.load(tx, SITES_NAMED, {"site_ids": sorted(set(site_ids))})
    return {site.site_id: site for site in found}


def add_item_keys(tx: Tx, items: Iterable[Item]) -> None:
    """Items that are new here may be told of."""
    ITEMS.own(tx, items)


def add_site_key(tx: Tx, site: Site) -> None:
    """A site that is new here may be told of."""
    SITES.own(tx, [site])


async def save_parameters(tx: Tx, told: Iterable[Parameters]) -> None:
    """Write how items are planned at their sites; of what is named twice the last counts."""
    await PARAMETERS.put(tx, list({(each.site_id, each.sku): each for each in told}.values()))


async def load_transfers(tx: Tx, skus: Iterable[str]) -> dict[Place, str]:
    """The site from which each of these items is transferred to another one; the caller holds the locks of both."""
    rows = await tx.sql.execute(TRANSFERS, {"skus": sorted(set(skus))})
    return {(row.site_id, row.sku): row.from_site_id for row in rows}


async def load_later_parameters(tx: Tx, keys: Iterable[tuple[str, str, datetime]]) -> list[LaterParameters]:
    """What is to take effect at these (site, item, moment)."""
    wanted = list(keys)
    columns = ("site_ids", "skus", "moments")
    return await LATER_PARAMETERS.load(
        tx, LATER_NAMED, {name: [key[place] for key in wanted] for place, name in enumerate(columns)}
    )


async def load_waiting_parameters(tx: Tx, skus: Iterable[str]) -> list[LaterParameters]:
    """What is to take effect for these items at moments that have not come."""
    return await LATER_PARAMETERS.load(tx, WAITING, {"skus": sorted(set(skus)), "now": tx.now})


async def save_later_parameters(tx: Tx, later: Iterable[LaterParameters]) -> None:
    """Write how items will be planned; of what is told twice the last counts."""
    await LATER_PARAMETERS.put(tx, list({each.key: each for each in later}.values()))


async def save_terms(tx: Tx, terms: Iterable[Terms]) -> None:
    """Write vendors' terms; of terms that are named twice the last counts."""
    await TERMS.put(tx, list({each.terms_id: each for each in terms}.values()))


async def save_expired_terms(tx: Tx, terms_ids: Iterable[str]) -> list[Place]:
    """These terms are not valid any more; the answer names for which items at which sites."""
    rows = await tx.sql.execute(EXPIRE_TERMS, {"terms_ids": sorted(set(terms_ids))})
    return sorted({(row.site_id, row.sku) for row in rows})


async def save_services(tx: Tx, services: Iterable[ServiceParts]) -> None:
    """Write the parts that services use up."""
    await SERVICES.put(tx, list({each.service_id: each for each in services}.values()))


async def save_calendars(tx: Tx, facts: Iterable[CalendarChanged]) -> None:
    """Write working days."""
    rows: list[dict[str, Any]] = [
        {
            "calendar_id": fact.calendar_id,
            "weekdays": list(fact.weekdays),
            "days_off": list(fact.days_off),
            "day_minutes": _day_minutes(fact),
        }
        for fact in facts
    ]
    await tx.sql.execute(PUT_CALENDAR, rows)


def _day_minutes(fact: CalendarChanged) -> int:
    """What a working day has, of shifts on average: buckets count days, and no week has more than it has."""
    if not fact.shifts:
        return (fact.closes_at_hour - fact.opens_at_hour) * HOUR_MINUTES
    week = sum((each.closes_at_minute - each.opens_at_minute) * len(each.weekdays) for each in fact.shifts)
    return week // len(fact.weekdays)


async def save_work_centres(tx: Tx, centres: Iterable[WorkCentre]) -> None:
    """Write work centres; of one that is named twice the last counts."""
    await WORK_CENTRES.put(tx, list({each.work_centre_id: each for each in centres}.values()))


async def save_crews(tx: Tx, crews: Iterable[Crew]) -> None:
    """Write crews; of one that is named twice the last counts."""
    await CREWS.put(tx, list({each.crew_id: each for each in crews}.values()))


async def load_planned_by(
    tx: Tx, versions: Iterable[tuple[str, int]], limit: int
) -> dict[tuple[str, int], list[str]]:
    """The first orders that are planned by each of these versions and that nobody was asked for."""
    found: dict[tuple[str, int], list[str]] = {}
    for recipe_id, version in versions:
        wanted = {"recipe_id": recipe_id, "recipe_version": version, "limit": limit}
        rows = await tx.sql.execute(PLANNED_BY, wanted)
        found[recipe_id, version] = [row.planned_order_id for row in rows]
    return found


async def add_recipes(tx: Tx, facts: Iterable[RecipeApproved]) -> None:
    """Write approved versions of recipes; a version that was retired before it was heard of comes retired."""
    recipes: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for fact in facts:
        named = {"recipe_id": fact.recipe_id, "recipe_version": fact.version, "site_id": fact.site_id}
        recipes.append({**named, "approved": document(fact)})
        skus = [(part.sku, False) for part in fact.inputs] + [(part.sku, True) for part in fact.outputs]
        skus = list(dict.fromkeys(skus))
        parts.append({**named, "skus": [sku for sku, _ in skus], "gives": [gives for _, gives in skus]})
    await tx.sql.execute(PUT_RECIPE, recipes)
    await tx.sql.execute(PUT_PARTS, parts)


async def save_retired_recipes(tx: Tx, versions: Iterable[tuple[str, int]]) -> None:
    """These versions are not used for new runs any more."""
    rows = [{"recipe_id": recipe_id, "recipe_version": version} for recipe_id, version in versions]
    await tx.sql.execute(RETIRE, rows)
    await tx.sql.execute(MARK_RETIRED, rows)
