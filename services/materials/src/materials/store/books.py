"""Loads the book of a decision under the locks of its sites, and writes back what the decision changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import text

from backbone.errors import NeedsMore
from backbone.service import Tx
from contracts.orders import OrderPlaced
from materials.domain.beyond import BEYOND, Edge, Lying, Serving
from materials.domain.book import Book
from materials.domain.lot import MAIN, VENDOR
from materials.store.forecasts import load_consumption
from materials.store.ledger import load_of_runs
from materials.store.masters import lock_sites
from materials.store.network import load_masters
from materials.store.reach import Reach, Seeds, load_reach, load_sites
from materials.store.room import load_room, save_room
from materials.store.sheets import (
    CHANGES,
    COUNTS,
    DEMANDS,
    DISPATCHES,
    HOLDS,
    INTERNAL_SUPPLIES,
    LINKS,
    LOTS,
    MESSAGES,
    MOVES,
    ORDERS,
    PEGS,
    PLANNED_ORDERS,
    RECEIPTS,
    SERIALS,
    STOCKS,
)

PEGS_OF: Final = PEGS.reading("demand_id = ANY(:demands)")
PEGS_ON: Final = PEGS.reading("planned_order_id = ANY(:orders) OR supply_id = ANY(:lots)")
DEMANDS_NAMED: Final = DEMANDS.reading("demand_id = ANY(:demands)")
ORDERS_NAMED: Final = PLANNED_ORDERS.reading("planned_order_id = ANY(:orders)")
RECEIPTS_OF: Final = RECEIPTS.reading("planned_order_id = ANY(:orders)")
DISPATCHES_FOR: Final = DISPATCHES.reading(
    "shipment_id = ANY(:shipments) OR demand_id = ANY(:purchase_lines)"
)
STOCKS_HERE: Final = STOCKS.reading(
    f"store = '{MAIN}' AND on_hand_micro > reserved_micro AND (site_id, sku) IN "  # noqa: S608
    "(SELECT * FROM unnest(CAST(:site_ids AS text[]), CAST(:skus AS text[])))"
)
STOCKS_LYING: Final = STOCKS.reading(
    f"store = '{MAIN}' AND on_hand_micro > 0 AND (site_id, sku) IN "  # noqa: S608
    "(SELECT * FROM unnest(CAST(:site_ids AS text[]), CAST(:skus AS text[])))"
)
STOCKS_OF: Final = STOCKS.reading("lot_id = ANY(:lots)")
LOTS_NAMED: Final = LOTS.reading("lot_id = ANY(:lots)")
COUNTS_OF: Final = COUNTS.reading("count_id = ANY(:counts) OR lot_id = ANY(:lots) AND state = 'open'")
CHANGES_NAMED: Final = CHANGES.reading(
    "change_id = ANY(:changes) OR order_id = ANY(:orders) AND state = 'committed'"
)
HOLDS_NAMED: Final = HOLDS.reading("promise_id = ANY(:promises)")
SERVED: Final = ORDERS.reading("order_id = ANY(:orders) OR promise_id = ANY(:promises)")
INTERNALS: Final = INTERNAL_SUPPLIES.reading(
    "purchase_line_id = ANY(:purchase_lines) OR purchase_order_id = ANY(:purchase_orders)"
)
LINES_OF: Final = INTERNAL_SUPPLIES.reading("purchase_order_id = ANY(:purchase_orders)")
ORDERS_OF_CHANGES: Final = text("SELECT change_id, order_id FROM changes WHERE change_id = ANY(:change_ids)")
MESSAGES_OF: Final = MESSAGES.reading("planned_order_id = ANY(:orders)")
# Who asks of more supplies whom they serve is told of everything: each of them repeats the decision.
SERVING_COUNT_MAX: Final = 4


ADD_VALUES: Final = text(
    """
    INSERT INTO order_values (order_id, line_id, price_minor, currency)
    SELECT * FROM unnest(CAST(:order_ids AS text[]), CAST(:line_ids AS text[]), CAST(:prices_minor AS bigint[]),
                         CAST(:currencies AS text[]))
    ON CONFLICT DO NOTHING
    """
)


async def add_order_values(tx: Tx, placed: Iterable[OrderPlaced]) -> None:
    """Write down what the lines of orders are worth."""
    lines = [(fact.order_id, line) for fact in placed for line in fact.lines]
    await tx.sql.execute(
        ADD_VALUES,
        {
            "order_ids": [order_id for order_id, _ in lines],
            "line_ids": [line.demand.line_id for _, line in lines],
            "prices_minor": [line.price.minor for _, line in lines],
            "currencies": [line.price.currency for _, line in lines],
        },
    )


async def load_orders_of_changes(tx: Tx, change_ids: Iterable[str]) -> dict[str, set[str]]:
    """The order that each of these changes is of (it never changes)."""
    rows = await tx.sql.execute(ORDERS_OF_CHANGES, {"change_ids": sorted(set(change_ids))})
    return {row.change_id: {row.order_id} for row in rows}


async def lock_book(tx: Tx, seeds: Seeds) -> Book:
    """Everything that a decision about the seeds can reach, its sites locked.

    The sites of what is named are locked first; where the reach goes beyond them, another try locks those, too. So
    does a decision that goes beyond what it is mostly about: another try reaches whom a supply serves, who has
    reserved what lies at a place, or all that anything is connected to.
    """
    if seeds.purchase_orders:
        wanted = {"purchase_orders": sorted(seeds.purchase_orders)}
        known = await INTERNAL_SUPPLIES.load(tx, LINES_OF, wanted)
        seeds.purchase_lines.update(each.purchase_line_id for each in known)
    serving = {key.planned_order_id for key in tx.more if isinstance(key, Serving)}
    wide = BEYOND in tx.more or len(serving) > SERVING_COUNT_MAX
    lying = frozenset(key for key in tx.more if isinstance(key, Lying))
    seeds.planned_orders.update(serving)
    seeds.places.update(lying)
    seeds.sites.update(key for key in tx.more if isinstance(key, str))
    sites = await load_sites(tx, seeds)
    await lock_sites(tx, sites)
    if lying:
        seeds.lots.update(stock.lot_id for stock in await STOCKS.load(tx, STOCKS_LYING, _at(lying)))
    masters = await load_masters(tx)
    reached = await load_reach(tx, masters, seeds, wide=wide)
    if not reached.sites <= sites:
        raise NeedsMore(reached.sites - sites)
    network = masters.network(tx, _known(reached, seeds), seeds.services)
    book = Book(network, tx.now, tx.new_id)
    await _load_plan(tx, book, reached, seeds)
    edge = Edge(frozenset(reached.demand_ids), frozenset(reached.planned_order_ids), frozenset(serving))
    book.end_at(None if wide else edge, lying)
    await load_room(tx, book)
    await load_consumption(tx, book)
    await _load_headers(tx, book, seeds)
    if seeds.counts:
        counted = {"lots": sorted(seeds.lots), "counts": sorted(seeds.counts)}
        _fill(book.counts, await COUNTS.load(tx, COUNTS_OF, counted))
    return book


def _known(reached: Reach, seeds: Seeds) -> list[tuple[str, str]]:
    return sorted({*reached.places, *((site_id, "") for site_id in seeds.sites)})


def _at(places: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    here = list(places)
    return {"site_ids": [site_id for site_id, _ in here], "skus": [sku for _, sku in here]}


async def _load_plan(tx: Tx, book: Book, reached: Reach, seeds: Seeds) -> None:
    pegs = await PEGS.load(tx, PEGS_OF, {"demands": reached.demand_ids})
    named = {peg.planned_order_id for peg in pegs if peg.planned_order_id is not None}
    orders = {"orders": sorted(named.union(reached.planned_order_ids, reached.free_order_ids))}
    also = await PEGS.load(tx, PEGS_ON, {**orders, "lots": sorted(seeds.lots)})
    demands = {peg.demand_id for peg in also}.union(reached.demand_ids)
    _fill(book.pegs, pegs, also)
    _fill(book.demands, await DEMANDS.load(tx, DEMANDS_NAMED, {"demands": sorted(demands)}))
    _fill(book.orders, await PLANNED_ORDERS.load(tx, ORDERS_NAMED, orders))
    _fill(book.receipts, await RECEIPTS.load(tx, RECEIPTS_OF, orders))
    _fill(book.messages, await MESSAGES.load(tx, MESSAGES_OF, orders))
    shipments = {"shipments": sorted(seeds.shipments), "purchase_lines": sorted(seeds.purchase_lines)}
    if seeds.shipments or seeds.purchase_lines:
        _fill(book.dispatches, await DISPATCHES.load(tx, DISPATCHES_FOR, shipments))
    await _load_stock(tx, book, reached, seeds)


async def _load_stock(tx: Tx, book: Book, reached: Reach, seeds: Seeds) -> None:
    """What is free at the places, and all stores of the lots that are named, pegged or under way."""
    free = await STOCKS.load(tx, STOCKS_HERE, _at(reached.places))
    lots = seeds.lots | {stock.lot_id for stock in free} | {each.lot_id for each in book.dispatches}
    lots |= {peg.supply_id for peg in book.pegs if peg.planned_order_id is None}
    lots |= {order.rework_lot_id for order in book.orders if order.rework_lot_id is not None}
    named = {"lots": sorted(lots)}
    _fill(book.lots, await LOTS.load(tx, LOTS_NAMED, named))
    _fill(book.stocks, await STOCKS.load(tx, STOCKS_OF, named))
    away = {each.lot_id for each in book.stocks if each.store == VENDOR and each.on_hand_micro}
    if seeds.planned_orders and (away or seeds.sent):
        await load_of_runs(tx, book, seeds.planned_orders, away | seeds.sent)


async def _load_headers(tx: Tx, book: Book, seeds: Seeds) -> None:
    demands = list(book.demands)
    promises = seeds.promises | {each.promise_id for each in demands if each.promise_id is not None}
    orders = seeds.orders | {each.order_id for each in demands if each.order_id is not None}
    lines = seeds.purchase_lines | {
        each.purchase_line_id for each in demands if each.purchase_line_id is not None
    }
    if promises:
        _fill(book.holds, await HOLDS.load(tx, HOLDS_NAMED, {"promises": sorted(promises)}))
    if promises or orders:
        wanted = {"orders": sorted(orders), "promises": sorted(promises)}
        _fill(book.served, await ORDERS.load(tx, SERVED, wanted))
    if seeds.changes or orders:
        # The lock of the site, and the one partition of the order, guard them.
        changes = {"changes": sorted(seeds.changes), "orders": sorted(orders)}
        _fill(book.changes, await CHANGES.load(tx, CHANGES_NAMED, changes))
    if lines or seeds.purchase_orders:
        named = {"purchase_lines": sorted(lines), "purchase_orders": sorted(seeds.purchase_orders)}
        _fill(book.internals, await INTERNAL_SUPPLIES.load(tx, INTERNALS, named))


def _fill(rows: Any, *found: Iterable[Any]) -> None:
    for each in found:
        for row in each:
            rows.load(row)


def add_keys(tx: Tx, book: Book) -> None:
    """Register the rows that the decision adds, so that facts may be told under their keys."""
    for sheet, rows in _counted(book):
        sheet.own(tx, rows.added())


async def save_book(tx: Tx, book: Book, told: Iterable[tuple[str, str]]) -> None:
    """Write what the decision changed; `told` names (topic, key) of all facts, whose rows count them."""
    keys: dict[str, set[str]] = {}
    for topic, key in told:
        keys.setdefault(topic, set()).add(key)
    for sheet, rows in _counted(book):
        counted = [rows[key] for key in keys.get(sheet.topic_name, ()) if key in rows]
        changed = {id(row): row for row in [*rows.changed(), *counted]}
        await sheet.put(tx, list(changed.values()))
    await _save_uncounted(tx, book)


async def _save_uncounted(tx: Tx, book: Book) -> None:
    await PEGS.drop(tx, book.pegs.dropped())
    await DEMANDS.drop(tx, [(key,) for key in book.demands.dropped()])
    await RECEIPTS.drop(tx, [(key,) for key in book.receipts.dropped()])
    await PLANNED_ORDERS.drop(tx, [(key,) for key in book.orders.dropped()])
    await DISPATCHES.drop(tx, book.dispatches.dropped())
    await DEMANDS.put(tx, book.demands.changed())
    await RECEIPTS.put(tx, book.receipts.changed())
    await save_room(tx, book)
    await STOCKS.put(tx, book.stocks.changed())
    await PEGS.put(tx, book.pegs.changed())
    await DISPATCHES.put(tx, book.dispatches.changed())
    await CHANGES.put(tx, book.changes.changed())
    await MESSAGES.put(tx, book.messages.changed())
    await MOVES.put(tx, book.moves)
    await COUNTS.put(tx, book.counts.changed())
    await SERIALS.put(tx, book.serials)
    await LINKS.put(tx, list(dict.fromkeys(book.links)))


def _counted(book: Book) -> list[tuple[Any, Any]]:
    """The rows that own the keys of topics, in the order in which they are written."""
    return [
        (LOTS, book.lots),
        (HOLDS, book.holds),
        (ORDERS, book.served),
        (INTERNAL_SUPPLIES, book.internals),
        (PLANNED_ORDERS, book.orders),
    ]
