"""Netting: demands take free supply, earliest first; what is missing is planned, level by level down to purchases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import heappop, heappush
from typing import Final

from contracts.values import MICRO, admits
from materials.domain.book import Book
from materials.domain.capacity import placing
from materials.domain.demand import Demand
from materials.domain.network import NO_TRAIL, Buy, Make, Node, Source, Transfer
from materials.domain.recipe import Output, Ratio, Recipe
from materials.domain.supply import OrderSource, PlannedOrder, Receipt, receipt_id_of

ORDERS_COUNT_MAX: Final = 5_000


@dataclass(frozen=True, slots=True)
class Missing:
    """A demand that nothing can supply, and how much of it."""

    demand_id: str
    node: Node
    short_micro: int


def node_of(demand: Demand) -> Node:
    """The planning node of a demand."""
    return Node(demand.site_id, demand.sku, demand.window)


class Netting:
    """One pass over demands and all that follows from them.

    `new` allows planned orders; without it demands take what is free and the rest stays open. `expedite` lets them
    take ordered supply that comes later than they need it, before anything new is planned.
    """

    def __init__(
        self, book: Book, *, new: bool = True, expedite: bool = False, floor: datetime | None = None
    ) -> None:
        self.book = book
        self._floor = floor or book.now
        self.created: list[str] = []
        self.missing: list[Missing] = []
        self._new = new
        self._expedite = expedite
        self._heap: list[tuple[int, datetime, int, str]] = []
        self._trails: dict[str, frozenset[str]] = {}

    def run(self, demand_ids: Iterable[str]) -> None:
        """Cover demands: the highest items first, then by date, then those with the fewest fitting supplies."""
        for demand_id in demand_ids:
            self._push(self.book.demands[demand_id], NO_TRAIL)
        while self._heap:
            together = self._pop()
            for demand in together:
                self._take(demand)
            if self._new:
                self._plan([self.book.demands[each.demand_id] for each in together])

    def _push(self, demand: Demand, trail: frozenset[str]) -> None:
        self._trails[demand.demand_id] = trail
        height = self.book.network.height(node_of(demand))
        fitting = sum(1 for _ in self._supplies(demand, late=False))
        heappush(self._heap, (-height, demand.needed_at, fitting, demand.demand_id))

    def _pop(self) -> list[Demand]:
        """The next demand, and those that the same separation serves at the same moment."""
        height, needed_at, _, demand_id = heappop(self._heap)
        first = self.book.demands[demand_id]
        source = self._source(first)
        together = [first]
        if not isinstance(source, Make) or source.recipe.kind != "separation":
            return together
        others = [entry for entry in self._heap if entry[:2] == (height, needed_at)]
        for entry in sorted(others):
            demand = self.book.demands[entry[3]]
            same = self._source(demand)
            if isinstance(same, Make) and same.recipe is source.recipe:
                together.append(demand)
                self._heap.remove(entry)
        if len(together) > 1:
            self._heap.sort()
        return together

    def _source(self, demand: Demand) -> Source | None:
        return self.book.network.source(node_of(demand), demand.needed_at, self._trails[demand.demand_id])

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
        for receipt in self.book.receipts.by("place", place):
            at = self._useful(demand, receipt, late=late)
            if at is not None:
                coming.append((at, receipt.receipt_id, receipt.free_micro))
        for _, receipt_id, free in sorted(coming):
            yield receipt_id, free

    def _useful(self, demand: Demand, receipt: Receipt, *, late: bool) -> datetime | None:
        if receipt.free_micro <= 0 or not admits(demand.window, receipt.properties):
            return None
        order = self.book.orders[receipt.planned_order_id]
        if order.ended or order.expected_at is None or order.planned_order_id == demand.planned_order_id:
            return None
        if order.expected_at > demand.needed_at and not (late and order.state != "planned"):
            return None
        return order.expected_at

    def _plan(self, demands: Sequence[Demand]) -> None:
        short = [demand for demand in demands if demand.uncovered_micro]
        if not short:
            return
        source = self._source(short[0]) if short[0].sku in self.book.network.items else None
        if source is None or len(self.created) >= ORDERS_COUNT_MAX:
            self._miss(short)
        elif isinstance(source, Make) and source.recipe.phantom and short[0].planned_order_id is not None:
            self._explode(short[0], source)
        elif isinstance(source, Make):
            self._make(short, source)
        else:
            self._get(short[0], source)

    def _explode(self, demand: Demand, source: Make) -> None:
        """A phantom is never made: what its own stock does not cover, its inputs do, at the same moment."""
        recipe, short = source.recipe, demand.uncovered_micro
        start = self._start(demand, source, short)
        if demand.covered_micro:
            self.book.demands.put(replace(demand, quantity_micro=demand.quantity_micro - short))
        else:
            self.book.demands.drop(demand.demand_id)
        trail = self._trails[demand.demand_id] | {recipe.recipe_id}
        ratio = Ratio(start, recipe.outputs[source.output_no].per_micro)
        parent = self.book.orders[demand.planned_order_id or ""]
        self._need_inputs(parent, recipe, ratio, trail, f"{demand.demand_id}.")

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
            whole = self._start(first, source, first.uncovered_micro)
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
        order = self._order(demands, source, "make", size, runs)
        found = placing.place(self.book, order, recipe)
        if found is None:
            self.book.orders.drop(self.created.pop())
            self._miss(self.book.demands[each.demand_id] for each in demands)
            return
        order = found
        for number, output in enumerate(recipe.outputs):
            item = items.get(output.sku)
            given = recipe.given(number, ratio, item.quantum_micro if item is not None else 1)
            self._receive(order, number, output, given)
        self._peg(demands, order)
        trail = self._trails[demands[0].demand_id] | {recipe.recipe_id}
        self._need_inputs(order, recipe, ratio, trail, f"{order.planned_order_id}/")

    def _miss(self, demands: Iterable[Demand]) -> None:
        self.missing += [Missing(each.demand_id, node_of(each), each.uncovered_micro) for each in demands]

    def _need_inputs(
        self, order: PlannedOrder, recipe: Recipe, ratio: Ratio, trail: frozenset[str], prefix: str
    ) -> None:
        for number, each in enumerate(recipe.inputs):
            item = self.book.network.items.get(each.sku)
            taken = recipe.taken(number, ratio, item.quantum_micro if item is not None else 1)
            node = Node(order.site_id, each.sku, each.window)
            self._need(order, f"{prefix}{number}", node, taken, trail)

    def _need(
        self,
        order: PlannedOrder,
        demand_id: str,
        node: Node,
        micro: int,
        trail: frozenset[str],
    ) -> None:
        demand = Demand(
            demand_id, "dependent", node.site_id, node.sku, node.window, micro, 0, 0, order.starts_at, None,
            order.priority, self.book.now, order.held, False, planned_order_id=order.planned_order_id,
        )  # fmt: skip
        self.book.demands.put(demand)
        self._push(demand, trail)

    def _get(self, demand: Demand, source: Buy | Transfer) -> None:
        rule = self.book.network.rule(node_of(demand), source)
        item = self.book.network.items[demand.sku]
        kind: OrderSource = "buy" if isinstance(source, Buy) else "transfer"
        promised = source.terms.properties if isinstance(source, Buy) and source.terms else ()
        for size in rule.sizes(item.whole(demand.uncovered_micro)):
            order = self._order([demand], source, kind, size, size)
            self._receive(order, 0, Output(demand.sku, size, "main", promised), size)
            self._peg([demand], order)
            if isinstance(source, Transfer):
                trail = self._trails[demand.demand_id]
                node = Node(source.from_site_id, demand.sku, demand.window)
                self._need(order, f"{order.planned_order_id}/0", node, size, trail)

    def _order(
        self, demands: Sequence[Demand], source: Source, kind: OrderSource, size: int, runs: int
    ) -> PlannedOrder:
        first = demands[0]
        network = self.book.network
        days, calendar_id = network.lead(node_of(first), source)
        starts_at = network.days_of(calendar_id).before(first.needed_at, days)
        told = network.parameters.get((first.site_id, first.sku))
        fence = told.fence_days if told is not None else 0
        recipe = source.recipe if isinstance(source, Make) else None
        order = PlannedOrder(
            planned_order_id=self.book.new_id(),
            site_id=first.site_id,
            sku=first.sku,
            source=kind,
            quantity_micro=size,
            runs_micro=runs,
            lead_days=days,
            calendar_id=calendar_id,
            floor_at=self._floor,
            starts_at=starts_at,
            due_at=first.needed_at,
            confirmed_at=None,
            expected_at=first.needed_at,
            release_at=network.site_days(first.site_id).before(starts_at, fence),
            state="planned",
            held=all(demand.held for demand in demands),
            automatic=told is None or told.automatic,
            priority=min(demand.priority for demand in demands),
            window=first.window,
            recipe_id=recipe.recipe_id if recipe is not None else None,
            recipe_version=recipe.version if recipe is not None else None,
            from_site_id=source.from_site_id if isinstance(source, Transfer) else None,
        )
        self.book.orders.put(order)
        self.created.append(order.planned_order_id)
        return order

    def _receive(self, order: PlannedOrder, number: int, output: Output, micro: int) -> None:
        key = order.planned_order_id
        receipt = Receipt(
            receipt_id_of(key, number), key, number, order.site_id, output.sku, output.role, micro, 0, 0,
            output.properties,
        )  # fmt: skip
        self.book.receipts.put(receipt)

    def _peg(self, demands: Sequence[Demand], order: PlannedOrder) -> None:
        """What was planned for demands serves them, whatever properties it turns out to have."""
        for demand in demands:
            for receipt in self.book.receipts_of(order.planned_order_id):
                short = self.book.demands[demand.demand_id].uncovered_micro
                fits = order.source == "buy" or admits(demand.window, receipt.properties)
                if short and receipt.free_micro and receipt.sku == demand.sku and fits:
                    self.book.peg(demand.demand_id, receipt.receipt_id, min(short, receipt.free_micro))
