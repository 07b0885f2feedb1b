"""The ledger: how stock comes, leaves and changes its store; every step is a move that stays for good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backbone.errors import NotYet
from contracts.materials import LotStatusChanged, StockMoved
from contracts.shapes import LotPart, LotStatus, MoveReason
from contracts.values import CostVector, Quantity
from materials.domain.book import Book
from materials.domain.demand import Demand
from materials.domain.lot import MAIN, Lot, Move, Stock, Store
from materials.domain.readiness import told_anew
from materials.domain.told import told_of


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a move is for: an order line, a planned order, to put another move right, or nothing of the kind.

    By a `return_id` goods of an order line come back from its client.
    """

    order_id: str | None = None
    line_id: str | None = None
    planned_order_id: str | None = None
    reverses_id: str | None = None
    return_id: str | None = None


NO_PURPOSE = Purpose()


def enter(
    book: Book,
    lot: Lot,
    place: tuple[str, Store],
    micro: int,
    cost: CostVector,
    reason: MoveReason,
    purpose: Purpose = NO_PURPOSE,
) -> str:
    """So much of a lot comes to a store, at that cost; the answer is the id of the move."""
    site_id, store = place
    known = book.stocks.get((lot.lot_id, site_id, store))
    stock = known or Stock(lot.lot_id, site_id, store, lot.sku, 0, 0, 0, 0, 0, 0)
    book.stocks.put(stock.plus(micro, cost))
    return _move(book, stock, micro, cost, reason, purpose)


def leave(
    book: Book,
    stock: Stock,
    micro: int,
    reason: MoveReason,
    purpose: Purpose = NO_PURPOSE,
    cost: CostVector | None = None,
) -> tuple[str, CostVector]:
    """So much of a lot leaves a store, with its share of the cost; raises `StockIsShort` for what is reserved.

    The last of it takes all the cost that is left, so that an empty store never keeps a cent.
    """
    currency = book.lots[stock.lot_id].currency
    share = stock.cost_of(micro, currency)
    if cost is not None and micro < stock.on_hand_micro and _within(cost, stock):
        share = cost
    book.stocks.put(stock.less(micro, share))
    gone = CostVector(-share.bought_in, -share.labour, -share.capital, -share.overhead, currency)
    return _move(book, stock, -micro, gone, reason, purpose), share


def _within(cost: CostVector, stock: Stock) -> bool:
    _, *said = told_of(0, cost)
    _, *rest = stock.untold
    return all(0 <= one <= other for one, other in zip(said, rest, strict=True))


def _move(
    book: Book, stock: Stock, micro: int, cost: CostVector, reason: MoveReason, purpose: Purpose
) -> str:
    move = Move(
        book.new_id(), stock.lot_id, stock.sku, stock.site_id, stock.store, micro, reason, cost.bought_in,
        cost.labour, cost.capital, cost.overhead, cost.currency, book.now, purpose.order_id, purpose.line_id,
        purpose.planned_order_id, purpose.reverses_id,
    )  # fmt: skip
    book.moves.append(move)
    return move.move_id


def tell_move(
    book: Book,
    move_id: str,
    lot: Lot,
    site_id: str,
    micro: int,
    cost: CostVector,
    reason: MoveReason,
    purpose: Purpose = NO_PURPOSE,
    parents: Iterable[str] = (),
) -> None:
    """Others hear of a move: so much, always above 0, with what it has cost."""
    book.tell(
        StockMoved(
            lot.lot_id, move_id, lot.sku, site_id, Quantity.of_micro(micro), reason, cost, purpose.order_id,
            purpose.line_id, purpose.planned_order_id, tuple(parents), purpose.reverses_id, purpose.return_id,
        )
    )  # fmt: skip


def throw_away(book: Book, stock: Stock) -> None:
    """All of a lot that lies there, and that nobody has reserved, is gone for good."""
    micro = stock.on_hand_micro
    if micro:
        move_id, cost = leave(book, stock, micro, "scrapped")
        tell_move(book, move_id, book.lots[stock.lot_id], stock.site_id, micro, cost, "scrapped")


def set_status(book: Book, lot_id: str, status: LotStatus, reason: str) -> Lot:
    """A lot has another status; whoever uses it hears so."""
    lot = book.lots[lot_id]
    if lot.status != status:
        changed = lot._replace(status=status)
        book.lots.put(changed)
        book.tell(LotStatusChanged(lot_id, lot.sku, lot.site_id, lot.status, status, reason, lot.properties))
        return changed
    return lot


def end_lot(book: Book, lot_id: str, status: LotStatus, reason: str) -> None:
    """A lot of which nothing is left anywhere gets its last status."""
    if not any(stock.on_hand_micro for stock in book.stocks.by("lot", lot_id)):
        set_status(book, lot_id, status, reason)


def stock_of(book: Book, lot_id: str, site_id: str, micro: int) -> Stock:
    """Where a lot lies; raises `NotYet` when it is not known there, or less of it than what is said to have left.

    A count that was wrong is put right by an adjustment; what waits for it goes on then.
    """
    stock = book.stocks.get((lot_id, site_id, MAIN))
    if stock is None or stock.on_hand_micro < micro:
        raise NotYet(lot_id)
    return stock


def inputs_for(book: Book, planned_order_id: str, part: LotPart) -> list[Demand]:
    """The inputs that a lot may be for: those with a reservation in it first."""
    found = [demand for demand in book.inputs_of(planned_order_id) if demand.sku == part.sku]
    return sorted(found, key=lambda each: (each.demand_id, part.lot_id) not in book.pegs)


def free_up(
    book: Book, stock: Stock, micro: int, own: Sequence[Demand], cost: CostVector | None = None
) -> int:
    """Make so much of a stock free to leave: from the asker's own reservations, then free stock, then the weakest.

    The answer is how much of it the asker had reserved in this lot, and says that it has cost. Whoever loses a
    reservation is touched.
    """
    freed = 0
    for demand in own:
        peg = book.pegs.get((demand.demand_id, stock.lot_id))
        if peg is None or freed >= micro:
            continue
        freed += book.unpeg(demand.demand_id, stock.lot_id, micro - freed, cost)
        cost = None if cost is None else cost - CostVector(*peg.told[1:], cost.currency)
    here = (stock.lot_id, stock.site_id, stock.store)
    if book.stocks[here].free_micro >= micro:
        return freed
    for peg in reversed(book.pegs_on(stock.lot_id)):
        lacking = micro - book.stocks[here].free_micro
        if lacking <= 0:
            break
        loser = book.demands[peg.demand_id]
        if loser.site_id == stock.site_id:
            told_anew(book, loser)
            book.unpeg(peg.demand_id, stock.lot_id, lacking)
    return freed


def settle_done(book: Book, own: Sequence[Demand], micro: int) -> None:
    """So much has left for these demands, the first first; what they have reserved beyond their rest is free again."""
    for place, demand in enumerate(own):
        last = place == len(own) - 1
        part = micro if last else min(micro, book.demands[demand.demand_id].open_micro)
        micro -= part
        now = book.demands[demand.demand_id]
        book.demands.put(now._replace(done_micro=now.done_micro + part))
        book.touch([demand.demand_id])
        surplus = now.covered_micro - book.demands[demand.demand_id].open_micro
        for peg in reversed(book.pegs_of(demand.demand_id)):
            if surplus <= 0:
                break
            surplus -= book.unpeg(demand.demand_id, peg.supply_id, surplus)
