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
    TakeDelivery,
    TakeQuality,
)
from materials.domain import delivery, inside, quality, suspending
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
