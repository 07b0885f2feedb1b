"""What has become free serves lines that are late before anybody else asks for it."""

from __future__ import annotations

from collections.abc import Iterable

from materials.domain.book import NEVER, Book
from materials.domain.dates import behind, served_at
from materials.domain.demand import Demand, Peg
from materials.domain.lot import MAIN, Stock
from materials.domain.network import Place
from materials.domain.shrinking import prune


def places_freed(book: Book) -> set[Place]:
    """The places where the decisions on a book have left more that may be used, and serves nobody, than there was."""
    more = [now for was, now in book.stocks.differences() if now is not None and _free(now) > _free(was)]
    for was, now in book.lots.differences():
        if now is not None and was is not None and was.status != now.status:
            more += [stock for stock in book.stocks.by("lot", now.lot_id) if _free(stock)]
    return {(stock.site_id, stock.sku) for stock in more if book.usable(stock.lot_id, stock.site_id)}


def _free(stock: Stock | None) -> int:
    return stock.free_micro if stock is not None and stock.store == MAIN else 0


def hasten(book: Book, places: Iterable[Place]) -> set[Place]:
    """Let late lines take what lies free at places instead of what comes too late, those who are served first in front.

    What was to come for them is given back: it shrinks, or a planner hears that less of it is needed. The answer names
    the places where that has made something free.
    """
    freed: set[Place] = set()
    given_back: dict[str, None] = {}
    for place in sorted(places):
        late = [each for each in book.demands.by("place", place) if each.kind == "order" and each.late]
        for demand in sorted(late, key=lambda each: each.rank):
            given_back.update(_take(book, demand))
    prune(book, given_back, freed)
    return freed


def _take(book: Book, demand: Demand) -> dict[str, None]:
    """The answer names the orders that serve a demand no more, or less of it."""
    given_back: dict[str, None] = {}
    for peg in _too_late(book, demand):
        left = peg.quantity_micro
        for lot_id, free in book.free_lots(demand):
            part = book.unpeg(demand.demand_id, peg.supply_id, min(free, left))
            book.peg(demand.demand_id, lot_id, part)
            book.cause = (f"of lot {lot_id} some has become free", "on-hand", lot_id)
            given_back[peg.planned_order_id or ""] = None
            left -= part
            if not left:
                break
    return given_back


def _too_late(book: Book, demand: Demand) -> list[Peg]:
    """What is to come for a demand and comes after it was promised, the last first."""
    promised_at = demand.promised_at or demand.needed_at
    found = []
    for peg in book.pegs_of(demand.demand_id):
        at = served_at(book, peg)
        if at is None or behind(at, promised_at):
            found.append((at or NEVER, peg))
    return [peg for _, peg in sorted(found, key=lambda each: (each[0], each[1].supply_id), reverse=True)]
