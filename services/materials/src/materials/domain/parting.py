"""Runs that production splits or puts together: what they were planned as, with pegs and reservations, goes along.

Nothing is planned anew by it. Who waits for the run is served by the rest first, those who are served first in front;
what lies reserved goes where production says that it lies staged, and else stays with the rest as far as it is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backbone.errors import NotYet
from contracts.partings import RunsMerged, RunSplit
from contracts.shapes import ItemPart, LotPart
from contracts.values import CostVector
from materials.domain.book import Book
from materials.domain.conclusion import cover
from materials.domain.demand import Demand
from materials.domain.message import close_message
from materials.domain.supply import PlannedOrder, Receipt, receipt_id_of
from materials.domain.told import minus, plus


def split(book: Book, fact: RunSplit) -> None:
    """A part of a run is a planned order of its own, under way as the whole was."""
    order = _known(book, fact.planned_order_id)
    key, runs = fact.part.planned_order_id, fact.part.runs.micro
    size = order.quantity_micro * runs // (runs + fact.runs.micro)
    part = order._replace(
        planned_order_id=key, run_id=fact.part.run_id, quantity_micro=size, runs_micro=runs,
        state="confirmed" if order.state == "running" else order.state,
    )  # fmt: skip
    book.cause = ("a run was split", order.kind, order.planned_order_id)
    book.orders.put(part)
    book.orders.put(order._replace(quantity_micro=order.quantity_micro - size, runs_micro=fact.runs.micro))
    receipts = sorted(book.receipts_of(order.planned_order_id), key=lambda each: each.output_no)
    for receipt, output in zip(receipts, fact.part.outputs, strict=True):
        _split_receipt(book, receipt, key, output.quantity.micro)
    lots = {lot.lot_id: lot for lot in fact.lots}
    parted = [
        _split_demand(book, demand, key, micro, lots)
        for demand, micro in _shares(book.inputs_of(order.planned_order_id), fact.part.inputs)
    ]
    _staged(book, (order.planned_order_id, key), fact.lots, key)
    cover(book, [key for key in parted if book.demands[key].uncovered_micro])


def _known(book: Book, planned_order_id: str) -> PlannedOrder:
    order = book.orders.get(planned_order_id)
    if order is None:
        raise NotYet(planned_order_id)
    return order


def _split_receipt(book: Book, receipt: Receipt, planned_order_id: str, micro: int) -> None:
    """So much of an output comes of the part; whom the rest cannot serve any more is served by it."""
    part = receipt._replace(
        receipt_id=receipt_id_of(planned_order_id, receipt.output_no), planned_order_id=planned_order_id,
        quantity_micro=micro, received_micro=0, pegged_micro=0,
    )  # fmt: skip
    rest = receipt._replace(quantity_micro=max(receipt.received_micro, receipt.quantity_micro - micro))
    book.receipts.put(part)
    book.receipts.put(rest)
    lost = rest.pegged_micro - rest.open_micro
    for peg in reversed(book.pegs_on(rest.receipt_id)):
        if lost <= 0:
            break
        moved = book.unpeg(peg.demand_id, rest.receipt_id, lost)
        book.peg(peg.demand_id, part.receipt_id, moved)
        lost -= moved


def _shares(demands: Sequence[Demand], inputs: Iterable[ItemPart]) -> list[tuple[Demand, int]]:
    """What of each demand goes along; several may be for one kind of input."""
    left = {(part.sku, part.window): part.quantity.micro for part in inputs}
    found = []
    for demand in demands:
        kind = (demand.sku, demand.window)
        micro = min(left.get(kind, 0), demand.quantity_micro - demand.done_micro)
        if micro > 0:
            left[kind] -= micro
            found.append((demand, micro))
    return found


def _split_demand(
    book: Book, demand: Demand, planned_order_id: str, micro: int, lots: dict[str, LotPart]
) -> str:
    """So much of an input is the part's; what covers it beyond the rest goes along, named lots first."""
    key = f"{planned_order_id}/{demand.demand_id.rpartition('/')[2]}"
    book.demands.put(
        demand._replace(demand_id=key, planned_order_id=planned_order_id, quantity_micro=micro, done_micro=0,
            covered_micro=0,
        )
    )  # fmt: skip
    rest = demand._replace(quantity_micro=demand.quantity_micro - micro)
    book.demands.put(rest)
    surplus = rest.covered_micro - rest.open_micro

    def later(supply_id: str, order_id: str | None) -> tuple[bool, bool, str, str]:
        order = book.orders.get(order_id or "")
        due = order.due_at.isoformat() if order is not None else ""
        return (supply_id in lots, order is not None, due, supply_id)

    pegs = book.pegs_of(demand.demand_id)
    for peg in sorted(pegs, key=lambda each: later(each.supply_id, each.planned_order_id), reverse=True):
        if surplus <= 0:
            break
        lot = lots.get(peg.supply_id)
        wanted = surplus if lot is None else min(surplus, lot.quantity.micro)
        surplus -= _move_peg(
            book, demand.demand_id, key, peg.supply_id, wanted, lot.cost if lot is not None else None
        )
    book.touch([demand.demand_id, key])
    return key


