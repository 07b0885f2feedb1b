"""Goods that had been accepted go back to their vendor."""

from __future__ import annotations

from contracts.vendors import GoodsReturned
from materials.domain.book import Book
from materials.domain.conclusion import plan_open
from materials.domain.inside import send_again
from materials.domain.ledger import Purpose, end_lot, enter, free_up, leave, stock_of, tell_move
from materials.domain.lot import MAIN, Stock
from materials.domain.quality import look_at
from materials.domain.supply import Receipt


def returned(book: Book, fact: GoodsReturned) -> None:
    """Lots leave for the vendor; with a replacement the order is open for them again, else they are planned anew."""
    purpose = Purpose(planned_order_id=fact.planned_order_id)
    book.cause = (f"returned to the vendor: {fact.reason}", "purchase", fact.planned_order_id)
    for part in fact.lots:
        micro = part.quantity.micro
        stock = stock_of(book, part.lot_id, fact.site_id, micro)
        free_up(book, stock, micro, [])
        stock = book.stocks[stock.lot_id, stock.site_id, stock.store]
        if fact.supplying_site_id is None:
            _leave(book, stock, micro, purpose)
        else:
            _go_back(book, fact, stock, micro, purpose)
        if fact.replacement:
            _open_again(book, fact.planned_order_id, part.sku, micro)
        if not fact.replacement:
            plan_open(book, (fact.site_id, part.sku))
            continue
        for demand in book.uncovered((fact.site_id, part.sku)):
            free = _coming(book, fact.planned_order_id, part.sku)
            if free is not None and free.free_micro:
                book.peg(demand.demand_id, free.receipt_id, min(free.free_micro, demand.uncovered_micro))


def _leave(book: Book, stock: Stock, micro: int, purpose: Purpose) -> None:
    move_id, cost = leave(book, stock, micro, "vendor-return", purpose)
    lot = book.lots[stock.lot_id]
    tell_move(book, move_id, lot, stock.site_id, micro, cost, "vendor-return", purpose)
    end_lot(book, lot.lot_id, "scrapped", "returned to the vendor")


def _go_back(book: Book, fact: GoodsReturned, stock: Stock, micro: int, purpose: Purpose) -> None:
    """A lot of another site of ours lies there again, to be looked at; what replaces it is sent from there."""
    site_id = fact.supplying_site_id or ""
    _, cost = leave(book, stock, micro, "returned", purpose)
    lot = book.lots[stock.lot_id]._replace(site_id=site_id)
    book.lots.put(lot)
    move_id = enter(book, lot, (site_id, MAIN), micro, cost, "returned", purpose)
    tell_move(book, move_id, lot, site_id, micro, cost, "returned", purpose)
    look_at(book, lot.lot_id, fact.reason)
    if fact.replacement:
        send_again(book, fact.purchase_line_id, micro)


def _open_again(book: Book, planned_order_id: str, sku: str, micro: int) -> None:
    """The same quantity will come again; nobody knows when until the vendor says so."""
    order = book.orders.get(planned_order_id)
    receipt = _coming(book, planned_order_id, sku)
    if order is None or receipt is None:
        return
    received = max(0, receipt.received_micro - micro)
    quantity = max(receipt.quantity_micro, received + micro)
    book.receipts.put(receipt._replace(received_micro=received, quantity_micro=quantity))
    state = "released" if order.ended else order.state
    book.orders.put(order._replace(state=state, confirmed_at=None, cause="a replacement has no date yet"))


def _coming(book: Book, planned_order_id: str, sku: str) -> Receipt | None:
    return next((each for each in book.receipts_of(planned_order_id) if each.sku == sku), None)
