"""Quality decides over lots: measured, released, blocked, reworked, scrapped; and counts that put the book right."""

from __future__ import annotations

from typing import Final

from backbone.errors import NotYet
from contracts.production import LotDisposed, LotInspected
from contracts.shapes import LotStatus
from materials.domain.book import Book
from materials.domain.conclusion import offer, plan_open
from materials.domain.demand import Demand
from materials.domain.ledger import set_status, throw_away
from materials.domain.lot import MAIN, Lot, Stock
from materials.domain.network import Make, Node
from materials.domain.readiness import told_anew
from materials.domain.recipe import Recipe
from materials.domain.release import release
from materials.domain.supply import PlannedOrder, Receipt, receipt_id_of

GONE: Final = frozenset({"consumed", "shipped", "scrapped"})


def inspected(book: Book, fact: LotInspected) -> None:
    """A lot was measured: the values replace what was expected, and it may be used or not."""
    lot = book.lots.get(fact.lot_id)
    if lot is None:
        raise NotYet(fact.lot_id)
    measured = {value.name: value for value in fact.properties}
    kept = tuple(value for value in lot.properties if value.name not in measured)
    book.lots.put(lot._replace(properties=(*kept, *fact.properties)))
    if lot.status in GONE:
        return
    if fact.passed and lot.status in {"blocked", "expired"}:
        # It was called back, or its time was over, while somebody looked at it: only a decision releases it then.
        return
    if fact.passed:
        release_lot(book, lot, "inspection passed")
    else:
        block(book, lot, "inspection failed")


def disposed(book: Book, fact: LotDisposed) -> None:
    """It was decided what becomes of a blocked lot."""
    lot = book.lots.get(fact.lot_id)
    if lot is None:
        raise NotYet(fact.lot_id)
    if lot.status in GONE:
        return
    if fact.disposition == "release":
        release_lot(book, lot, fact.reason)
    elif fact.disposition == "use-as-is":
        release_lot(book, lot, fact.reason)
        _use_as_is(book, lot)
    elif fact.disposition == "scrap":
        _scrap(book, lot, fact.reason)
    else:
        _rework(book, lot, fact.recipe_id)


def release_lot(book: Book, lot: Lot, reason: str) -> None:
    """A lot may be used, unless its serial numbers are not known: whoever waits for it is served."""
    book.lots.put(book.lots[lot.lot_id]._replace(awaits_inspection=False))
    for stock in _stocks(book, lot):
        if stock.awaits_inspection:
            book.stocks.put(stock._replace(awaits_inspection=False))
    if lot.awaits_serials:
        set_status(book, lot.lot_id, "in-quality-check", f"{reason}; its serial numbers are not known")
        return
    if not lot.keeps_until(book.now):
        # Somebody said that it will do all the same.
        book.lots.put(book.lots[lot.lot_id]._replace(expires_at=None))
    set_status(book, lot.lot_id, "released", reason)
    for stock in _stocks(book, lot):
        for peg in book.pegs_on(lot.lot_id):
            book.touch([peg.demand_id])
        offer(book, (stock.site_id, lot.sku))


def block(book: Book, lot: Lot, reason: str) -> None:
    """Whoever had reserved it takes what else is free, or is late; nothing new is made before it is decided on."""
    take_out(book, lot, "blocked", reason)


def look_at(book: Book, lot_id: str, reason: str) -> None:
    """Somebody has to look at a lot before any of it is used: others keep what they have reserved, and wait.

    One that is blocked is decided on anyhow, one that was scrapped has been.
    """
    if book.lots[lot_id].status in {"blocked", "scrapped"}:
        return
    book.lots.put(book.lots[lot_id]._replace(awaits_inspection=True))
    set_status(book, lot_id, "in-quality-check", reason)
    book.cause = (f"lot {lot_id} is in quality check: {reason}", "on-hand", lot_id)
    for peg in book.pegs_on(lot_id):
        told_anew(book, book.demands[peg.demand_id])
        book.touch([peg.demand_id])


def take_out(book: Book, lot: Lot, status: LotStatus, reason: str) -> None:
    """Nobody may use a lot any more: whoever had reserved it takes what else is free, or is late."""
    set_status(book, lot.lot_id, status, reason)
    book.cause = (f"lot {lot.lot_id} is {status}: {reason}", "on-hand", lot.lot_id)
    book.blamed = "quality"
    for peg in book.pegs_on(lot.lot_id):
        told_anew(book, book.demands[peg.demand_id])
        book.unpeg(peg.demand_id, lot.lot_id)
    for stock in _stocks(book, lot):
        offer(book, (stock.site_id, lot.sku))


