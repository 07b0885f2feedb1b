"""What is on its way: to a client, to another site of ours; it lies in transit until somebody takes it or not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backbone.errors import NotYet
from contracts.shapes import LotPart
from contracts.values import CostVector
from materials.domain.book import Book
from materials.domain.demand import Demand
from materials.domain.header import Dispatch
from materials.domain.ledger import (
    Purpose,
    enter,
    free_up,
    leave,
    settle_done,
    stock_of,
    tell_move,
    throw_away,
)
from materials.domain.lot import MAIN, TRANSIT, Lot, Stock


def send(
    book: Book, shipment_id: str, site_id: str, part: LotPart, own: Sequence[Demand], purpose: Purpose
) -> None:
    """So much of a lot leaves a site for demands; it was reserved for them, else it is taken from the weakest."""
    micro = part.quantity.micro
    stock = stock_of(book, part.lot_id, site_id, micro)
    lot = book.lots[part.lot_id]
    free_up(book, stock, micro, own)
    key = (part.lot_id, site_id, stock.store)
    move_id, cost = leave(book, book.stocks[key], micro, "dispatched", purpose)
    enter(book, lot, (site_id, TRANSIT), micro, cost, "dispatched", purpose)
    tell_move(book, move_id, lot, site_id, micro, cost, "dispatched", purpose)
    settle_done(book, own, micro)
    demand_id = own[0].demand_id if own else ""
    known = book.dispatches.get((shipment_id, part.lot_id, demand_id))
    whole = micro + (known.quantity_micro if known is not None else 0)
    book.dispatches.put(Dispatch(shipment_id, part.lot_id, demand_id, site_id, whole))


def unload(
    book: Book, dispatch: Dispatch, micro: int, reason: str, purpose: Purpose
) -> tuple[str, CostVector]:
    """So much of a dispatch is not in transit any more; the answer is the move and what it has cost."""
    stock: Stock = book.stocks[dispatch.lot_id, dispatch.site_id, TRANSIT]
    move = leave(book, stock, micro, reason, purpose)  # type: ignore[arg-type]
    key = (dispatch.shipment_id, dispatch.lot_id, dispatch.demand_id)
    if micro >= dispatch.quantity_micro:
        book.dispatches.drop(key)
    else:
        book.dispatches.put(dispatch._replace(quantity_micro=dispatch.quantity_micro - micro))
    return move


def under_way(book: Book, shipment_id: str, lot_id: str, micro: int) -> list[tuple[Dispatch, int]]:
    """The dispatches of a shipment that hold so much of a lot; raises `NotYet` while it has not left."""
    return _holding(book.dispatches.by("shipment", shipment_id), lot_id, micro, shipment_id)


def back(book: Book, dispatch: Dispatch, micro: int, purpose: Purpose) -> Lot:
    """So much of a dispatch lies where it was sent from again, unless its lot was scrapped meanwhile."""
    lot = book.lots[dispatch.lot_id]
    move_id, cost = unload(book, dispatch, micro, "returned", purpose)
    enter(book, lot, (dispatch.site_id, MAIN), micro, cost, "returned", purpose)
    tell_move(book, move_id, lot, dispatch.site_id, micro, cost, "returned", purpose)
    if lot.status == "scrapped":
        throw_away(book, book.stocks[lot.lot_id, dispatch.site_id, MAIN])
    return lot


def sent_inside(book: Book, purchase_line_id: str, part: LotPart) -> list[tuple[Dispatch, int]]:
    """The dispatches for a purchase line that hold so much of a lot; raises `NotYet` while they are not known here."""
    ours = [each for each in book.dispatches if each.demand_id == purchase_line_id]
    return _holding(ours, part.lot_id, part.quantity.micro, purchase_line_id)


def _holding(
    dispatches: Iterable[Dispatch], lot_id: str, micro: int, awaited: str
) -> list[tuple[Dispatch, int]]:
    """Which of these hold so much of a lot, and how much each; raises `NotYet` for what is `awaited`."""
    found: list[tuple[Dispatch, int]] = []
    for dispatch in dispatches:
        if dispatch.lot_id == lot_id and micro > 0:
            part = min(micro, dispatch.quantity_micro)
            found.append((dispatch, part))
            micro -= part
    if micro > 0:
        raise NotYet(awaited)
    return found


def arrive(book: Book, purchase_line_id: str, lots: Sequence[LotPart]) -> None:
    """Lots of another site of ours come out of transit; raises `NotYet` while their dispatch is not known here."""
    for part in lots:
        for dispatch, micro in sent_inside(book, purchase_line_id, part):
            unload(book, dispatch, micro, "transferred", Purpose())
