"""What lies at vendors that do the work of runs: lots of ours, of no use to anybody else until they are back."""

from __future__ import annotations

from collections.abc import Iterable

from backbone.errors import NotYet
from contracts.shapes import LotPart, MoveReason
from contracts.values import CostVector
from materials.domain.book import Book
from materials.domain.ledger import (
    Purpose,
    enter,
    free_up,
    inputs_for,
    leave,
    settle_done,
    stock_of,
    tell_move,
)
from materials.domain.lot import MAIN, VENDOR
from materials.domain.network import Place
from materials.domain.supply import PlannedOrder
from materials.domain.told import NOTHING, cut, minus, plus, told_of


def send(book: Book, order: PlannedOrder, part: LotPart) -> None:
    """A lot of a run goes to its vendor: what the run wanted of it is settled, as if the run had taken it here.

    What the run has used of it by now, because that was heard first, does not lie there.
    """
    key = order.planned_order_id
    used = book.taken_here.get((key, part.lot_id), NOTHING)
    micro = part.quantity.micro - used[0]
    if micro <= 0:
        return
    said = part.cost - CostVector(*used[1:], part.cost.currency)
    stock = stock_of(book, part.lot_id, order.site_id, micro)
    lot, purpose = book.lots[part.lot_id], Purpose(planned_order_id=key)
    book.cause = (f"lot {part.lot_id} went to a vendor", "run", key)
    own = inputs_for(book, key, part)
    free_up(book, stock, micro, own, said)
    here = (stock.lot_id, stock.site_id, stock.store)
    move_id, cost = leave(book, book.stocks[here], micro, "transferred", purpose, said)
    enter(book, lot, (order.site_id, VENDOR), micro, cost, "transferred", purpose)
    tell_move(book, move_id, lot, order.site_id, micro, cost, "transferred", purpose)
    there = book.at_vendors.get((key, lot.lot_id), NOTHING)
    book.at_vendors[key, lot.lot_id] = plus(there, told_of(micro, cost))
    if own:
        settle_done(book, own, micro)


def held_micro(book: Book, planned_order_id: str, lot_id: str) -> int:
    """How much of a lot a vendor has for a run."""
    return book.at_vendors.get((planned_order_id, lot_id), NOTHING)[0]


def give_back(
    book: Book, place: tuple[str, str], part: LotPart, micro: int, reason: MoveReason
) -> tuple[str, CostVector]:
    """So much of a lot is not at the vendor of a run any more; the answer is the move and what it has cost.

    It costs what is said of it, and the last of it all that is left of what went there for this run. The `place` is
    the planned order of the run and the site.
    """
    key, site_id = place
    there = book.at_vendors[key, part.lot_id]
    gone = cut(there, micro, part.cost)
    book.at_vendors[key, part.lot_id] = minus(there, gone)
    cost = CostVector(*gone[1:], book.lots[part.lot_id].currency)
    stock = book.stocks[part.lot_id, site_id, VENDOR]
    return leave(book, stock, micro, reason, Purpose(planned_order_id=key), cost)


def bring_back(book: Book, order: PlannedOrder, parts: Iterable[LotPart]) -> list[Place]:
    """What a vendor did not use lies where it was sent from again, free for others; the answer names its places.

    Raises `NotYet` for what is not known to have gone there.
    """
    key, places = order.planned_order_id, list[Place]()
    for part in parts:
        micro = part.quantity.micro
        if held_micro(book, key, part.lot_id) < micro:
            raise NotYet(part.lot_id)
        lot, purpose = book.lots[part.lot_id], Purpose(planned_order_id=key)
        move_id, cost = give_back(book, (key, order.site_id), part, micro, "transferred")
        enter(book, lot, (order.site_id, MAIN), micro, cost, "transferred", purpose)
        tell_move(book, move_id, lot, order.site_id, micro, cost, "transferred", purpose)
        places.append((order.site_id, lot.sku))
    return list(dict.fromkeys(places))