def _stocks(book: Book, lot: Lot) -> list[Stock]:
    return [stock for stock in book.stocks.by("lot", lot.lot_id) if stock.store == MAIN]


def _use_as_is(book: Book, lot: Lot) -> None:
    """Two people said that it will do: it serves whoever waits for the item, whatever was measured."""
    for stock in _stocks(book, lot):
        for demand in book.uncovered((stock.site_id, lot.sku)):
            free = book.stocks[lot.lot_id, stock.site_id, MAIN].free_micro
            if free:
                book.peg(demand.demand_id, lot.lot_id, min(free, demand.uncovered_micro))


def _scrap(book: Book, lot: Lot, reason: str) -> None:
    """What is on its way has no other decision coming: so much of it as comes back is thrown away then."""
    block(book, lot, reason)
    for stock in _stocks(book, lot):
        throw_away(book, stock)
    set_status(book, lot.lot_id, "scrapped", reason)
    for stock in _stocks(book, lot):
        plan_open(book, (stock.site_id, lot.sku))


def _rework(book: Book, lot: Lot, recipe_id: str | None) -> None:
    """Ask for a run that puts the lot right, wherever it lies: the only one that may take it while it is blocked.

    Raises `NotYet` while all of it is on its way.
    """
    block(book, lot, "to be reworked")
    lying = [stock for stock in _stocks(book, lot) if stock.on_hand_micro]
    if not lying:
        raise NotYet(lot.lot_id)
    for stock in lying:
        made = _recipe_for(book, lot, stock, recipe_id)
        if made is None:
            raise NotYet(recipe_id or lot.sku)
        order = _rework_order(book, lot, stock, made)
        for demand in book.uncovered((stock.site_id, lot.sku)):
            receipt = book.receipts_of(order.planned_order_id)[0]
            if receipt.free_micro and made.recipe.outputs[made.output_no].fits(demand.sku, demand.window):
                book.peg(
                    demand.demand_id, receipt.receipt_id, min(receipt.free_micro, demand.uncovered_micro)
                )
        release(book, order.planned_order_id, by_hand=True)


def _recipe_for(book: Book, lot: Lot, stock: Stock, recipe_id: str | None) -> Make | None:
    if recipe_id is None:
        source = book.network.source(Node(stock.site_id, lot.sku, ()), buy=False)
        return source if isinstance(source, Make) else None
    recipe: Recipe | None = book.network.newest(recipe_id)
    outputs = recipe.outputs if recipe is not None else ()
    number = next((n for n, output in enumerate(outputs) if output.sku == lot.sku), None)
    return Make(recipe, number) if recipe is not None and number is not None else None


def _rework_order(book: Book, lot: Lot, stock: Stock, made: Make) -> PlannedOrder:
    recipe, output = made.recipe, made.recipe.outputs[made.output_no]
    micro = stock.on_hand_micro
    days = book.network.site_days(stock.site_id)
    due_at = days.after(book.now, recipe.lead_days)
    order = PlannedOrder(
        planned_order_id=book.new_id(), site_id=stock.site_id, sku=lot.sku, source="rework",
        quantity_micro=micro, runs_micro=-(-micro * 1_000_000 // output.per_micro), lead_days=recipe.lead_days,
        calendar_id=None, floor_at=book.now, starts_at=book.now, due_at=due_at, confirmed_at=None,
        expected_at=due_at, release_at=book.now, state="planned", held=False, automatic=True, priority=1,
        recipe_id=recipe.recipe_id, recipe_version=recipe.version, rework_lot_id=lot.lot_id,
    )  # fmt: skip
    book.orders.put(order)
    key = order.planned_order_id
    receipt = Receipt(
        receipt_id_of(key, made.output_no), key, made.output_no, stock.site_id, lot.sku, output.role, micro, 0, 0,
        output.properties,
    )  # fmt: skip
    book.receipts.put(receipt)
    demand = Demand(
        f"{key}/0", "dependent", stock.site_id, lot.sku, (), micro, 0, 0, book.now, book.now, 1, book.now,
        held=False, part=False, planned_order_id=key,
    )  # fmt: skip
    book.demands.put(demand)
    book.peg(demand.demand_id, lot.lot_id, micro)
    return order
