"""The network of sources as decisions see it: masters are read once and remembered for as long as none is changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import text

from backbone.documents import Reads, reader
from backbone.service import Tx
from contracts.production import RecipeApproved
from contracts.values import MICRO
from materials.domain.calendar import WorkingDays
from materials.domain.item import Item, Parameters, ServiceParts, Site, Terms
from materials.domain.network import Network, Place
from materials.domain.recipe import Recipe
from materials.store.sheets import ITEMS, PARAMETERS, SERVICES, SITES, TERMS

# Of each state of the masters so many places are remembered; the oldest states are forgotten.
PLACES_COUNT_MAX: Final = 20_000
STATES_COUNT_MAX: Final = 4

_HERE: Final = "(site_id, sku) IN (SELECT * FROM unnest(CAST(:site_ids AS text[]), CAST(:skus AS text[])))"
ITEMS_NAMED: Final = ITEMS.reading("sku = ANY(:skus)")
SITES_ALL: Final = SITES.reading("TRUE")
PARAMETERS_HERE: Final = PARAMETERS.reading(_HERE)
TERMS_HERE: Final = TERMS.reading(_HERE)
SERVICES_NAMED: Final = SERVICES.reading("service_id = ANY(:service_ids)")
RECIPES_HERE: Final = text(
    f"""
    SELECT recipe_id, recipe_version, CAST(approved AS text) AS approved, retired FROM recipes
    WHERE recipe_id IN (SELECT recipe_id FROM recipe_parts WHERE gives AND {_HERE})
    ORDER BY recipe_id, recipe_version DESC
    """  # noqa: S608
)
BELOW: Final = text(
    """
    WITH RECURSIVE below(site_id, sku) AS (
        SELECT * FROM unnest(CAST(:site_ids AS text[]), CAST(:skus AS text[])) AS here(site_id, sku)
        UNION
        SELECT beside.site_id, beside.sku FROM below CROSS JOIN LATERAL (
            SELECT part.site_id, part.sku FROM recipe_parts AS giving JOIN recipe_parts AS part USING (recipe_id)
            WHERE giving.gives AND giving.site_id = below.site_id AND giving.sku = below.sku
            UNION ALL
            SELECT from_site_id, sku FROM parameters
            WHERE site_id = below.site_id AND sku = below.sku AND from_site_id IS NOT NULL
        ) AS beside
    )
    SELECT site_id, sku FROM below
    """
)
CALENDARS: Final = text(
    "SELECT calendar_id, weekdays, days_off, day_minutes FROM calendars ORDER BY calendar_id"
)
STATE: Final = text("SELECT CAST(state AS text) AS state FROM masters_states")

_approved: Reads[RecipeApproved] = reader(RecipeApproved)


@dataclass(slots=True)
class Masters:
    """What is known of the masters in one state of them; of `places` all is known, of services those that were read."""

    sites: dict[str, Site]
    calendars: dict[str, WorkingDays]
    places: set[Place] = field(default_factory=set)
    items: dict[str, Item] = field(default_factory=dict)
    parameters: dict[Place, Parameters] = field(default_factory=dict)
    recipes: dict[Place, tuple[Recipe, ...]] = field(default_factory=dict)
    terms: dict[Place, tuple[Terms, ...]] = field(default_factory=dict)
    services: dict[str, ServiceParts] = field(default_factory=dict)

    def beside(self, place: Place) -> Iterator[Place]:
        """The places that supply one: what its recipes take and give, and the site that it is transferred from."""
        for recipe in self.recipes.get(place, ()):
            yield from ((recipe.site_id, each.sku) for each in recipe.inputs)
            yield from ((recipe.site_id, each.sku) for each in recipe.outputs)
        told = self.parameters.get(place)
        if told is not None and told.from_site_id is not None:
            yield told.from_site_id, place[1]

    def network(self, tx: Tx, places: Sequence[Place], service_ids: Iterable[str]) -> Network:
        """The sources of these places and the parts of these services, as of now."""
        return Network(
            at=tx.now,
            items={sku: self.items[sku] for _, sku in places if sku in self.items},
            sites={each: self.sites[each] for each, _ in places if each in self.sites},
            parameters={each: self.parameters[each] for each in places if each in self.parameters},
            recipes={each: self.recipes[each] for each in places if each in self.recipes},
            terms={each: self.terms[each] for each in places if each in self.terms},
            calendars=self.calendars,
            services={each: self.services[each] for each in service_ids if each in self.services},
        )


# By the state's name, which no two databases and no two changes share.
_states: OrderedDict[str, Masters] = OrderedDict()


async def load_masters(tx: Tx) -> Masters:
    """What is remembered of the masters as they are: a change by this transaction, too, makes another state of them."""
    state = (await tx.sql.execute(STATE)).scalar_one()
    known = _states.get(state)
    if known is None or len(known.places) > PLACES_COUNT_MAX:
        known = _states[state] = await load_unknown(tx)
        while len(_states) > STATES_COUNT_MAX:
            _states.popitem(last=False)
    _states.move_to_end(state)
    return known


async def load_unknown(tx: Tx) -> Masters:
    """Masters of which no place is known yet, and which nobody remembers."""
    sites = {site.site_id: site for site in await SITES.load(tx, SITES_ALL, {})}
    return Masters(sites, await _calendars(tx))


async def load_places(tx: Tx, masters: Masters, places: Iterable[Place]) -> None:
    """Read what is not known yet of these places."""
    missing = sorted({*places} - masters.places)
    if not missing:
        return
    here = _columns(missing)
    for item in await ITEMS.load(tx, ITEMS_NAMED, {"skus": sorted({*here["skus"]} - masters.items.keys())}):
        masters.items[item.sku] = item
    for told in await PARAMETERS.load(tx, PARAMETERS_HERE, here):
        masters.parameters[told.site_id, told.sku] = told
    terms: dict[Place, list[Terms]] = {}
    for each in await TERMS.load(tx, TERMS_HERE, here):
        terms.setdefault((each.site_id, each.sku), []).append(each)
    recipes: dict[Place, list[Recipe]] = {}
    for row in await tx.sql.execute(RECIPES_HERE, here):
        recipe = Recipe.of(_approved(row.approved), retired=row.retired)
        for sku in dict.fromkeys(output.sku for output in recipe.outputs):
            recipes.setdefault((recipe.site_id, sku), []).append(recipe)
    # Of what is given beside them not every recipe was read.
    for place in missing:
        masters.terms[place] = tuple(terms.get(place, ()))
        masters.recipes[place] = tuple(recipes.get(place, ()))
    masters.places.update(missing)


def _columns(places: Sequence[Place]) -> dict[str, list[str]]:
    return {"site_ids": [site_id for site_id, _ in places], "skus": [sku for _, sku in places]}


async def load_below(tx: Tx, masters: Masters, places: Iterable[Place]) -> list[Place]:
    """These places and all that can supply them, at any depth; what is not known of them is read at once."""
    found = dict.fromkeys(places)
    unknown = _columns([place for place in found if place not in masters.places])
    if unknown["skus"]:
        below = await tx.sql.execute(BELOW, unknown)
        await load_places(tx, masters, [(row.site_id, row.sku) for row in below])
    level = list(found)
    while level:
        await load_places(tx, masters, level)
        beside = dict.fromkeys(near for place in level for near in masters.beside(place))
        level = [place for place in beside if place not in found]
        found.update(dict.fromkeys(level))
    return sorted(found)


async def load_services(tx: Tx, masters: Masters, service_ids: Iterable[str]) -> None:
    """Read what is not known yet of these services."""
    missing = sorted({*service_ids} - masters.services.keys())
    if missing:
        for service in await SERVICES.load(tx, SERVICES_NAMED, {"service_ids": missing}):
            masters.services[service.service_id] = service


async def _calendars(tx: Tx) -> dict[str, WorkingDays]:
    return {
        row.calendar_id: WorkingDays(
            frozenset(row.weekdays),
            frozenset(date.fromisoformat(day) for day in row.days_off),
            row.day_minutes * MICRO,
        )
        for row in await tx.sql.execute(CALENDARS)
    }
