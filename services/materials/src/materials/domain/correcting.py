"""The books are put right: counts that a second person approves, moves that are reversed, lots whose time is over."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from backbone.errors import NotFound, Refusal
from contracts.shapes import LotStatus
from contracts.values import CostVector, Quantity
from materials.domain.book import Book
from materials.domain.conclusion import offer, plan_open
from materials.domain.cycle_count import CountIsBelowZero, CountIsStale, CycleCount
from materials.domain.item import QuantityIsNotWhole
from materials.domain.ledger import Purpose, enter, free_up, leave, set_status, tell_move
from materials.domain.lot import MAIN, Lot, Move, Stock, StockIsShort
from materials.domain.quality import take_out


class MoveIsNotOurs(Refusal):
    """Others told of a move: what it says is put right by what they tell."""


class MoveIsReversed(Refusal):
    """A move was reversed already, or is a reversal itself."""


@dataclass(frozen=True, slots=True)
class Counted:
    """So much of a lot was counted at a site, by somebody."""

    count_id: str
    site_id: str
    lot_id: str
    micro: int
    by: str


def count(book: Book, told: Counted) -> CycleCount:
    """Write down what was counted; an older count that is open is superseded.

    Raises `NotFound`, `CountIsBelowZero`, `QuantityIsNotWhole`.
    """
    lot, stock = book.lots.get(told.lot_id), book.stocks.get((told.lot_id, told.site_id, MAIN))
    if lot is None or stock is None:
        raise NotFound(f"no lot {told.lot_id} at {told.site_id}")
    if told.micro < 0:
        raise CountIsBelowZero("less than nothing cannot be counted", [("/quantity", "below 0")])
    item = book.network.items.get(lot.sku)
    if item is not None and told.micro % item.quantum_micro:
        raise QuantityIsNotWhole(
            f"{lot.sku} is counted in whole multiples of {item.quantum_micro} millionths",
            [("/quantity", "not whole")],
        )
    for older in book.counts:
        if (older.site_id, older.lot_id, older.state) == (told.site_id, told.lot_id, "open"):
            book.counts.put(older._replace(state="superseded", decided_by=told.by, decided_at=book.now))
    found = CycleCount(
        told.count_id, told.site_id, told.lot_id, lot.sku, told.micro, stock.on_hand_micro,
        "matched" if told.micro == stock.on_hand_micro else "open", told.by, book.now,
    )  # fmt: skip
    book.counts.put(found)
    return found


def decide(
    book: Book, count_id: str, by: str, *, approved: bool, reworked: Container[str] = frozenset()
) -> None:
    """A second person decides; what is approved puts the books right by the difference, whatever has moved since.

    What is found of a lot that was thought gone may be used, unless that one was `reworked` because it may not.
    Raises `NotFound`, `CountIsStale` and what `CycleCount.decided` does.
    """
    found = book.counts.get(count_id)
    if found is None:
        raise NotFound(f"no count {count_id}")
    decided = found.decided(by, book.now, approved=approved)
    book.counts.put(decided)
    if not approved:
        return
    stock = book.stocks[found.lot_id, found.site_id, MAIN]
    micro = stock.on_hand_micro + found.difference_micro
    if micro < 0:
        raise CountIsStale("more has left since than the count leaves: count again")
    if found.difference_micro > 0:
        _there_again(book, found.lot_id, reworked)
    adjust(book, book.lots[found.lot_id], found.site_id, micro)


def _there_again(book: Book, lot_id: str, reworked: Container[str]) -> None:
    """Of a lot that was used up there is some after all."""
    if book.lots[lot_id].status in {"consumed", "shipped"}:
        status: LotStatus = "blocked" if lot_id in reworked else "released"
        set_status(book, lot_id, status, "some of it is there")


def adjust(book: Book, lot: Lot, site_id: str, micro: int) -> None:
    """So much of a lot is there: the ledger gets the difference, at the lot's own cost.

    More costs nothing, since nobody paid for it; less takes its share along. Reservations beyond it are lost.
    """
    stock = book.stocks[lot.lot_id, site_id, MAIN]
    gone = stock.on_hand_micro - micro
    if gone < 0:
        found = CostVector(0, 0, 0, 0, lot.currency)
        move_id = enter(book, lot, (site_id, MAIN), -gone, found, "adjusted")
        tell_move(book, move_id, lot, site_id, -gone, found, "adjusted")
        offer(book, (site_id, lot.sku))
    if gone <= 0:
        return
    book.cause = (f"a count found {Quantity.of_micro(micro)} of lot {lot.lot_id}", "on-hand", lot.lot_id)
    _take(book, lot, stock, gone, Purpose())


def _take(
    book: Book, lot: Lot, stock: Stock, micro: int, purpose: Purpose, cost: CostVector | None = None
) -> None:
    """So much of a lot is not there: the weakest reservations lose it, and what they lack is planned."""
    free_up(book, stock, micro, ())
    now = book.stocks[lot.lot_id, stock.site_id, MAIN]
    move_id, share = leave(book, now, micro, "adjusted", purpose, cost)
    tell_move(book, move_id, lot, stock.site_id, micro, share, "adjusted", purpose)
    plan_open(book, (stock.site_id, lot.sku))


def reverse(
    book: Book, move: Move, *, reversed_already: bool, reworked: Container[str] = frozenset()
) -> None:
    """Undo a move that a person booked; the reversal names it, and it stays where it is in the ledger.

    What is there again of a lot that was thought gone may be used, unless that one was `reworked`.
    Raises `MoveIsNotOurs`, `MoveIsReversed`, `StockIsShort` when what came by it has left since.
    """
    if move.reason != "adjusted" or move.store != MAIN:
        raise MoveIsNotOurs(f"what was {move.reason} is told by others")
    if reversed_already or move.reverses_id is not None:
        raise MoveIsReversed("a move is reversed once")
    lot, stock = book.lots[move.lot_id], book.stocks[move.lot_id, move.site_id, MAIN]
    purpose = Purpose(reverses_id=move.move_id)
    cost = CostVector(
        abs(move.bought_in_minor), abs(move.labour_minor), abs(move.capital_minor), abs(move.overhead_minor),
        move.currency,
    )  # fmt: skip
    if move.quantity_micro < 0:
        _there_again(book, lot.lot_id, reworked)
        move_id = enter(book, lot, (move.site_id, MAIN), -move.quantity_micro, cost, "adjusted", purpose)
        tell_move(book, move_id, lot, move.site_id, -move.quantity_micro, cost, "adjusted", purpose)
        offer(book, (move.site_id, lot.sku))
        return
    if stock.on_hand_micro < move.quantity_micro:
        on_hand = Quantity.of_micro(stock.on_hand_micro)
        raise StockIsShort(f"of what came by this move {on_hand} are left")
    book.cause = (f"a move of lot {lot.lot_id} was reversed", "on-hand", lot.lot_id)
    _take(book, lot, stock, move.quantity_micro, purpose, cost)


def expire(book: Book, lot_id: str) -> None:
    """The shelf life of a lot is over: whoever had reserved it is served otherwise, or is told that it is late."""
    lot = book.lots.get(lot_id)
    if (
        lot is None
        or lot.keeps_until(book.now)
        or lot.status not in {"released", "in-quality-check", "blocked"}
    ):
        return
    places = {(stock.site_id, stock.sku) for stock in book.stocks.by("lot", lot_id) if stock.store == MAIN}
    take_out(book, lot, "expired", "its shelf life is over")
    for place in places:
        plan_open(book, place)
