"""A planned order as it is put on the book: when it begins, what it brings, whom it serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.values import admits
from materials.domain.book import Book
from materials.domain.demand import Demand
from materials.domain.network import Make, Node, Source, Transfer
from materials.domain.recipe import Output
from materials.domain.supply import OrderSource, PlannedOrder, Receipt, receipt_id_of


def node_of(demand: Demand) -> Node:
    """The planning node of a demand."""
    return Node(demand.site_id, demand.sku, demand.window)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is started, in millionths of the base unit, and how many runs that is."""

    micro: int
    runs_micro: int


def put_order(
    book: Book, demands: Sequence[Demand], source: Source, kind: OrderSource, size: Size, floor: datetime
) -> PlannedOrder:
    """An order that is there when the first of the demands needs it; it cannot begin before `floor`."""
    first, network = demands[0], book.network
    days, calendar_id = network.lead(node_of(first), source)
    starts_at = network.days_of(calendar_id).before(first.needed_at, days)
    told = network.parameters.get((first.site_id, first.sku))
    here = network.site_days(first.site_id)
    recipe = source.recipe if isinstance(source, Make) else None
    order = PlannedOrder(
        planned_order_id=book.new_id(),
        site_id=first.site_id,
        sku=first.sku,
        source=kind,
        quantity_micro=size.micro,
        runs_micro=size.runs_micro,
        lead_days=days,
        calendar_id=calendar_id,
        floor_at=floor,
        starts_at=starts_at,
        due_at=first.needed_at,
        confirmed_at=None,
        expected_at=first.needed_at,
        release_at=here.before(starts_at, told.fence_days if told is not None else 0),
        state="planned",
        held=all(demand.held for demand in demands),
        automatic=told is None or told.automatic,
        priority=min(demand.priority for demand in demands),
        window=first.window,
        recipe_id=recipe.recipe_id if recipe is not None else None,
        recipe_version=recipe.version if recipe is not None else None,
        from_site_id=source.from_site_id if isinstance(source, Transfer) else None,
        firm_at=network.firm_from(first.site_id, first.sku, starts_at),
    )
    book.orders.put(order)
    return order


def put_receipt(book: Book, order: PlannedOrder, number: int, output: Output, micro: int) -> None:
    """What comes of an order as its output of that number."""
    key = order.planned_order_id
    receipt = Receipt(
        receipt_id_of(key, number), key, number, order.site_id, output.sku, output.role, micro, 0, 0,
        output.properties,
    )  # fmt: skip
    book.receipts.put(receipt)


def serve(book: Book, demands: Sequence[Demand], order: PlannedOrder) -> None:
    """What was planned for demands serves them, whatever properties it turns out to have."""
    for demand in demands:
        for receipt in book.receipts_of(order.planned_order_id):
            short = book.demands[demand.demand_id].uncovered_micro
            fits = order.source == "buy" or admits(demand.window, receipt.properties)
            if short and receipt.free_micro and receipt.sku == demand.sku and fits:
                book.peg(demand.demand_id, receipt.receipt_id, min(short, receipt.free_micro))