def _move_peg(
    book: Book, demand_id: str, to_id: str, supply_id: str, micro: int, cost: CostVector | None = None
) -> int:
    """So much of a peg is another demand's, with what its taker has heard of it; the answer is how much that was."""
    was = book.pegs[demand_id, supply_id]
    moved = book.unpeg(demand_id, supply_id, micro, cost)
    left = book.pegs.get((demand_id, supply_id))
    gone = minus(was.told, left.told) if left is not None else was.told
    book.peg(to_id, supply_id, moved)
    if gone[0]:
        peg = book.pegs[to_id, supply_id]
        stock = book.stock_for(book.demands[to_id], supply_id)
        book.stocks.put(stock.telling(gone))
        book.pegs.put(peg.telling(plus(peg.told, gone)))
    return moved


def _staged(book: Book, changed: Iterable[str], lots: Sequence[LotPart], key: str) -> None:
    """What lies staged for an order stays so if production and the book mean the same lots; else it is staged anew."""
    told: dict[str, int] = {}
    for lot in lots:
        told[lot.lot_id] = told.get(lot.lot_id, 0) + lot.quantity.micro
    kept: dict[str, int] = {}
    for demand in book.inputs_of(key):
        for peg in book.pegs_of(demand.demand_id):
            kept[peg.supply_id] = kept.get(peg.supply_id, 0) + peg.quantity_micro
    for each in changed:
        order = book.orders[each]
        book.orders.put(order._replace(staged=order.staged and bool(told) and told == kept))
        book.touch(demand.demand_id for demand in book.inputs_of(each))


def merged(book: Book, fact: RunsMerged) -> None:
    """An order comes of what others were planned as, too; these others are over."""
    order = _known(book, fact.planned_order_id)
    book.cause = ("runs were put together", order.kind, order.planned_order_id)
    key = order.planned_order_id
    for other in fact.merged:
        gone = _known(book, other.planned_order_id)
        if gone.ended:
            continue
        order = book.orders[key]
        book.orders.put(
            order._replace(
                quantity_micro=order.quantity_micro + gone.quantity_micro,
                runs_micro=order.runs_micro + gone.runs_micro,
                due_at=min(order.due_at, gone.due_at),
                priority=min(order.priority, gone.priority),
                staged=order.staged and gone.staged,
            )
        )
        _merge_receipts(book, key, gone)
        _merge_demands(book, key, gone)
        book.orders.put(gone._replace(state="closed"))
        book.unload(gone.planned_order_id)
        book.dues["release", gone.planned_order_id] = None
        close_message(book, gone.planned_order_id, "put together with another run")
    _staged(book, (key,), fact.lots, key)


def _merge_receipts(book: Book, key: str, gone: PlannedOrder) -> None:
    for receipt in book.receipts_of(gone.planned_order_id):
        into = book.receipts[receipt_id_of(key, receipt.output_no)]
        book.receipts.put(into._replace(quantity_micro=into.quantity_micro + receipt.open_micro))
        for peg in book.pegs_on(receipt.receipt_id):
            moved = book.unpeg(peg.demand_id, receipt.receipt_id)
            book.peg(peg.demand_id, into.receipt_id, moved)
        left = book.receipts[receipt.receipt_id]
        book.receipts.put(left._replace(quantity_micro=left.received_micro))


def _merge_demands(book: Book, key: str, gone: PlannedOrder) -> None:
    """Its inputs go over to those of the same kind, with all that covers them."""
    here: dict[object, str] = {}
    for demand in book.inputs_of(key):
        here.setdefault((demand.sku, demand.window), demand.demand_id)
    for demand in book.inputs_of(gone.planned_order_id):
        into = book.demands[here[demand.sku, demand.window]]
        book.demands.put(into._replace(quantity_micro=into.quantity_micro + demand.open_micro))
        for peg in book.pegs_of(demand.demand_id):
            _move_peg(book, demand.demand_id, into.demand_id, peg.supply_id, peg.quantity_micro)
        book.demands.drop(demand.demand_id)
        book.touch([into.demand_id])
