"""Goods leave for the client and are accepted, refused or brought back; visits use up parts."""

from __future__ import annotations

from collections.abc import Iterable

from backbone.errors import NeedsMore
from contracts.service_desk import (
    DeliveredLine,
    GoodsDispatched,
    HandOverCompleted,
    HandOverRefused,
    PartUsed,
    VisitCompleted,
    VisitMissed,
)
from contracts.shapes import LotPart
from materials.domain.beyond import Lying
from materials.domain.book import Book
from materials.domain.conclusion import cover, offer
from materials.domain.demand import Demand
from materials.domain.header import Dispatch
from materials.domain.ledger import (
    Purpose,
    end_lot,
    free_up,
    leave,
    settle_done,
    stock_of,
    tell_move,
)
from materials.domain.lot import MAIN, Stock
from materials.domain.quality import look_at
from materials.domain.shrinking import release_demands
from materials.domain.transit import back, send, under_way, unload


def dispatched(book: Book, fact: GoodsDispatched) -> None:
    """Goods have left for the client: out of stock, into transit."""
    for line in fact.lines:
        purpose = Purpose(fact.order_id, line.line_id)
        for part in line.lots:
            own = _wants(book, fact.order_id, line.line_id, part)
            send(book, fact.visit_id, fact.site_id, part, own, purpose)


def _wants(book: Book, order_id: str, line_id: str, part: LotPart) -> list[Demand]:
    """The demands of an order line that a lot may be for: those that have it reserved first."""
    found = [
        demand
        for demand in book.demands.by("order", order_id)
        if demand.line_id == line_id and demand.sku == part.sku
    ]
    return sorted(found, key=lambda each: ((each.demand_id, part.lot_id) not in book.pegs, each.schedule_no))


def handed_over(book: Book, fact: HandOverCompleted) -> None:
    """The client accepted goods: they are shipped, with all that they have cost."""
    for line in fact.lines:
        for part in line.lots:
            _ship(book, fact.visit_id, Purpose(fact.order_id, line.line_id), part)


def _ship(book: Book, shipment_id: str, purpose: Purpose, part: LotPart) -> None:
    for dispatch, micro in under_way(book, shipment_id, part.lot_id, part.quantity.micro):
        move_id, cost = unload(book, dispatch, micro, "shipped", purpose)
        lot = book.lots[part.lot_id]
        tell_move(book, move_id, lot, dispatch.site_id, micro, cost, "shipped", purpose)
    end_lot(book, part.lot_id, "shipped", "accepted by the client")


def refused(book: Book, fact: HandOverRefused) -> None:
    """The client did not accept goods: they come back into quality check, and the line is open again."""
    for part, line in _parts(fact.lines):
        for dispatch, micro in under_way(book, fact.visit_id, part.lot_id, part.quantity.micro):
            _bring_back(book, dispatch, micro, Purpose(fact.order_id, line.line_id), keep=False)
        look_at(book, part.lot_id, fact.reason)
    _cover_lines(book, fact.order_id)


def missed(book: Book, fact: VisitMissed) -> None:
    """Nobody was there: the goods come back as they left, kept for the same line, which is offered again."""
    for part in fact.lots:
        for dispatch, micro in under_way(book, fact.visit_id, part.lot_id, part.quantity.micro):
            demand = book.demands.get(dispatch.demand_id)
            line_id = demand.line_id if demand is not None else None
            _bring_back(book, dispatch, micro, Purpose(fact.order_id, line_id), keep=True)
    _cover_lines(book, fact.order_id)


def _parts(lines: Iterable[DeliveredLine]) -> Iterable[tuple[LotPart, DeliveredLine]]:
    return [(part, line) for line in lines for part in line.lots]


