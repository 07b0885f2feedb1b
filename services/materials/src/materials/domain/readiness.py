"""What lies ready: inputs of a run, goods of an order line, goods for another site of ours."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from contracts.instead import GoodsWithdrawn
from contracts.materials import GoodsReady, InternalGoodsReady, MaterialsStaged
from contracts.shapes import LotPart
from contracts.values import Quantity
from materials.domain.book import Book
from materials.domain.demand import Demand
from materials.domain.lot import part_of


def secured(book: Book, demand: Demand) -> bool:
    """Whether all that a demand still wants lies reserved in lots that may be used."""
    return book.secured_micro(demand.demand_id) >= demand.open_micro


def lots_of(book: Book, demands: Iterable[Demand]) -> tuple[LotPart, ...]:
    """The lots that are reserved for demands, with what each part has cost: parts of a lot add up to the lot."""
    parts: list[LotPart] = []
    mine = {demand.demand_id: demand for demand in demands}
    before: dict[str, int] = {}
    for demand in mine.values():
        for peg in sorted(book.pegs_of(demand.demand_id), key=lambda each: each.supply_id):
            if peg.planned_order_id is None:
                lot_id, micro = peg.supply_id, peg.quantity_micro
                told = before.get(lot_id)
                told = _told_micro(book, lot_id, demand.site_id, mine) if told is None else told
                parts.append(part_of(book.lots[lot_id], book.stock_for(demand, lot_id), micro, told))
                before[lot_id] = told + micro
    return tuple(parts)


def _told_micro(book: Book, lot_id: str, site_id: str, but: Container[str]) -> int:
    """How much of a lot others have heard of that lies here still: it is staged for runs, or ready for clients."""
    told = 0
    for peg in book.pegs.by("supply", lot_id):
        demand = book.demands.get(peg.demand_id)
        if demand is None or demand.demand_id in but or demand.site_id != site_id:
            continue
        run = book.orders.get(demand.planned_order_id or "")
        if demand.ready or (run is not None and run.staged):
            told += peg.quantity_micro
    return told


def stage(book: Book, planned_order_id: str) -> None:
    """A run whose inputs all lie reserved may start: say so, once; and again when other lots have taken their place."""
    order = book.order(planned_order_id)
    if order is None or order.staged or order.source not in {"make", "rework"}:
        return
    if order.state not in {"released", "confirmed", "running"}:
        return
    inputs = book.inputs_of(planned_order_id)
    if all(secured(book, demand) for demand in inputs):
        book.orders.put(replace(order, staged=True))
        runs = Quantity.of_micro(order.runs_micro)
        book.tell(MaterialsStaged(planned_order_id, runs, lots_of(book, inputs)))


def ready(book: Book, demand: Demand) -> None:
    """Goods of an order line that lie reserved may be handed over, as the order's delivery policy allows."""
    order = book.served.get(demand.order_id or "")
    if order is None or order.state != "open":
        return
    every = book.demands.by("order", order.order_id)
    together = [each for each in every if each.line_id == demand.line_id]
    if order.delivery_policy == "partial" and not demand.part:
        together = [demand]
    elif order.delivery_policy == "complete-order" and not demand.part:
        together = [each for each in every if not each.part]
    if not all(secured(book, each) for each in together):
        withdraw(book, order.order_id, [each for each in together if each.ready and not secured(book, each)])
        return
    lines: dict[tuple[str, int], list[Demand]] = {}
    for each in together:
        if each.open_micro:
            lines.setdefault((each.line_id or "", each.schedule_no), []).append(each)
    for (line_id, schedule_no), demands in lines.items():
        _tell_ready(book, order.order_id, line_id, schedule_no, demands)


def withdraw(book: Book, order_id: str, demands: Sequence[Demand]) -> None:
    """What lay ready does so no more: whoever is about to hand it over hears so, once for each schedule line."""
    for demand in demands:
        book.demands.put(replace(demand, ready=False))
    reason = book.cause[0]
    for line_id, schedule_no, site_id in dict.fromkeys(
        (demand.line_id or "", demand.schedule_no, demand.site_id) for demand in demands
    ):
        book.tell(GoodsWithdrawn(order_id, line_id, schedule_no, site_id, reason))


def _tell_ready(book: Book, order_id: str, line_id: str, schedule_no: int, demands: Sequence[Demand]) -> None:
    if all(demand.ready for demand in demands):
        return
    for demand in demands:
        book.demands.put(replace(demand, ready=True))
    whole = Quantity.of_micro(sum(demand.open_micro for demand in demands))
    book.tell(GoodsReady(order_id, line_id, schedule_no, demands[0].site_id, whole, lots_of(book, demands)))


def ready_inside(book: Book, demand: Demand) -> None:
    """Goods for a purchase line of another site of ours lie ready: vendors notifies their shipment."""
    internal = book.internals.get(demand.purchase_line_id or "")
    if internal is None or internal.state != "promised" or not demand.open_micro:
        return
    if secured(book, demand):
        book.internals.put(replace(internal, state="ready"))
        book.tell(
            InternalGoodsReady(internal.purchase_order_id, internal.purchase_line_id, lots_of(book, [demand]))
        )
