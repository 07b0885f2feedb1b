"""The book of a decision: the demands, supplies, pegs and stock that it can reach, and what it changes and tells."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from backbone.errors import NeedsMore
from contracts.shapes import LateCause, Recovery, SupplyKind
from contracts.values import CostVector, admits
from materials.domain.beyond import BEYOND, Edge
from materials.domain.capacity.room import Load, Room
from materials.domain.cycle_count import CycleCount
from materials.domain.demand import Demand, Peg
from materials.domain.forecast import Forecast, Want
from materials.domain.header import Change, Dispatch, Hold, InternalSupply, Order
from materials.domain.lot import MAIN, USABLE, Link, Lot, Move, Serial, Stock, Store
from materials.domain.network import Network, Place
from materials.domain.rows import Journal, Rows
from materials.domain.substitute import Substitute, Substitution
from materials.domain.supply import Message, PlannedOrder, Receipt, used_at
from materials.domain.told import NOTHING, Told, cut, minus

StockKey = tuple[str, str, Store]
NEVER: Final = datetime.max.replace(tzinfo=UTC)
Cause = tuple[str, SupplyKind, str]
UNCAUSED: Final[Cause] = ("supply changed", "planned", "")


class Book:
    """Everything one transaction decides on. Rows are frozen; the book puts new ones in their place.

    Loaded with all pegs of each demand and each planned order that it names, or with what is free alone.
    """

    def __init__(self, network: Network, now: datetime, new_id: Callable[[], str]) -> None:
        self.network = network
        self.now = now
        self.new_id = new_id
        self._journal: Journal = []
        self._began = 0
        self._open_plan(self._journal)
        self._open_stock(self._journal)
        self._open_headers(self._journal)
        self.moves: list[Move] = []
        self.links: list[Link] = []
        self.serials: list[Serial] = []
        # By planned order and lot: what vendors have for their runs, and what runs have taken here, with its cost.
        self.at_vendors: dict[tuple[str, str], Told] = {}
        self.taken_here: dict[tuple[str, str], Told] = {}
        self.facts: list[object] = []
        self.room = Room()
        # What was asked for and had no room: item, site and resource; kept until the next promise is looked for.
        self.bound: dict[tuple[str, str, str], None] = {}
        # Of items made to stock: what is forecast, what orders and holds want, and whose supply was lent to them.
        self.forecasts: dict[Place, list[Forecast]] = {}
        self.consuming: dict[Place, dict[str, Want]] = {}
        self.lent: dict[str, None] = {}
        self.dues: dict[tuple[str, str], datetime | timedelta | None] = {}
        # Demands whose pegs or supplies changed, and what caused it: looked at when the decision concludes.
        self.touched: dict[str, None] = {}
        self.cause: Cause = UNCAUSED
        self.blamed: LateCause = "material"
        self.dated: dict[str, datetime | None] = {}
        # What may stand in for what as far as a decision asks, and who takes it in what is planned.
        self.substitutes: Sequence[Substitute] = ()
        self.substituted: list[Substitution] = []
        self.end_at(None)
        self.how: Recovery = "back in time"

    def _open_plan(self, journal: Journal) -> None:
        self.demands: Rows[str, Demand] = Rows(
            journal,
            lambda row: row.demand_id,
            promise=lambda row: row.promise_id,
            order=lambda row: row.order_id,
            parent=lambda row: row.planned_order_id,
            place=lambda row: (row.site_id, row.sku),
            short=lambda row: (row.site_id, row.sku) if row.uncovered_micro else None,
            purchase=lambda row: row.purchase_line_id,
        )
        self.orders: Rows[str, PlannedOrder] = Rows(journal, lambda row: row.planned_order_id)
        self.receipts: Rows[str, Receipt] = Rows(
            journal,
            lambda row: row.receipt_id,
            order=lambda row: row.planned_order_id,
            place=lambda row: (row.site_id, row.sku),
            free=lambda row: (row.site_id, row.sku) if row.free_micro else None,
        )
        self.pegs: Rows[tuple[str, str], Peg] = Rows(
            journal,
            lambda row: (row.demand_id, row.supply_id),
            demand=lambda row: row.demand_id,
            supply=lambda row: row.supply_id,
            order=lambda row: row.planned_order_id,
        )
        self.loads: Rows[tuple[str, str, str], Load] = Rows(
            journal,
            lambda row: (row.planned_order_id, row.resource_id, row.day),
            order=lambda row: row.planned_order_id,
            bucket=lambda row: (row.resource_id, row.day),
        )

    def _open_stock(self, journal: Journal) -> None:
        self.lots: Rows[str, Lot] = Rows(journal, lambda row: row.lot_id)
        self.stocks: Rows[StockKey, Stock] = Rows(
            journal,
            lambda row: (row.lot_id, row.site_id, row.store),
            place=lambda row: (row.site_id, row.sku) if row.store == MAIN else None,
            free=lambda row: (row.site_id, row.sku) if row.store == MAIN and row.free_micro > 0 else None,
            lot=lambda row: row.lot_id,
        )

    def _open_headers(self, journal: Journal) -> None:
        self.holds: Rows[str, Hold] = Rows(journal, lambda row: row.promise_id)
        self.served: Rows[str, Order] = Rows(
            journal, lambda row: row.order_id, promise=lambda row: row.promise_id
        )
        self.internals: Rows[str, InternalSupply] = Rows(
            journal, lambda row: row.purchase_line_id, purchase=lambda row: row.purchase_order_id
        )
        self.dispatches: Rows[tuple[str, str, str], Dispatch] = Rows(
            journal,
            lambda row: (row.shipment_id, row.lot_id, row.demand_id),
            shipment=lambda row: row.shipment_id,
        )
        self.changes: Rows[str, Change] = Rows(journal, lambda row: row.change_id)
        self.counts: Rows[str, CycleCount] = Rows(journal, lambda row: row.count_id)
        self.messages: Rows[tuple[str, str], Message] = Rows(
            journal, lambda row: (row.planned_order_id, row.kind), order=lambda row: row.planned_order_id
        )

    def anew(self) -> None:
        """A decision begins: what caused the one before it, and how it helped, are not its own."""
        self.cause, self.blamed, self.how = UNCAUSED, "material", "back in time"
        self._began = self.mark()

    def places_decided(self) -> set[Place]:
        """The places where supplies changed in this decision."""
        supplies = (self.orders, self.receipts)
        changed = [each for each in self._journal[self._began :] if each[0] in supplies]
        found = [row for rows, key, old in changed for row in (old, rows.get(key)) if row is not None]
        return {(row.site_id, row.sku) for row in found}

    def end_at(self, edge: Edge | None, lying: Container[Place] = ()) -> None:
        """Whoever needs more of a row than came with it hears so; of what is `lying` at a place, all lots are here."""
        self.edge, self.lying = edge, lying

    def _whole_demand(self, demand_id: str) -> None:
        if self.edge is not None and demand_id not in self.edge.demand_ids and self.demands.loaded(demand_id):
            raise NeedsMore([BEYOND])

    def _whole_order(self, planned_order_id: str) -> None:
        if (
            self.edge is not None
            and planned_order_id not in self.edge.planned_order_ids
            and self.orders.loaded(planned_order_id)
        ):
            raise NeedsMore([BEYOND])

    def order(self, planned_order_id: str | None) -> PlannedOrder | None:
        """A planned order, None when there is none (any more); raises `NeedsMore` for one that was not looked at."""
        if planned_order_id is None:
            return None
        if self.edge is not None and not self.orders.heard_of(planned_order_id):
            raise NeedsMore([BEYOND])
        return self.orders.get(planned_order_id)

    def mark(self) -> int:
        """A place to come back to."""
        return len(self._journal)

    def back(self, mark: int) -> None:
        """Take back every change of a row since `mark`; facts and moves are told only when nothing is taken back."""
        while len(self._journal) > mark:
            rows, key, old = self._journal.pop()
            rows.back(key, old)

    def tell(self, *facts: object) -> None:
        """Facts that follow from the decision, in order."""
        self.facts.extend(facts)

    def drain(self) -> list[object]:
        """The facts since the last call."""
        told, self.facts = self.facts, []
        return told

    def touch(self, demand_ids: Iterable[str]) -> None:
        """These demands are covered otherwise than before."""
        demand_ids = list(demand_ids)
        for demand_id in demand_ids:
            self._whole_demand(demand_id)
        self.touched.update(dict.fromkeys(demand_ids))

    def stock_for(self, demand: Demand, lot_id: str) -> Stock:
        """Where a demand's reservation of a lot lies."""
        return self.stocks[lot_id, demand.site_id, MAIN]

    def usable(self, lot_id: str, site_id: str) -> bool:
        """Whether what lies of a lot at a site may be used."""
        lot, stock = self.lots.get(lot_id), self.stocks.get((lot_id, site_id, MAIN))
        return lot is not None and lot.status == USABLE and not (stock and stock.awaits_inspection)

    def free_lots(self, demand: Demand) -> list[tuple[str, int]]:
        """The lots that may serve a demand and how much of each is free: what expires first, then the oldest."""
        found: list[tuple[datetime, datetime, str, int]] = []
        order = self.orders.get(demand.planned_order_id or "")
        needed_at = max(used_at(order, demand.needed_at), self.now)
        for stock in self.stocks.by("free", (demand.site_id, demand.sku)):
            lot = self.lots.get(stock.lot_id)
            if lot is None or not self.usable(lot.lot_id, stock.site_id):
                continue
            if admits(demand.window, lot.properties) and lot.keeps_until(needed_at):
                found.append((lot.expires_at or NEVER, lot.received_at, lot.lot_id, stock.free_micro))
        return [(lot_id, free) for _, _, lot_id, free in sorted(found)]

    def peg(self, demand_id: str, supply_id: str, micro: int) -> None:
        """Cover so much of a demand by a lot or by a receipt."""
        demand = self.demands[demand_id]
        receipt = self.receipts.get(supply_id)
        if receipt is not None:
            self.receipts.put(receipt._replace(pegged_micro=receipt.pegged_micro + micro))
        else:
            stock = self.stock_for(demand, supply_id)
            self.stocks.put(stock._replace(reserved_micro=stock.reserved_micro + micro))
        order_id = receipt.planned_order_id if receipt is not None else None
        old = self.pegs.get((demand_id, supply_id)) or Peg(demand_id, supply_id, order_id, 0)
        self.pegs.put(old._replace(quantity_micro=old.quantity_micro + micro))
        self.demands.put(demand._replace(covered_micro=demand.covered_micro + micro))
        self.touch([demand_id])

    def unpeg(
        self, demand_id: str, supply_id: str, micro: int | None = None, cost: CostVector | None = None
    ) -> int:
        """Take a peg back, or so much of it; the answer is how much that was.

        What the taker has heard of it counts no more, or only the `cost` that they say that it has taken along.
        """
        peg = self.pegs.get((demand_id, supply_id))
        if peg is None:
            return 0
        micro = peg.quantity_micro if micro is None else min(micro, peg.quantity_micro)
        demand = self.demands[demand_id]
        receipt = self.receipts.get(supply_id)
        if receipt is not None:
            self.receipts.put(receipt._replace(pegged_micro=receipt.pegged_micro - micro))
        else:
            stock = self.stock_for(demand, supply_id)
            left = stock._replace(reserved_micro=stock.reserved_micro - micro)
            if peg.told_micro:
                gone = cut(peg.told, micro, cost)
                left, peg = left.telling(minus(NOTHING, gone)), peg.telling(minus(peg.told, gone))
            self.stocks.put(left)
        if micro == peg.quantity_micro:
            self.pegs.drop((demand_id, supply_id))
        else:
            self.pegs.put(peg._replace(quantity_micro=peg.quantity_micro - micro))
        self.demands.put(demand._replace(covered_micro=demand.covered_micro - micro))
        self.touch([demand_id])
        return micro

    def pegs_of(self, demand_id: str) -> list[Peg]:
        """What covers a demand."""
        self._whole_demand(demand_id)
        return self.pegs.by("demand", demand_id)

    def pegs_on(self, supply_id: str) -> list[Peg]:
        """Whom a supply serves, those who are served first in front."""
        found = self.pegs.by("supply", supply_id)
        return sorted(found, key=lambda peg: self.demands[peg.demand_id].rank)

    def secured_micro(self, demand_id: str) -> int:
        """How much of a demand lies reserved in lots that may be used, be it only to rework them."""
        here = self.demands[demand_id].site_id
        order = self.orders.get(self.demands[demand_id].planned_order_id or "")
        rework = order.rework_lot_id if order is not None else None
        return sum(
            peg.quantity_micro
            for peg in self.pegs_of(demand_id)
            if peg.planned_order_id is None and (self.usable(peg.supply_id, here) or peg.supply_id == rework)
        )

    def unload(self, planned_order_id: str) -> None:
        """An order takes nothing of work centres and people any more."""
        for load in self.loads.by("order", planned_order_id):
            self.loads.drop((planned_order_id, load.resource_id, load.day))

    def inputs_of(self, planned_order_id: str) -> list[Demand]:
        """What a planned order takes."""
        self._whole_order(planned_order_id)
        return self.demands.by("parent", planned_order_id)

    def receipts_of(self, planned_order_id: str) -> list[Receipt]:
        """What a planned order brings."""
        return self.receipts.by("order", planned_order_id)

    def uncovered(self, place: Place) -> list[Demand]:
        """The demands at a place that are pegged to too little, those who are served first in front."""
        return sorted(self.demands.by("short", place), key=lambda each: each.rank)
