"""What the owners of supplies say and do: answers, purchases, receipts, runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from backbone.service import Batch, Tx
from contracts import production, vendors
from contracts.changes import PurchaseReduced, RunReduced
from contracts.shapes import LotPart
from materials import store
from materials.commands import TakeAnswer, TakeGoods, TakePurchase, TakeRun
from materials.domain import answers, inside, receiving, returning, running
from materials.domain.book import Book
from materials.domain.network import Place
from materials.handlers.deciding import decide_each
from materials.handlers.recalls import reach_arrived
from materials.handlers.substitutes import propose_substitutes

_ANSWERS: Final[Mapping[type, Callable[[Book, Any], None]]] = {
    production.RunScheduled: answers.scheduled,
    production.RunRefused: answers.run_refused,
    vendors.OrderAcknowledged: answers.acknowledged,
    vendors.AcknowledgementOverdue: answers.silent,
    vendors.PurchaseOrderRefused: answers.vendor_refused,
    vendors.PurchaseRefused: answers.purchase_refused,
    vendors.GoodsRejected: answers.rejected,
    RunReduced: answers.run_reduced,
}
_RUNS: Final[Mapping[type, Callable[[Book, Any], None]]] = {
    production.MaterialConsumed: running.consumed,
    production.MaterialProduced: receiving.produced,
    production.RunClosed: running.closed,
    production.RunAborted: running.aborted,
}


async def take_answer(commands: Batch[TakeAnswer], tx: Tx) -> Sequence[Book]:
    """Date supplies as their owners say, and tell whom that hurts or helps."""
    seeds = [
        store.Seeds(planned_orders=_named(command.fact), changes=_changes(command.fact))
        for command in commands
    ]
    books = await decide_each(
        commands, tx, seeds, lambda book, command: _ANSWERS[type(command.fact)](book, command.fact)
    )
    await propose_substitutes(commands, books, tx)
    return books


def _changes(fact: Any) -> set[str]:
    """The change that an owner has carried out, if it was for one."""
    change_id = getattr(fact, "change_id", None)
    return set() if change_id is None else {change_id}


def _named(fact: Any) -> set[str]:
    """The planned orders that a vendor's or a plant's answer names, one or many."""
    if hasattr(fact, "planned_order_id"):
        return {fact.planned_order_id}
    if hasattr(fact, "planned_order_ids"):
        return set(fact.planned_order_ids)
    return {line.planned_order_id for line in fact.lines}


async def take_purchase(commands: Batch[TakePurchase], tx: Tx) -> Sequence[Book]:
    """Follow purchase orders on both sides: as their buyer, and where one of our sites supplies them."""
    return await decide_each(commands, tx, (_purchase_seeds(each.fact) for each in commands), _purchase)


def _purchase_seeds(fact: Any) -> store.Seeds:
    seeds = store.Seeds(
        planned_orders=_named(fact), purchase_orders={fact.purchase_order_id}, changes=_changes(fact)
    )
    if isinstance(fact, PurchaseReduced):
        seeds.purchase_lines.add(fact.purchase_line_id)
        return seeds
    if fact.vendor_kind != "internal" or isinstance(fact, vendors.PurchaseOrderCancelled):
        return seeds
    seeds.purchase_lines.update(line.purchase_line_id for line in fact.lines)
    seeds.places.update((fact.supplying_site_id, line.sku) for line in fact.lines)
    if isinstance(fact, vendors.ShipmentNotified):
        seeds.shipments.add(fact.shipment_id)
        seeds.lots.update(lot.lot_id for line in fact.lines for lot in line.lots)
    return seeds


def _purchase(book: Book, command: TakePurchase) -> Iterable[Place]:
    fact = command.fact
    if isinstance(fact, vendors.PurchaseOrderIssued):
        answers.issued(book, fact)
        inside.ordered_inside(book, fact)
    elif isinstance(fact, vendors.ShipmentNotified):
        answers.shipped_by_vendor(book, fact)
        inside.shipped_inside(book, fact)
    elif isinstance(fact, PurchaseReduced):
        answers.purchase_reduced(book, fact)
        return inside.reduced_inside(book, fact)
    else:
        answers.purchase_cancelled(book, fact)
        return inside.cancelled_inside(book, fact)
    return ()


async def take_goods(commands: Batch[TakeGoods], tx: Tx) -> Sequence[Book]:
    """Book in what arrived and out what went back; what is called back is blocked as soon as it is here."""
    books = await decide_each(commands, tx, (_goods_seeds(each.fact) for each in commands), _goods)
    arrived = {lot.lot_id for each in commands for lot in _arrived(each.fact) if lot.vendor_lot is not None}
    if arrived:
        await reach_arrived(tx, arrived)
    return books


def _arrived(fact: vendors.GoodsReceived | vendors.GoodsReturned) -> list[LotPart]:
    lines = fact.lines if isinstance(fact, vendors.GoodsReceived) else ()
    return [lot for line in lines for lot in line.lots]


def _goods_seeds(fact: vendors.GoodsReceived | vendors.GoodsReturned) -> store.Seeds:
    if isinstance(fact, vendors.GoodsReturned):
        return store.Seeds(
            planned_orders={fact.planned_order_id},
            lots={lot.lot_id for lot in fact.lots},
            places={(fact.site_id, lot.sku) for lot in fact.lots},
        )
    seeds = store.Seeds(planned_orders=_named(fact))
    for line in fact.lines:
        seeds.lots.update(lot.lot_id for lot in line.lots)
        seeds.places.update((line.site_id, lot.sku) for lot in line.lots)
        if fact.vendor_kind == "internal":
            seeds.purchase_lines.add(line.purchase_line_id)
    return seeds


def _goods(book: Book, command: TakeGoods) -> None:
    if isinstance(command.fact, vendors.GoodsReceived):
        receiving.goods_received(book, command.fact)
    else:
        returning.returned(book, command.fact)


async def take_run(commands: Batch[TakeRun], tx: Tx) -> Sequence[Book]:
    """Book what runs took and made, and close what they were planned as."""
    return await decide_each(
        commands,
        tx,
        (_run_seeds(command.fact) for command in commands),
        lambda book, command: _RUNS[type(command.fact)](book, command.fact),
    )


def _run_seeds(fact: Any) -> store.Seeds:
    seeds = store.Seeds(planned_orders={fact.planned_order_id}, changes=_changes(fact))
    parts = [
        each.part if isinstance(each, production.ProducedLot) else each for each in getattr(fact, "lots", ())
    ]
    seeds.lots.update(part.lot_id for part in parts)
    seeds.places.update((fact.site_id, part.sku) for part in parts)
    return seeds
