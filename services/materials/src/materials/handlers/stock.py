"""Stock by itself: what quality decides, what clients get, what counts and transfers change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from backbone.errors import NotFound, Refused
from backbone.service import Batch, Tx, together
from contracts import production, service_desk
from materials import store
from materials.commands import (
    BookLot,
    CountLot,
    DispatchTransfer,
    ReceiveTransfer,
    TakeDelivery,
    TakeQuality,
)
from materials.domain import delivery, inside, quality, suspending
from materials.domain.book import Book
from materials.domain.conclusion import offer
from materials.domain.item import QuantityIsNotWhole
from materials.domain.lot import MAIN, Lot, costed
from materials.domain.receiving import Arrival, take_in
from materials.domain.supply import PlannedOrder
from materials.handlers.deciding import decide_apart, decide_each

_DELIVERIES: Final[Mapping[type, Callable[[Book, Any], None]]] = {
    service_desk.GoodsDispatched: delivery.dispatched,
    service_desk.HandOverCompleted: delivery.handed_over,
    service_desk.HandOverRefused: delivery.refused,
    service_desk.VisitMissed: delivery.missed,
    service_desk.VisitCompleted: delivery.visit_completed,
    service_desk.VisitSuspended: suspending.suspended,
    service_desk.VisitResumed: suspending.resumed,
}


async def take_quality(commands: Batch[TakeQuality], tx: Tx) -> Sequence[Book]:
    """Release, block, rework or scrap lots as quality says."""
    seeds = [
        store.Seeds(lots={command.fact.lot_id}, recipes={getattr(command.fact, "recipe_id", None) or ""})
        for command in commands
    ]
    return await decide_each(commands, tx, seeds, _quality)


def _quality(book: Book, command: TakeQuality) -> None:
    if isinstance(command.fact, production.LotInspected):
        quality.inspected(book, command.fact)
    else:
        quality.disposed(book, command.fact)


async def take_delivery(commands: Batch[TakeDelivery], tx: Tx) -> Sequence[Book]:
    """Book goods out to clients, or back from them; keep nothing for clients who have to speak first."""
    return await decide_each(
        commands,
        tx,
        (_delivery_seeds(command.fact) for command in commands),
        lambda book, command: _DELIVERIES[type(command.fact)](book, command.fact),
    )


def _delivery_seeds(fact: Any) -> store.Seeds:
    lines = getattr(fact, "lines", ())
    lots = [*getattr(fact, "lots", ()), *(lot for line in lines for lot in line.lots)]
    parts = getattr(fact, "parts", ())
    return store.Seeds(
        orders={fact.order_id},
        shipments={fact.visit_id},
        lots={lot.lot_id for lot in lots},
        places={(part.site_id, part.sku) for part in parts},
    )


@together
async def book_lot(commands: Batch[BookLot], tx: Tx) -> list[Lot | Refused]:
    """Book lots in that no purchase and no run has brought; open demands are served first."""
    places = {(each.site_id, each.part.sku) for each in commands}
    seeds = store.Seeds(places=places, lots={each.part.lot_id for each in commands})
    books = await decide_apart(commands, tx, [seeds], _book_in)
    return [
        book if isinstance(book, Refused) else book.lots[command.part.lot_id]
        for book, command in zip(books, commands, strict=True)
    ]


def _book_in(book: Book, command: BookLot) -> None:
    part = costed(command.part)
    item = book.network.items.get(part.sku)
    if item is None or command.site_id not in book.network.sites:
        raise NotFound(f"no item {part.sku} or no site {command.site_id}")
    if part.quantity.micro <= 0 or part.quantity.micro % item.quantum_micro:
        raise QuantityIsNotWhole(
            f"{part.sku} is counted in whole multiples of {item.quantum_micro} millionths"
        )
    take_in(book, part, Arrival(command.site_id, None, "adjusted"))
    offer(book, (command.site_id, part.sku))


async def count_lot(commands: Batch[CountLot], tx: Tx) -> list[Lot]:
    """Put the books right after a count."""
    seeds = [store.Seeds(lots={command.lot_id}) for command in commands]
    books = await decide_each(commands, tx, seeds, _count)
    return [book.lots[command.lot_id] for book, command in zip(books, commands, strict=True)]


def _count(book: Book, command: CountLot) -> None:
    lot = book.lots.get(command.lot_id)
    if lot is None or (command.lot_id, command.site_id, MAIN) not in book.stocks:
        raise NotFound(f"no lot {command.lot_id} at {command.site_id}")
    quality.counted(book, lot, command.site_id, command.quantity.micro)


async def dispatch_transfer(commands: Batch[DispatchTransfer], tx: Tx) -> list[PlannedOrder]:
    """Goods of transfers leave their site."""
    return await _transfer(commands, tx, inside.dispatch_transfer)


async def receive_transfer(commands: Batch[ReceiveTransfer], tx: Tx) -> list[PlannedOrder]:
    """Goods of transfers have arrived."""
    return await _transfer(commands, tx, inside.receive_transfer)


async def _transfer(
    commands: Batch[Any], tx: Tx, act: Callable[[Book, PlannedOrder], None]
) -> list[PlannedOrder]:
    seeds = [
        store.Seeds(planned_orders={each.planned_order_id}, shipments={each.planned_order_id})
        for each in commands
    ]

    def decide(book: Book, command: Any) -> None:
        order = book.orders.get(command.planned_order_id)
        if order is None:
            raise NotFound(f"no transfer {command.planned_order_id}")
        act(book, order)

    books = await decide_each(commands, tx, seeds, decide)
    return [book.orders[each.planned_order_id] for book, each in zip(books, commands, strict=True)]
