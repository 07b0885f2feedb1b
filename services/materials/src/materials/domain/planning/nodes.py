"""The nodes of a plan, found from what is wanted down to what is bought, and the arrays that the plan is made over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from fractions import Fraction
from typing import Final, TypeGuard

import numpy as np

from materials.domain.calendar import WorkingDays
from materials.domain.network import Make, Network, Node, Source, Transfer
from materials.domain.planning.days import DAY_ZERO, Workdays
from materials.domain.planning.network import Ints, RecipeCycle
from materials.domain.planning.network import Network as Edges
from materials.domain.planning.separation import codes_of
from materials.domain.planning.site import Items, Rows, Separation, Site

# Finer shares of a quantum than this are rounded, inputs up and outputs down, so that products stay inside 64 bits.
DENOMINATOR_MAX: Final = 10**6

Edge = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class PlanNode:
    """A node of a plan and its source; one of what its orders count is `unit_micro` millionths.

    Orders of a separation count runs, all others quanta. What nothing can supply has the source none; a phantom is
    never made by itself.
    """

    node: Node
    source: str
    quantum_micro: int
    unit_micro: int
    recipe_id: str | None = None
    recipe_version: int | None = None
    from_site_id: str | None = None
    terms_id: str | None = None


def day_of(moment: datetime) -> int:
    """The day of a moment as a number: days since 1 January 2000."""
    return moment.date().toordinal() - DAY_ZERO


def nodes_of(network: Network, roots: Iterable[Node]) -> tuple[tuple[PlanNode, ...], Site]:
    """All nodes that wanted ones need, by level, and their site, on which nothing is there and nothing wanted yet.

    Raises `RecipeCycle` with the items on it.
    """
    found = _Found(network, roots)
    site = found.site()
    try:
        codes = codes_of(site)
    except RecipeCycle as cycle:
        names = [f"{found.nodes[number].sku} at {found.nodes[number].site_id}" for number in cycle.path]
        raise RecipeCycle(names, cycle.path) from None
    keys = [(*node[:2], repr(node.window)) for node in found.nodes]
    order = sorted(range(len(keys)), key=lambda number: (codes[number], *keys[number]))
    return tuple(found.told(number) for number in order), _renumbered(site, _array(order))


class _Found:
    """Nodes with the source of each, in the order in which they were found."""

    def __init__(self, network: Network, roots: Iterable[Node]) -> None:
        self.network = network
        self.nodes: list[Node] = []
        self._numbers: dict[Node, int] = {}
        self._sources: list[Source | None] = []
        self._places: dict[tuple[str, str], list[int]] = {}
        self._inputs: list[Edge] = []
        for node in roots:
            self._number(node)
        for parent, node in enumerate(self.nodes):  # it grows while it is gone through
            source = network.source(node) if node.sku in network.items else None
            self._sources.append(source)
            for below, share in self._below(node, source):
                self._inputs.append((parent, self._number(below), *_bounded(share, up=True)))

    def _number(self, node: Node) -> int:
        number = self._numbers.setdefault(node, len(self.nodes))
        if number == len(self.nodes):
            self.nodes.append(node)
            self._places.setdefault((node.site_id, node.sku), []).append(number)
        return number

    def _quantum(self, sku: str) -> int:
        item = self.network.items.get(sku)
        return item.quantum_micro if item is not None else 1

    def _below(self, node: Node, source: Source | None) -> Iterable[tuple[Node, Fraction]]:
        """What one of what a node's orders count takes."""
        if isinstance(source, Transfer):
            yield Node(source.from_site_id, node.sku, node.window), Fraction(1)
        elif isinstance(source, Make):
            for each in source.recipe.inputs:
                taken = Fraction(each.per_micro * each.kept.over, each.kept.under * self._quantum(each.sku))
                yield Node(node.site_id, each.sku, each.window), taken * self._runs(node, source)

    def _runs(self, node: Node, source: Make) -> Fraction:
        """How many runs one of what a node's orders count is."""
        if source.recipe.kind == "separation":
            return Fraction(1)
        return Fraction(self._quantum(node.sku), source.recipe.outputs[source.output_no].per_micro)

    def told(self, number: int) -> PlanNode:
        """What is told of a node."""
        node, source = self.nodes[number], self._sources[number]
        quantum = self._quantum(node.sku)
        if source is None:
            return PlanNode(node, "none", quantum, quantum)
        if isinstance(source, Transfer):
            return PlanNode(node, "transfer", quantum, quantum, from_site_id=source.from_site_id)
        if not isinstance(source, Make):
            return PlanNode(
                node, "buy", quantum, quantum, terms_id=source.terms.terms_id if source.terms else None
            )
        recipe = source.recipe
        kind = "phantom" if recipe.phantom else "make"
        return PlanNode(node, kind, quantum, self._unit(node, source), recipe.recipe_id, recipe.version)

    def _unit(self, node: Node, source: Source | None) -> int:
        if isinstance(source, Make) and source.recipe.kind == "separation":
            return source.recipe.outputs[source.output_no].per_micro
        return self._quantum(node.sku)

    def site(self) -> Site:
        """The site of all nodes, numbered as they were found."""
        groups: dict[str, list[int]] = {}
        for number, source in enumerate(self._sources):
            if isinstance(source, Make) and source.recipe.kind == "separation":
                groups.setdefault(source.recipe.recipe_id, []).append(number)
        driven = {number for members in groups.values() for number in members[1:]}
        items, calendars = self._items()
        given = [
            edge for number in range(len(self.nodes)) if number not in driven for edge in self._given(number)
        ]
        return Site(
            self._edges([edge for edge in self._inputs if edge[0] not in driven]),
            items,
            Rows.none(),
            Rows.none(),
            calendars=calendars,
            gives=self._edges(given),
            separations=tuple(self._separation(members) for members in groups.values()),
        )

    def _edges(self, edges: list[Edge]) -> Edges:
        return Edges.of(len(self.nodes), *(_array([edge[place] for edge in edges]) for place in range(4)))

    def _separation(self, members: list[int]) -> Separation:
        shares = [_bounded(self._good(number, self._sources[number]), up=False) for number in members]
        return Separation(
            members[0], _array(members), *(_array([each[n] for each in shares]) for n in (0, 1))
        )

    def _good(self, number: int, source: Source | None, output_no: int | None = None) -> Fraction:
        """How many quanta of a node one run gives."""
        if not isinstance(source, Make):
            return Fraction(1)
        recipe = source.recipe
        output_no = source.output_no if output_no is None else output_no
        per, kept = recipe.outputs[output_no].per_micro, recipe.kept_of(output_no)
        return Fraction(per * kept.over, kept.under * self._quantum(self.nodes[number].sku))

    def _given(self, number: int) -> Iterable[Edge]:
        """What comes beside, for the first node that it fits and that is not planned by the same recipe."""
        node, source = self.nodes[number], self._sources[number]
        if not isinstance(source, Make):
            return
        for output_no, output in enumerate(source.recipe.outputs):
            for other in self._places.get((node.site_id, output.sku), ()):
                same = self._sources[other]
                if isinstance(same, Make) and same.recipe.recipe_id == source.recipe.recipe_id:
                    continue
                if output_no != source.output_no and output.fits(output.sku, self.nodes[other].window):
                    good = self._good(other, source, output_no) * self._runs(node, source)
                    yield (number, other, *_bounded(good, up=False))
                    break

    def _items(self) -> tuple[Items, tuple[Workdays, ...]]:
        network = self.network
        calendars: dict[WorkingDays, int] = {network.days_of(None): 0}
        rows = []
        for node, source in zip(self.nodes, self._sources, strict=True):
            lead, calendar_id = network.lead(node, source) if _ordered(source) else (0, None)
            calendar = calendars.setdefault(network.days_of(calendar_id), len(calendars))
            rows.append((lead, calendar, *self._lots(node, source), *self._kept(source)))
        names = (
            "lead", "calendar", "minimum", "multiple", "maximum", "period", "batch", "numerator", "denominator",
        )  # fmt: skip
        columns = [_array([row[place] for row in rows]) for place in range(len(names))]
        items = Items.plain(len(rows), **dict(zip(names, columns, strict=True)))
        return items, tuple(_workdays(each) for each in calendars)

    def _lots(self, node: Node, source: Source | None) -> tuple[int, int, int, int, int]:
        """Minimum, multiple and maximum of an order, in what it counts, and its two periods; a phantom has none."""
        if not _ordered(source):
            return 0, 1, 0, 0, 0
        rule, unit = self.network.rule(node, source), self._unit(node, source)
        return (
            -(-rule.minimum_micro // unit),
            max(1, -(-rule.multiple_micro // unit)),
            rule.maximum_micro // unit,
            rule.period_days,
            rule.batch_days,
        )

    def _kept(self, source: Source | None) -> tuple[int, int]:
        if not isinstance(source, Make) or source.recipe.kind == "separation":
            return 1, 1
        kept = source.recipe.kept_of(source.output_no)
        return _bounded(Fraction(kept.over, kept.under), up=False)


def _workdays(days: WorkingDays) -> Workdays:
    off = sorted(day.toordinal() - DAY_ZERO for day in days.days_off)
    return Workdays(tuple(sorted(days.weekdays)), _array(off))


def _renumbered(site: Site, order: Ints) -> Site:
    """The site with its items in another order: `order` are the old numbers, shape (items,)."""
    now = np.argsort(order)

    def edges(old: Edges) -> Edges:
        return Edges.of(old.items, now[old.parent], now[old.child], old.numerator, old.denominator)

    items = Items(**{each.name: getattr(site.items, each.name)[order] for each in fields(Items)})
    separations = [
        replace(one, driver=int(now[one.driver]), members=now[one.members]) for one in site.separations
    ]
    assert site.gives is not None
    return replace(
        site,
        network=edges(site.network),
        gives=edges(site.gives),
        items=items,
        separations=tuple(separations),
    )


def _ordered(source: Source | None) -> TypeGuard[Source]:
    """Whether its orders have sizes and take time: not what nothing supplies, nor a phantom, which is its inputs."""
    return source is not None and not (isinstance(source, Make) and source.recipe.phantom)


def _bounded(share: Fraction, *, up: bool) -> tuple[int, int]:
    if share.denominator <= DENOMINATOR_MAX:
        return share.numerator, share.denominator
    over = share.numerator * DENOMINATOR_MAX
    return (-(-over // share.denominator) if up else over // share.denominator), DENOMINATOR_MAX


def _array(values: Iterable[int]) -> Ints:
    return np.array(list(values), dtype=np.int64)
