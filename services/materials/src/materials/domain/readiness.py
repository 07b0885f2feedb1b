"""What lies ready: inputs of a run, goods of an order line, goods for another site of ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contracts.instead import GoodsWithdrawn, MaterialsWithdrawn
from contracts.materials import GoodsReady, InternalGoodsReady, MaterialsStaged
from contracts.shapes import LotPart
from contracts.values import CostVector, Quantity
from materials.domain.book import Book
from materials.domain.demand import Demand, Peg
from materials.domain.lot import part_of
from materials.domain.supply import MADE
from materials.domain.told import NOTHING, minus, told_of


def secured(book: Book, demand: Demand) -> bool:
    """Whether all that a demand still wants lies reserved in lots that may be used."""
    return book.secured_micro(demand.demand_id) >= demand.open_micro


def lots_of(book: Book, demands: Iterable[Demand]) -> tuple[LotPart, ...]:
    """The lots that are reserved for demands, with what each part has cost: they hear it now, and the same again later.

    Parts of a lot add up to the lot, to the cent, whoever hears of them and when.
    """
    parts: list[LotPart] = []
    for demand_id in dict.fromkeys(demand.demand_id for demand in demands):
        for peg in sorted(book.pegs_of(demand_id), key=lambda each: each.supply_id):
            if peg.planned_order_id is None:
                parts.append(_tell_part(book, peg))
    return tuple(parts)


def _tell_part(book: Book, peg: Peg) -> LotPart:
    lot, micro = book.lots[peg.supply_id], peg.quantity_micro
    if peg.told_micro != micro:
        stock = book.stock_for(book.demands[peg.demand_id], peg.supply_id).telling(minus(NOTHING, peg.told))
        told = told_of(micro, stock.cost_of(micro, lot.currency))
        book.stocks.put(stock.telling(told))
        peg = peg.telling(told)
        book.pegs.put(peg)
    return part_of(lot, micro, CostVector(*peg.told[1:], lot.currency))


def stage(book: Book, planned_order_id: str) -> None:
    """A run whose inputs all lie reserved may start: say so, once; and again when other lots have taken their place."""
    order = book.order(planned_order_id)
    if order is None or order.staged or order.source not in MADE:
        return
    if order.state not in {"released", "confirmed", "running"}:
        return
    inputs = book.inputs_of(planned_order_id)
    if all(secured(book, demand) for demand in inputs):
        book.orders.put(order._replace(staged=True))
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
        book.demands.put(demand._replace(ready=False))
    reason = book.cause[0]
    for line_id, schedule_no, site_id in dict.fromkeys(
        (demand.line_id or "", demand.schedule_no, demand.site_id) for demand in demands
    ):
        book.tell(GoodsWithdrawn(order_id, line_id, schedule_no, site_id, reason))


def told_anew(book: Book, demand: Demand) -> None:
    """What was told as ready with this lot is ready no more, and told again when other lots lie there instead."""
    if demand.ready and demand.order_id is not None:
        withdraw(book, demand.order_id, [demand])
    order = book.orders.get(demand.planned_order_id or "")
    if order is not None and order.staged and not order.ended:
        book.orders.put(order._replace(staged=False))
        book.tell(MaterialsWithdrawn(order.planned_order_id, book.cause[0]))


def _tell_ready(book: Book, order_id: str, line_id: str, schedule_no: int, demands: Sequence[Demand]) -> None:
    if all(demand.ready for demand in demands):
        return
    for demand in demands:
        book.demands.put(demand._replace(ready=True))
    whole = Quantity.of_micro(sum(demand.open_micro for demand in demands))
    lots, change_id = lots_of(book, demands), _last_change(book, order_id, line_id)
    book.tell(GoodsReady(order_id, line_id, schedule_no, demands[0].site_id, whole, lots, change_id))


def _last_change(book: Book, order_id: str, line_id: str) -> str | None:
    """The last change of a line that was carried out; a line waits for no two at once."""
    done = [
        change
        for change in book.changes
        if change.order_id == order_id and change.state == "committed" and line_id in change.line_ids
    ]
    return max(done, key=lambda each: (each.hold_until_at, each.change_id)).change_id if done else None


def ready_inside(book: Book, demand: Demand) -> None:
    """Goods for a purchase line of another site of ours lie ready: vendors notifies their shipment."""
    internal = book.internals.get(demand.purchase_line_id or "")
    if internal is None or internal.state != "promised" or not demand.open_micro:
        return
    if secured(book, demand):
        book.internals.put(internal._replace(state="ready"))
        book.tell(
            InternalGoodsReady(internal.purchase_order_id, internal.purchase_line_id, lots_of(book, [demand]))
        )
