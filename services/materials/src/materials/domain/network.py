"""The network of sources: what each item can come from at each site, how long it takes, how deep it lies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from backbone.errors import Invalid
from contracts.values import Money, Window, admits
from materials.domain.calendar import EVERY_DAY, WorkingDays
from materials.domain.item import Item, Parameters, ServiceParts, Site, Terms
from materials.domain.lot_rule import LOT_FOR_LOT, LotRule
from materials.domain.price import cost_of
from materials.domain.recipe import Recipe

NO_TRAIL: Final[frozenset[str]] = frozenset()
Place = tuple[str, str]


class Node(NamedTuple):
    """A planning node: an item at a site, inside the property window that is wanted of it."""

    site_id: str
    sku: str
    window: Window


class TransfersGoRound(Invalid):
    """An item would come to a site from itself, over others."""


def way_round(site_id: str, sku: str, from_site: Callable[[Place], str | None]) -> tuple[str, ...]:
    """The sites that transfers would take an item round, from that one back; none where its way begins somewhere."""
    path = [site_id]
    while (before := from_site((path[-1], sku))) is not None:
        if before in path:
            return (*path, before)
        path.append(before)
    return ()


@dataclass(frozen=True, slots=True)
class Make:
    """A run of a recipe gives it."""

    recipe: Recipe
    output_no: int


@dataclass(frozen=True, slots=True)
class Buy:
    """A vendor supplies it; without terms vendors are asked for quotations."""

    terms: Terms | None


@dataclass(frozen=True, slots=True)
class Transfer:
    """Another site of the same legal entity gives it."""

    from_site_id: str


Source = Make | Buy | Transfer


@dataclass(slots=True)
class Network:
    """Masters of the nodes that a decision can reach; `at` is the moment from which sources are judged."""

    at: datetime
    items: Mapping[str, Item]
    sites: Mapping[str, Site]
    parameters: Mapping[Place, Parameters]
    recipes: Mapping[Place, tuple[Recipe, ...]]
    terms: Mapping[Place, tuple[Terms, ...]]
    calendars: Mapping[str, WorkingDays]
    services: Mapping[str, ServiceParts] = field(default_factory=dict)
    _heights: dict[Node, int] = field(default_factory=dict)
    _versions: dict[tuple[str, int], Recipe] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for found in self.recipes.values():
            for recipe in found:
                self._versions[recipe.recipe_id, recipe.version] = recipe

    def recipe(self, recipe_id: str | None, version: int | None) -> Recipe | None:
        """A version of a recipe, if it is known here."""
        return self._versions.get((recipe_id or "", version or 0))

    def newest(self, recipe_id: str) -> Recipe | None:
        """The newest version of a recipe that is in force, else the newest that is known here, if one is."""
        found = [each for (name, _), each in self._versions.items() if name == recipe_id]
        return max(
            found,
            key=lambda each: (not each.retired and each.effective(self.at), each.version),
            default=None,
        )

    def source(
        self,
        node: Node,
        needed_at: datetime | None = None,
        trail: frozenset[str] = NO_TRAIL,
        *,
        buy: bool = True,
    ) -> Source | None:
        """Where a node's shortage comes from: as its parameters say, else a run, else a vendor; None is nowhere.

        `trail` names the recipes above it in the chain: none of them feeds itself.
        """
        told = self.parameters.get((node.site_id, node.sku))
        if told is not None and told.source == "transfer" and told.from_site_id is not None:
            # Nothing comes of going round: that it does is refused when it is said, and may be said at two moments.
            round_about = way_round(node.site_id, node.sku, self._transferred_from)
            return None if round_about else Transfer(told.from_site_id)
        if buy and told is not None and told.source in {"buy", "internal"}:
            return self._vendor(node, self.at) or Buy(None)
        run = self._run(node, needed_at or self.at, trail)
        return run or (self._vendor(node, self.at) if buy else None)

    def _transferred_from(self, place: Place) -> str | None:
        told = self.parameters.get(place)
        return told.from_site_id if told is not None and told.source == "transfer" else None

    def _run(self, node: Node, needed_at: datetime, trail: frozenset[str]) -> Make | None:
        for recipe in self.recipes.get((node.site_id, node.sku), ()):
            if recipe.retired or recipe.recipe_id in trail:
                continue
            if not recipe.effective(max(self.at, needed_at - timedelta(days=recipe.lead_days))):
                continue
            for number, output in enumerate(recipe.outputs):
                if output.drives and output.fits(node.sku, node.window):
                    return Make(recipe, number)
        return None

    def _vendor(self, node: Node, at: datetime) -> Buy | None:
        fitting = [
            terms
            for terms in self.terms.get((node.site_id, node.sku), ())
            if terms.valid(at) and admits(node.window, terms.properties)
        ]
        return Buy(min(fitting, key=lambda terms: (terms.rank, terms.terms_id))) if fitting else None

    def purchase_cost(self, node: Node, at: datetime, micro: int) -> Money | None:
        """What so much costs by the terms that it is bought by; None where there are none, or they have no price."""
        vendor = self._vendor(node, at)
        terms = vendor.terms if vendor is not None else None
        return None if terms is None else cost_of(terms.currency, terms.prices, micro)

    def opens_later(self, node: Node, at: datetime) -> datetime | None:
        """The first moment after `at` at which a recipe for a node becomes effective, None when there is none."""
        starts = [
            recipe.effective_from
            for recipe in self.recipes.get((node.site_id, node.sku), ())
            if recipe.effective_from > at
            and not recipe.retired
            and any(output.drives and output.fits(node.sku, node.window) for output in recipe.outputs)
        ]
        return min(starts, default=None)

    def rule(self, node: Node, source: Source) -> LotRule:
        """The lot rule of a node; a vendor's minimum and multiple are kept, too."""
        told = self.parameters.get((node.site_id, node.sku))
        rule = told.rule if told is not None else LOT_FOR_LOT
        if isinstance(source, Buy) and source.terms is not None:
            step = max(rule.multiple_micro, source.terms.multiple_micro)
            least = max(rule.minimum_micro, source.terms.minimum_micro)
            most = rule.maximum_micro if rule.maximum_micro >= max(step, least) else 0
            least = -(-least // step) * step if step else least
            return replace(rule, minimum_micro=least, multiple_micro=step, maximum_micro=most)
        return rule

    def days_of(self, calendar_id: str | None) -> WorkingDays:
        """The working days of a calendar; every day where none is known."""
        return self.calendars.get(calendar_id or "", EVERY_DAY)

    def site_days(self, site_id: str) -> WorkingDays:
        """The working days of a site."""
        site = self.sites.get(site_id)
        return self.days_of(site.calendar_id) if site is not None else EVERY_DAY

    def lead(self, node: Node, source: Source) -> tuple[int, str | None]:
        """The lead time of a source in days, and the calendar that it is counted on."""
        told = self.parameters.get((node.site_id, node.sku))
        own = told.lead_days if told is not None else 0
        here = self.sites.get(node.site_id)
        if isinstance(source, Make):
            return source.recipe.lead_days, here.calendar_id if here is not None else None
        if isinstance(source, Transfer):
            there = self.sites.get(source.from_site_id)
            days = there.transit_days if there is not None else 0
            return max(own, days), here.calendar_id if here is not None else None
        if source.terms is None:
            return own, None
        return source.terms.lead_days, source.terms.calendar_id

    def firm_from(self, site_id: str, sku: str, starts_at: datetime) -> datetime | None:
        """When an order that begins then comes inside the planning fence of its item; None where there is none."""
        told = self.parameters.get((site_id, sku))
        if told is None or not told.planning_fence_days:
            return None
        return self.site_days(site_id).before(starts_at, told.planning_fence_days)

    def height(self, node: Node) -> int:
        """How many sources lie below a node in its longest chain: the highest is netted first.

        Outputs of one separation share one height, so that all needs for them are known when it is planned.
        """
        return self._height(node, ())

    def _height(self, node: Node, above: tuple[Node, ...]) -> int:
        known = self._heights.get(node)
        if known is not None:
            return known
        if node in above:
            return 0
        source = self.source(node)
        below: Iterable[Node] = ()
        if isinstance(source, Transfer):
            below = (Node(source.from_site_id, node.sku, node.window),)
        elif isinstance(source, Make):
            recipes = self._together(source.recipe)
            below = [Node(node.site_id, each.sku, each.window) for one in recipes for each in one.inputs]
        height = 1 + max((self._height(each, (*above, node)) for each in below), default=-1)
        self._heights[node] = height
        return height

    def _together(self, recipe: Recipe) -> list[Recipe]:
        """The separations that share outputs with a recipe, itself first; any other kind stands alone."""
        found = [recipe]
        if recipe.kind != "separation":
            return found
        for one in found:
            for output in one.outputs:
                for other in self.recipes.get((one.site_id, output.sku), ()):
                    if (
                        other.kind == "separation"
                        and output.drives
                        and not other.retired
                        and other not in found
                    ):
                        found.append(other)
        return found
