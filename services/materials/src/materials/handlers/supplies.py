"""What the owners of supplies say and do, answers, purchases, receipts, runs: what each reaches and what it changes."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any, Final

from backbone.errors import NotYet
from contracts import production, vendors
from contracts.changes import PurchaseIncreased, PurchaseReduced, RunReduced, RunResized
from contracts.overdue import DeliveryOverdue
from contracts.partings import RunsMerged, RunSplit
from contracts.shapes import LotPart
from materials import store
from materials.commands import TakeAnswer, TakeGoods, TakePurchase, TakeRun
from materials.domain import answers, inside, parting, receiving, returning, running
from materials.domain.book import Book
from materials.domain.network import Place

_ANSWERS: Final[Mapping[type, Callable[[Book, Any], None]]] = {
    production.RunScheduled: answers.scheduled,
    production.RunRefused: answers.run_refused,
    vendors.OrderAcknowledged: answers.acknowledged,
    vendors.AcknowledgementOverdue: answers.silent,
    DeliveryOverdue: answers.undelivered,
    vendors.PurchaseOrderRefused: answers.vendor_refused,
    vendors.PurchaseRefused: answers.purchase_refused,
    RunReduced: answers.run_reduced,
    RunResized: answers.run_resized,
    RunSplit: parting.split,
    RunsMerged: parting.merged,
}
_RUNS: Final[Mapping[type, Callable[[Book, Any], None]]] = {
    production.RunStarted: running.started,
    production.MaterialConsumed: running.consumed,
    production.MaterialProduced: receiving.produced,
    production.RunClosed: running.closed,
    production.RunAborted: running.aborted,
}
# Of the part of a run these may be heard before the split.
_OF_RUNS: Final[tuple[type[Any], ...]] = (production.RunScheduled, *_RUNS)


def answer_seeds(command: TakeAnswer) -> store.Seeds:
    """The supplies that their owner speaks of; of goods that were turned away the lots, and who sent them."""
    fact = command.fact
    seeds = store.Seeds(planned_orders=_named(fact), changes=_changes(fact))
    if isinstance(fact, vendors.GoodsRejected) and fact.lots:
        seeds.purchase_lines.add(fact.purchase_line_id)
        seeds.lots.update(lot.lot_id for lot in fact.lots)
    return seeds


def take_answer(book: Book, command: TakeAnswer) -> None:
    """Date supplies as their owners say, and tell whom that hurts or helps."""
    if isinstance(command.fact, vendors.GoodsRejected):
        inside.turned_away(book, command.fact)
        answers.rejected(book, command.fact)
        return
    _ANSWERS[type(command.fact)](book, _planned(book, command.fact))


def _planned(book: Book, fact: Any) -> Any:
    """The fact; raises `NotYet` for a run whose planned order is not here: production splits runs by itself."""
    if isinstance(fact, _OF_RUNS) and fact.planned_order_id not in book.orders:
        raise NotYet(fact.planned_order_id)
    return fact


def _changes(fact: Any) -> set[str]:
    """The change that an owner has carried out, if it was for one."""
    change_id = getattr(fact, "change_id", None)
    return set() if change_id is None else {change_id}


def _named(fact: Any) -> set[str]:
    """The planned orders that a vendor's or a plant's answer names, one or many."""
    if hasattr(fact, "planned_order_id"):
        return {fact.planned_order_id, *(each.planned_order_id for each in getattr(fact, "merged", ()))}
    if hasattr(fact, "planned_order_ids"):
        return set(fact.planned_order_ids)
    return {line.planned_order_id for line in fact.lines}


def purchase_seeds(command: TakePurchase) -> store.Seeds:
    """A purchase order on both sides: as its buyer, and where one of our sites supplies it."""
    fact: Any = command.fact
    seeds = store.Seeds(
        planned_orders=_named(fact), purchase_orders={fact.purchase_order_id}, changes=_changes(fact)
    )
    if isinstance(fact, PurchaseReduced | PurchaseIncreased):
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


def take_purchase(book: Book, command: TakePurchase, rings: Container[str] = ()) -> Iterable[Place]:
    """Follow a purchase order on both sides; `rings` are lines that come back to who buys them."""
    fact = command.fact
    if isinstance(fact, vendors.PurchaseOrderIssued):
        answers.issued(book, fact)
        inside.ordered_inside(book, fact, rings)
    elif isinstance(fact, vendors.ShipmentNotified):
        answers.shipped_by_vendor(book, fact)
        inside.shipped_inside(book, fact)
    elif isinstance(fact, PurchaseReduced):
        answers.purchase_reduced(book, fact)
        return inside.reduced_inside(book, fact)
    elif isinstance(fact, PurchaseIncreased):
        answers.purchase_increased(book, fact)
    else:
        answers.purchase_cancelled(book, fact)
        return inside.cancelled_inside(book, fact)
    return ()


def arrived(command: TakeGoods) -> list[LotPart]:
    """The lots that have come."""
    lines = command.fact.lines if isinstance(command.fact, vendors.GoodsReceived) else ()
    return [lot for line in lines for lot in line.lots]


def goods_seeds(command: TakeGoods) -> store.Seeds:
    """Lots that came or went back, with what they were planned as."""
    fact = command.fact
    if isinstance(fact, vendors.GoodsReturned):
        return store.Seeds(
            planned_orders={fact.planned_order_id},
            lots={lot.lot_id for lot in fact.lots},
            places={(fact.site_id, lot.sku) for lot in fact.lots},
            purchase_lines={fact.purchase_line_id} if fact.supplying_site_id is not None else set(),
        )
    seeds = store.Seeds(planned_orders=_named(fact))
    for line in fact.lines:
        seeds.lots.update(lot.lot_id for lot in line.lots)
        seeds.places.update((line.site_id, lot.sku) for lot in line.lots)
        if fact.vendor_kind == "internal":
            seeds.purchase_lines.add(line.purchase_line_id)
    return seeds


def take_goods(book: Book, command: TakeGoods) -> None:
    """Book in what arrived and out what went back."""
    if isinstance(command.fact, vendors.GoodsReceived):
        receiving.goods_received(book, command.fact)
    else:
        returning.returned(book, command.fact)


def run_seeds(command: TakeRun) -> store.Seeds:
    """A run with its lots."""
    fact: Any = command.fact
    seeds = store.Seeds(planned_orders={fact.planned_order_id}, changes=_changes(fact))
    parts = [
        each.part if isinstance(each, production.ProducedLot) else each for each in getattr(fact, "lots", ())
    ]
    seeds.places.update((fact.site_id, part.sku) for part in parts)
    # Only a run that a vendor does sends lots, and brings lots back.
    sent = getattr(fact, "sent", ())
    seeds.sent.update(part.lot_id for part in sent)
    seeds.lots.update(part.lot_id for part in (*parts, *sent, *getattr(fact, "back", ())))
    return seeds


def take_run(book: Book, command: TakeRun) -> None:
    """Book what a run took and made, and close what it was planned as."""
    _RUNS[type(command.fact)](book, _planned(book, command.fact))
