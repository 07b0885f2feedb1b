"""Two books of one thing: what others say came, went in, came out and left is what materials has booked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from contracts.materials import StockMoved
from contracts.production import MaterialConsumed, MaterialProduced
from contracts.service_desk import GoodsDispatched
from contracts.shapes import LotPart
from contracts.vendors import GoodsReceived
from o2d.verify.amounts import NOTHING, Amounts, plus, plus_part, words
from o2d.verify.finding import Finding
from o2d.verify.log import Log

Place = tuple[str, str]  # planned order or order, and lot
Book = dict[Place, Amounts]


def received_is_booked(log: Log) -> Finding:
    """What vendors delivered came into stock: the same lots, quantities and costs in both books.

    The work that they did for a run is no lot of ours.
    """
    said = _said(
        ((line.planned_order_id, part.lot_id), part)
        for fact in log.of(GoodsReceived)
        if fact.run_id is None
        for line in fact.lines
        for part in line.lots
    )
    return _same("vendors", "received", said, _booked(log, "received", lambda move: move.planned_order_id))


def consumed_is_booked(log: Log) -> Finding:
    """What a run consumed left stock: the same lots, quantities and costs in both books."""
    said = _said(
        ((fact.planned_order_id, part.lot_id), part)
        for fact in log.of(MaterialConsumed)
        for part in fact.lots
    )
    return _same("production", "consumed", said, _booked(log, "consumed", lambda move: move.planned_order_id))


def produced_is_booked(log: Log) -> Finding:
    """What a run produced came into stock: the same lots, quantities and costs in both books."""
    said = _said(
        ((fact.planned_order_id, lot.part.lot_id), lot.part)
        for fact in log.of(MaterialProduced)
        for lot in fact.lots
    )
    return _same("production", "produced", said, _booked(log, "produced", lambda move: move.planned_order_id))


def dispatched_is_booked(log: Log) -> Finding:
    """What left for a client left stock: the same lots and quantities in both books (materials knows the cost)."""
    said = _said(
        ((fact.order_id, part.lot_id), part)
        for fact in log.of(GoodsDispatched)
        for line in fact.lines
        for part in line.lots
    )
    booked = _booked(log, "dispatched", lambda move: move.order_id)
    return _same("service-desk", "dispatched", _quantities(said), _quantities(booked))


def _said(parts: Iterable[tuple[Place, LotPart]]) -> Book:
    found: Book = defaultdict(lambda: NOTHING)
    for place, part in parts:
        found[place] = plus_part(found[place], part)
    return found


def _booked(log: Log, reason: str, purpose: Callable[[StockMoved], str | None]) -> Book:
    found: Book = defaultdict(lambda: NOTHING)
    for move in log.of(StockMoved):
        key = purpose(move)
        if move.reason == reason and key is not None:
            found[key, move.lot_id] = plus(found[key, move.lot_id], move.quantity.micro, move.cost)
    return found


def _quantities(book: Book) -> Book:
    return {place: (amounts[0], 0, 0, 0, 0) for place, amounts in book.items()}


def _same(who: str, what: str, said: Book, booked: Book) -> Finding:
    finding = Finding()
    for place in sorted({*said, *booked}):
        one, other = said.get(place, NOTHING), booked.get(place, NOTHING)
        if not finding.that(one == other):
            finding.say(
                f"lot {place[1]} {what} for {place[0]}: {who} says {words(one)}, materials booked {words(other)}"
            )
    return finding
