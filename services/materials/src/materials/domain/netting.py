"""Netting: demands take free supply, earliest first; what is missing is planned, level by level down to purchases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Final

from contracts.values import MICRO, admits
from materials.domain.book import Book
from materials.domain.branch import ROOT, Branch
from materials.domain.capacity import placing
from materials.domain.demand import Demand
from materials.domain.growing import grow, growth
from materials.domain.lot_rule import LOT_FOR_LOT
from materials.domain.network import Buy, Make, Node, Source, Transfer
from materials.domain.planned import Size, node_of, put_order, put_receipt, serve
from materials.domain.recipe import Output, Ratio, Recipe
from materials.domain.substitute import Substitution, Taking
from materials.domain.supply import OrderSource, PlannedOrder, Receipt, comes_at

ORDERS_COUNT_MAX: Final = 5_000
Entry = tuple[int, datetime, int, str]


@dataclass(frozen=True, slots=True)
class Missing:
    """A demand that nothing can supply, and how much of it."""

    demand_id: str
    node: Node
    short_micro: int


class Netting:
    """One pass over demands and all that follows from them.

    `new` allows planned orders; without it demands take what is free and the rest stays open. `expedite` lets them
    take ordered supply that comes later than they need it, before anything new is planned. What is planned for a
    demand of `taking`, down to purchases, takes substitutes where these stand in. What is short at a node is planned
    order by order, or `by_day`: that of a day together, as in a plan of a whole site.
    """

    def __init__(
        self,
        book: Book,
        *,
        new: bool = True,
        expedite: bool = False,
        floor: datetime | None = None,
        taking: Mapping[str, Taking] | None = None,
        by_day: bool = False,
    ) -> None:
        self.book = book
        self._floor = floor or book.now
        # Orders that are new or have grown, the highest first.
        self.created: list[str] = []
        self.missing: list[Missing] = []
        self.substitutions: list[Substitution] = []
        self._new = new
        self._expedite = expedite
        self._by_day = by_day
        self._heap: list[Entry] = []
        self._branches = {key: Branch(taking=each) for key, each in (taking or {}).items()}

    def run(self, demand_ids: Iterable[str]) -> None:
        """Cover demands: the highest items first, then by date, then those with the fewest fitting supplies."""
        for demand_id in demand_ids:
            self._push(self.book.demands[demand_id], self._branches.get(demand_id, ROOT))
        while self._heap:
            entry = heappop(self._heap)
            first = self.book.demands[entry[3]]
            self._take(first)
            if self._new and self.book.demands[entry[3]].uncovered_micro:
                source = self._source(first)
                together = [first, *self._together(entry, first, source)]
                for demand in together[1:]:
                    self._take(demand)
                self._plan([self.book.demands[each.demand_id] for each in together], source)

    def _push(self, demand: Demand, branch: Branch) -> None:
        self._branches[demand.demand_id] = branch
        height = self.book.network.height(node_of(demand))
        fitting = sum(1 for _ in self._supplies(demand, late=False))
        heappush(self._heap, (-height, demand.needed_at, fitting, demand.demand_id))

    def _together(self, entry: Entry, first: Demand, source: Source | None) -> list[Demand]:
        """The demands that are planned with the first: of its separation, and of its item inside the rule's period."""
        separation = isinstance(source, Make) and source.recipe.kind == "separation"
        rule = self.book.network.rule(node_of(first), source) if source is not None else LOT_FOR_LOT
        phantom = isinstance(source, Make) and source.recipe.phantom
        collects = rule.collects or self._by_day
        if source is None or phantom or not (separation or collects):
            return []
        height, needed_at = entry[:2]
        last = rule.until(needed_at.date())
        found = []
        for other in sorted(each for each in self._heap if each[0] == height and each[1].date() <= last):
            demand = self.book.demands[other[3]]
            alike = self._taking(demand) == self._taking(first)
            if not alike or (other[1] != needed_at and not collects):
                continue
            same = self._source(demand)
            of_recipe = separation and isinstance(same, Make) and same.recipe is source.recipe  # type: ignore[union-attr]
            if of_recipe or (not separation and node_of(demand) == node_of(first) and same == source):
                found.append(demand)
                self._heap.remove(other)
        if found:
            heapify(self._heap)
        return found

    def _source(self, demand: Demand) -> Source | None:
        trail = self._branches[demand.demand_id].trail
        return self.book.network.source(node_of(demand), demand.needed_at, trail)

    def _taking(self, demand: Demand) -> Taking:
        return self._branches[demand.demand_id].taking

    def _take(self, demand: Demand) -> None:
        for supply_id, free in list(self._supplies(demand, late=self._expedite)):
            short = self.book.demands[demand.demand_id].uncovered_micro
            if not short:
                return
            self.book.peg(demand.demand_id, supply_id, min(free, short))

    def _supplies(self, demand: Demand, *, late: bool) -> Iterator[tuple[str, int]]:
        """What is free and fits: lots first in, first out; then receipts by date, late ones last."""
        place = (demand.site_id, demand.sku)
        yield from self.book.free_lots(demand)
        coming: list[tuple[datetime, str, int]] = []
        for receipt in self.book.receipts.by("free", place):
            at = self._useful(demand, receipt, late=late)
            if at is not None:
                coming.append((at, receipt.receipt_id, receipt.free_micro))
        for _, receipt_id, free in sorted(coming):
            yield receipt_id, free

    def _useful(self, demand: Demand, receipt: Receipt, *, late: bool) -> datetime | None:
        if not admits(demand.window, receipt.properties):
            return None
        order = self.book.orders[receipt.planned_order_id]
        at = comes_at(order, receipt)
        if order.ended or at is None or order.planned_order_id == demand.planned_order_id:
            return None
        standing = order.state != "planned" or order.firm(self.book.now)
        if at > demand.needed_at and not (late and standing):
            return None
        return at

    def _plan(self, demands: Sequence[Demand], source: Source | None) -> None:
        """Plan what is short of demands, which the source of the first, or one like it, gives."""
        short = [demand for demand in demands if demand.uncovered_micro]
        if not short:
            return
        if short[0] is not demands[0]:
            source = self._source(short[0])
        if (
            source is None
            or short[0].sku not in self.book.network.items
            or len(self.created) >= ORDERS_COUNT_MAX
        ):
            self._miss(short)
        elif isinstance(source, Make) and source.recipe.phantom and short[0].planned_order_id is not None:
            self._explode(short[0], source)
        elif not self._taking(short[0]) and self._added(short, source):
            return
        elif isinstance(source, Make):
            self._make(short, source)
        else:
            self._get(short, source)

    def _added(self, demands: Sequence[Demand], source: Source) -> bool:
        """Whether an order grew that lies a little earlier and may still change."""
        to = growth(self.book, demands, source, self.book.network.rule(node_of(demands[0]), source))
        inputs = grow(self.book, to, source) if to is not None else None
        if to is None or inputs is None:
            return False
        serve(self.book, demands, self.book.orders[to.order.planned_order_id])
        self.created.append(to.order.planned_order_id)
        self.book.touch(peg.demand_id for peg in self.book.pegs.by("order", to.order.planned_order_id))
        branch = self._branches[demands[0].demand_id]
        if isinstance(source, Make):
            branch = branch.below(source.recipe.recipe_id)
        for each in inputs:
            self._push(each, branch)
        return True

    def _explode(self, demand: Demand, source: Make) -> None:
        """A phantom is never made: what its own stock does not cover, its inputs do, at the same moment."""
        recipe, short = source.recipe, demand.uncovered_micro
        start = self._start(demand, source, short)
        if demand.covered_micro:
            self.book.demands.put(demand._replace(quantity_micro=demand.quantity_micro - short))
        else:
            self.book.demands.drop(demand.demand_id)
        branch = self._branches[demand.demand_id].below(recipe.recipe_id)
        ratio = Ratio(start, recipe.outputs[source.output_no].per_micro)
        parent = self.book.orders[demand.planned_order_id or ""]
        self._need_inputs(parent, recipe, ratio, branch, f"{demand.demand_id}.")

    def _start(self, demand: Demand, source: Make, short_micro: int) -> int:
        item = self.book.network.items[demand.sku]
        return source.recipe.start_for(source.output_no, short_micro, item.quantum_micro)

    def _make(self, demands: Sequence[Demand], source: Make) -> None:
        recipe, first = source.recipe, demands[0]
        rule = self.book.network.rule(node_of(first), source)
        per = recipe.outputs[source.output_no].per_micro
        if recipe.kind == "separation":
            wants: dict[int, int] = {}
            for demand in demands:
                number = self._output(recipe, demand)
                wants[number] = wants.get(number, 0) + demand.uncovered_micro
            runs = recipe.starts_for(list(wants.items()))
            whole = -(-runs * per // MICRO)
        else:
            whole = self._start(first, source, sum(each.uncovered_micro for each in demands))
        for size in rule.sizes(self.book.network.items[first.sku].whole(whole)):
            ratio = Ratio(size, per)
            if recipe.kind == "separation":
                ratio = Ratio(-(-size // per), 1)
            self._run(demands, source, size, ratio)

    @staticmethod
    def _output(recipe: Recipe, demand: Demand) -> int:
        fitting = [
            number
            for number, output in enumerate(recipe.outputs)
            if output.drives and output.fits(demand.sku, demand.window)
        ]
        return fitting[0]

    def _run(self, demands: Sequence[Demand], source: Make, size: int, ratio: Ratio) -> None:
        recipe, items = source.recipe, self.book.network.items
        runs = -(-ratio.over * MICRO // ratio.under)
        order = self._order(demands, source, "make", Size(size, runs))
        found = placing.place(self.book, order, recipe)
        if found is None:
            self.book.orders.drop(self.created.pop())
            self._miss(self.book.demands[each.demand_id] for each in demands)
            return
        order = found
        for number, output in enumerate(recipe.outputs):
            item = items.get(output.sku)
            given = recipe.given(number, ratio, item.quantum_micro if item is not None else 1)
            put_receipt(self.book, order, number, output, given)
        serve(self.book, demands, order)
        branch = self._branches[demands[0].demand_id].below(recipe.recipe_id)
        self._need_inputs(order, recipe, ratio, branch, f"{order.planned_order_id}/")

    def _miss(self, demands: Iterable[Demand]) -> None:
        self.missing += [Missing(each.demand_id, node_of(each), each.uncovered_micro) for each in demands]

    def _need_inputs(
        self, order: PlannedOrder, recipe: Recipe, ratio: Ratio, branch: Branch, prefix: str
    ) -> None:
        items = self.book.network.items
        for number, each in enumerate(recipe.inputs):
            item, key = items.get(each.sku), f"{prefix}{number}"
            micro = recipe.taken(number, ratio, item.quantum_micro if item is not None else 1)
            node = Node(order.site_id, each.sku, each.window)
            one, by = branch.taking.get((order.site_id, each.sku), (None, ""))
            if one is not None and one.substitute_sku in items and one.valid(order.starts_at):
                key = one.key_of(key)
                self.substitutions.append(Substitution(key, "", each.sku, micro, by, self.book.now))
                node, micro = Node(order.site_id, one.substitute_sku, ()), one.for_micro(micro, items)
            self._need(order, key, node, micro, branch)

    def _need(self, order: PlannedOrder, demand_id: str, node: Node, micro: int, branch: Branch) -> None:
        demand = Demand(
            demand_id, "dependent", node.site_id, node.sku, node.window, micro, 0, 0, order.starts_at, None,
            order.priority, self.book.now, order.held, False, planned_order_id=order.planned_order_id,
        )  # fmt: skip
        self.book.demands.put(demand)
        self._push(demand, branch)

    def _get(self, demands: Sequence[Demand], source: Buy | Transfer) -> None:
        first = demands[0]
        rule = self.book.network.rule(node_of(first), source)
        item = self.book.network.items[first.sku]
        kind: OrderSource = "buy" if isinstance(source, Buy) else "transfer"
        promised = source.terms.properties if isinstance(source, Buy) and source.terms else ()
        for size in rule.sizes(item.whole(sum(each.uncovered_micro for each in demands))):
            order = self._order(demands, source, kind, Size(size, size))
            put_receipt(self.book, order, 0, Output(first.sku, size, "main", promised), size)
            serve(self.book, demands, order)
            if isinstance(source, Transfer):
                branch = self._branches[first.demand_id]
                node = Node(source.from_site_id, first.sku, first.window)
                self._need(order, f"{order.planned_order_id}/0", node, size, branch)

    def _order(
        self, demands: Sequence[Demand], source: Source, kind: OrderSource, size: Size
    ) -> PlannedOrder:
        order = put_order(self.book, demands, source, kind, size, self._floor)
        self.created.append(order.planned_order_id)
        return order