def _bring_back(book: Book, dispatch: Dispatch, micro: int, purpose: Purpose, *, keep: bool) -> None:
    """Out of transit into stock; what the demand had counted as gone it wants again."""
    lot = back(book, dispatch, micro, purpose)
    demand = book.demands.get(dispatch.demand_id)
    if demand is None:
        return
    book.demands.put(_less_done(demand, micro))
    if keep and lot.status == "released":
        book.peg(demand.demand_id, lot.lot_id, micro)
    book.touch([demand.demand_id])


def _less_done(demand: Demand, micro: int) -> Demand:
    return demand._replace(done_micro=max(0, demand.done_micro - micro), ready=False)


def _cover_lines(book: Book, order_id: str) -> None:
    served = book.served.get(order_id)
    if served is not None and served.state == "open":
        cover(book, [each.demand_id for each in book.demands.by("order", order_id) if each.uncovered_micro])


def visit_completed(book: Book, fact: VisitCompleted) -> None:
    """A visit is done: the parts that it used up are shipped to its line, what was kept beyond them is free."""
    for used in fact.parts:
        _use(book, fact, used)
    unused = [
        demand.demand_id
        for demand in book.demands.by("order", fact.order_id)
        if demand.part and demand.line_id == fact.line_id
    ]
    for place in release_demands(book, unused):
        offer(book, place)


def _use(book: Book, fact: VisitCompleted, used: PartUsed) -> None:
    """Own reservations first, then what is free, then what is reserved for others."""
    left = used.quantity.micro
    purpose = Purpose(fact.order_id, fact.line_id)
    left -= _use_sent(book, fact, used.sku, left)
    own = [
        demand
        for demand in book.demands.by("order", fact.order_id)
        if demand.line_id == fact.line_id and demand.sku == used.sku and demand.part
    ]
    for peg in [each for demand in own for each in book.pegs_of(demand.demand_id)]:
        left -= _use_of(book, peg.supply_id, used.site_id, min(left, peg.quantity_micro), own, purpose)
    for stock in _here(book, used):
        left -= _use_of(book, stock.lot_id, used.site_id, min(left, stock.free_micro), own, purpose)
    if left > 0 and (used.site_id, used.sku) not in book.lying:
        raise NeedsMore([Lying(used.site_id, used.sku)])
    for stock in _here(book, used):
        left -= _use_of(book, stock.lot_id, used.site_id, left, own, purpose)
    if left > 0:
        stock_of(book, used.sku, used.site_id, left)


def _here(book: Book, used: PartUsed) -> list[Stock]:
    return sorted(book.stocks.by("place", (used.site_id, used.sku)), key=lambda each: -each.free_micro)


def _use_of(book: Book, lot_id: str, site_id: str, micro: int, own: list[Demand], purpose: Purpose) -> int:
    """Up to so much of a lot was used, as far as it lies there; the answer is how much that is."""
    key = (lot_id, site_id, MAIN)
    stock = book.stocks.get(key)
    some = min(micro, stock.on_hand_micro) if stock is not None else 0
    if stock is None or some <= 0:
        return 0
    free_up(book, stock, some, own)
    move_id, cost = leave(book, book.stocks[key], some, "shipped", purpose)
    tell_move(book, move_id, book.lots[lot_id], site_id, some, cost, "shipped", purpose)
    if own:
        settle_done(book, own, some)
    end_lot(book, lot_id, "shipped", "used on a visit")
    return some


def _use_sent(book: Book, fact: VisitCompleted, sku: str, micro: int) -> int:
    """Parts that were sent along with the visit; what of them was not used is not known to be anywhere else."""
    gone = 0
    for dispatch in book.dispatches.by("shipment", fact.visit_id):
        lot = book.lots[dispatch.lot_id]
        if lot.sku == sku and gone < micro:
            some = min(micro - gone, dispatch.quantity_micro)
            purpose = Purpose(fact.order_id, fact.line_id)
            move_id, cost = unload(book, dispatch, some, "shipped", purpose)
            tell_move(book, move_id, lot, dispatch.site_id, some, cost, "shipped", purpose)
            gone += some
    return gone
