"""Stock by itself: what quality decides, what clients get, what transfers change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from backbone.errors import NotFound
from backbone.service import Batch, Tx
from contracts import production, service_desk
from materials import store
from materials.commands import (
    DispatchTransfer,
    ReceiveTransfer,
    TakeBack,
    TakeDelivery,
    TakeQuality,
)
from materials.domain import client_return, delivery, inside, quality, suspending
from materials.domain.book import Book
from materials.domain.supply import PlannedOrder
from materials.handlers.deciding import decide_each

_DELIVERIES: Final[Mapping[type, Callable[[Book, Any], None]]] = {
    service_desk.GoodsDispatched: delivery.dispatched,
    service_desk.HandOverCompleted: delivery.handed_over,
    service_desk.HandOverRefused: delivery.refused,
    service_desk.VisitMissed: delivery.missed,
    service_desk.VisitCompleted: delivery.visit_completed,
    service_desk.VisitSuspended: suspending.suspended,
    service_desk.VisitResumed: suspending.resumed,
}


def quality_seeds(command: TakeQuality) -> store.Seeds:
    """A lot, and the recipe by which it is to be worked on again."""
    fact = command.fact
    return store.Seeds(lots={fact.lot_id}, recipes={getattr(fact, "recipe_id", None) or ""})


def take_quality(book: Book, command: TakeQuality) -> None:
    """Release, block, rework or scrap a lot as quality says."""
    if isinstance(command.fact, production.LotInspected):
        quality.inspected(book, command.fact)
    else:
        quality.disposed(book, command.fact)


def delivery_seeds(command: TakeDelivery) -> store.Seeds:
    """An order with what is on its way to the client."""
    fact: Any = command.fact
    lines = getattr(fact, "lines", ())
    lots = [*getattr(fact, "lots", ()), *(lot for line in lines for lot in line.lots)]
    parts = getattr(fact, "parts", ())
    return store.Seeds(
        orders={fact.order_id},
        shipments={fact.visit_id},
        lots={lot.lot_id for lot in lots},
        places={(part.site_id, part.sku) for part in parts},
    )


def take_delivery(book: Book, command: TakeDelivery) -> None:
    """Book goods out to clients, or back from them; keep nothing for clients who have to speak first."""
    _DELIVERIES[type(command.fact)](book, command.fact)


async def take_back(commands: Batch[TakeBack], tx: Tx) -> Sequence[Book]:
    """Clients have sent goods back: they lie in stock again, and nobody uses them before they were looked at."""
    facts = [command.fact for command in commands]
    lots = {part.lot_id for fact in facts for part in fact.lots}
    places = {(fact.site_id, part.sku) for fact in facts for part in fact.lots}
    await store.lock_sites(tx, await store.load_sites_of_lots(tx, lots) | {site_id for site_id, _ in places})
    sent = await store.load_shipped(tx, lots, (fact.order_id for fact in facts))
    seeds = [store.Seeds(lots=lots, places=places)]
    return await decide_each(
        commands, tx, seeds, lambda book, command: client_return.came_back(book, command.fact, sent)
    )


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
