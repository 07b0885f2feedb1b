"""How a plan differs from the one before: orders, dates of lines, what is short, what planners are asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contracts.values import Money
from materials.domain.book import Book
from materials.domain.demand import Demand
from materials.domain.network import Node
from materials.domain.price import Bought, bought
from materials.domain.supply import PlannedOrder
from materials.domain.work import unrated, work_cost

OrderChange = Literal["new", "gone", "changed"]


@dataclass(frozen=True, slots=True)
class OrderDiffers:
    """A planned order before and after: its quantity, and when it is expected; absent where it does not exist.

    What a bought one costs is by the terms that hold when it is released; what a run costs is its work, and what it
    takes is bought or made for itself. A transfer costs nothing here. `unpriced` is one of which that is not known.
    """

    change: OrderChange
    planned_order_id: str
    site_id: str
    sku: str
    source: str
    state: str
    was_micro: int
    now_micro: int
    was_at: datetime | None
    now_at: datetime | None
    was_cost: Money | None
    now_cost: Money | None
    unpriced: bool
    unit: str


@dataclass(frozen=True, slots=True)
class DemandDiffers:
    """When a demand that nothing else has made is served before and after, and what of it nothing covers."""

    demand_id: str
    site_id: str
    sku: str
    order_id: str | None
    line_id: str | None
    promised_at: datetime | None
    was_at: datetime | None
    now_at: datetime | None
    was_short_micro: int
    now_short_micro: int
    unit: str


@dataclass(frozen=True, slots=True)
class AskDiffers:
    """An action message that is open afterwards and was not, or the other way round."""

    planned_order_id: str
    kind: str
    opens: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Difference:
    """All that a decision has changed, each part in the order of its keys."""

    orders: tuple[OrderDiffers, ...]
    demands: tuple[DemandDiffers, ...]
    messages: tuple[AskDiffers, ...]

    @property
    def costs(self) -> tuple[Bought, ...]:
        """What is bought and worked cost before and after, as far as prices and rates are known."""
        return bought((each.was_cost, each.now_cost) for each in self.orders)

    @property
    def work(self) -> tuple[Bought, ...]:
        """The part of it that is work."""
        return bought((each.was_cost, each.now_cost) for each in self.orders if each.source != "buy")

    @property
    def unpriced(self) -> tuple[str, ...]:
        """The items of orders whose price, or the rates of whose work, are not known."""
        return tuple(sorted({each.sku for each in self.orders if each.unpriced}))


def difference(book: Book) -> Difference:
    """What the decisions on a book have changed against what it was loaded with."""
    orders = [_order(book, was, now) for was, now in book.orders.differences()]
    demands = [_demand(book, was, now) for was, now in book.demands.differences()]
    messages = []
    for was, now in book.messages.differences():
        opens = now is not None and now.state == "open"
        known = now or was
        if known is not None and opens != (was is not None and was.state == "open"):
            messages.append(AskDiffers(known.planned_order_id, known.kind, opens, known.reason))
    return Difference(
        tuple(sorted((each for each in orders if each is not None), key=lambda each: each.planned_order_id)),
        tuple(sorted((each for each in demands if each is not None), key=lambda each: each.demand_id)),
        tuple(sorted(messages, key=lambda each: (each.planned_order_id, each.kind))),
    )


def _unit(book: Book, sku: str) -> str:
    item = book.network.items.get(sku)
    return item.unit if item is not None else ""


def _cost(book: Book, order: PlannedOrder | None) -> Money | None:
    if order is None or order.source == "transfer":
        return None
    if order.source == "buy":
        node = Node(order.site_id, order.sku, order.window)
        return book.network.purchase_cost(node, order.release_at, order.quantity_micro)
    recipe = book.network.recipe(order.recipe_id, order.recipe_version)
    return None if recipe is None else work_cost(recipe, order.runs_micro, book.room.centres)


def _unpriced(book: Book, order: PlannedOrder | None, cost: Money | None) -> bool:
    if order is None or order.source == "transfer" or cost is not None:
        return False
    recipe = book.network.recipe(order.recipe_id, order.recipe_version)
    return order.source == "buy" or unrated(recipe, order.runs_micro, book.room.centres)


def _order(book: Book, was: PlannedOrder | None, now: PlannedOrder | None) -> OrderDiffers | None:
    was = None if was is None or was.ended else was
    now = None if now is None or now.ended else now
    known = now or was
    if known is None:
        return None
    change: OrderChange = "new" if was is None else "gone" if now is None else "changed"
    was_cost, now_cost = _cost(book, was), _cost(book, now)
    found = OrderDiffers(
        change, known.planned_order_id, known.site_id, known.sku, known.source, known.state,
        was.quantity_micro if was is not None else 0, now.quantity_micro if now is not None else 0,
        was.expected_at if was is not None else None, now.expected_at if now is not None else None,
        was_cost, now_cost, _unpriced(book, was, was_cost) or _unpriced(book, now, now_cost), _unit(book, known.sku),
    )  # fmt: skip
    same = (found.was_micro, found.was_at) == (found.now_micro, found.now_at)
    return None if change == "changed" and same else found


def _demand(book: Book, was: Demand | None, now: Demand | None) -> DemandDiffers | None:
    known = now or was
    if known is None or known.planned_order_id is not None:
        return None
    found = DemandDiffers(
        known.demand_id, known.site_id, known.sku, known.order_id, known.line_id, known.promised_at,
        was.available_at if was is not None else None, now.available_at if now is not None else None,
        was.uncovered_micro if was is not None else 0, now.uncovered_micro if now is not None else 0,
        _unit(book, known.sku),
    )  # fmt: skip
    same = (found.was_at, found.was_short_micro) == (found.now_at, found.now_short_micro)
    return None if was is not None and now is not None and same else found
