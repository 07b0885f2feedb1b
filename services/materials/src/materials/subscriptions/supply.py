"""What the owners of supplies answer about runs and purchases; of work that vendors do for runs production hears."""

from __future__ import annotations

from typing import Final

from backbone.service import Subscription, hears
from contracts import production, vendors
from contracts.answers import PurchaseWishRefused, RunWishRefused
from contracts.changes import (
    PurchaseChangeAnswered,
    PurchaseIncreased,
    PurchaseReduced,
    RunChangeAnswered,
    RunReduced,
    RunResized,
)
from contracts.overdue import DeliveryOverdue
from contracts.partings import RunsMerged, RunSplit
from materials import commands, handlers


def on_owner_answered(fact: RunChangeAnswered | PurchaseChangeAnswered) -> commands.TakeOwnerAnswer:
    """The owner of a supply says whether it can be less."""
    return commands.TakeOwnerAnswer(fact)


def on_wish_refused(fact: RunWishRefused | PurchaseWishRefused) -> commands.ReopenMessage:
    """The owner of a supply cannot do what a planner accepted."""
    return commands.ReopenMessage(fact)


def on_purchase_changed(fact: PurchaseReduced | PurchaseIncreased) -> commands.TakePurchase:
    """Less or more of a purchase line is bought."""
    return commands.TakePurchase(fact)


def on_run_answered(
    fact: production.RunScheduled | production.RunRefused | RunReduced | RunResized | RunSplit | RunsMerged,
) -> commands.TakeAnswer:
    """A run has its place in the schedule, has none, was made less, was split or put together with others."""
    return commands.TakeAnswer(fact)


def on_run_started(fact: production.RunStarted) -> commands.TakeRun:
    """A run has begun: it keeps its size and its moment."""
    return commands.TakeRun(fact)


def on_order_acknowledged(fact: vendors.OrderAcknowledged) -> commands.TakeAnswer | None:
    """A vendor names quantity and date."""
    return None if fact.run_id is not None else commands.TakeAnswer(fact)


def on_acknowledgement_overdue(fact: vendors.AcknowledgementOverdue) -> commands.TakeAnswer | None:
    """A vendor has not answered in time."""
    return None if fact.run_id is not None else commands.TakeAnswer(fact)


def on_delivery_overdue(fact: DeliveryOverdue) -> commands.TakeAnswer | None:
    """A vendor has let a promised day pass."""
    return None if fact.run_id is not None else commands.TakeAnswer(fact)


def on_purchase_order_refused(fact: vendors.PurchaseOrderRefused) -> commands.TakeAnswer | None:
    """A vendor will not supply."""
    return None if fact.run_id is not None else commands.TakeAnswer(fact)


def on_purchase_refused(fact: vendors.PurchaseRefused) -> commands.TakeAnswer | None:
    """No vendor can be asked."""
    return None if fact.run_id is not None else commands.TakeAnswer(fact)


def on_goods_rejected(fact: vendors.GoodsRejected) -> commands.TakeAnswer | None:
    """Part of a receipt was turned away."""
    return None if fact.run_id is not None else commands.TakeAnswer(fact)


def on_purchase_order_issued(fact: vendors.PurchaseOrderIssued) -> commands.TakePurchase | None:
    """A vendor, or a site of ours, is asked to supply."""
    return None if fact.run_id is not None else commands.TakePurchase(fact)


def on_shipment_notified(fact: vendors.ShipmentNotified) -> commands.TakePurchase | None:
    """Goods of a purchase order are on their way."""
    return None if fact.run_id is not None else commands.TakePurchase(fact)


def on_purchase_order_cancelled(fact: vendors.PurchaseOrderCancelled) -> commands.TakePurchase | None:
    """What was open of a purchase order is not wanted any more."""
    return None if fact.run_id is not None else commands.TakePurchase(fact)


SUPPLY: Final[tuple[Subscription, ...]] = (
    hears(RunChangeAnswered, on_owner_answered, handlers.take_owner_answer),
    hears(PurchaseChangeAnswered, on_owner_answered, handlers.take_owner_answer),
    hears(RunReduced, on_run_answered, handlers.follow_facts),
    hears(RunResized, on_run_answered, handlers.follow_facts),
    hears(RunSplit, on_run_answered, handlers.follow_facts),
    hears(RunsMerged, on_run_answered, handlers.follow_facts),
    hears(PurchaseReduced, on_purchase_changed, handlers.follow_facts),
    hears(PurchaseIncreased, on_purchase_changed, handlers.follow_facts),
    hears(RunWishRefused, on_wish_refused, handlers.reopen_message),
    hears(PurchaseWishRefused, on_wish_refused, handlers.reopen_message),
    hears(production.RunScheduled, on_run_answered, handlers.follow_facts),
    hears(production.RunRefused, on_run_answered, handlers.follow_facts),
    hears(production.RunStarted, on_run_started, handlers.follow_facts),
    hears(vendors.OrderAcknowledged, on_order_acknowledged, handlers.follow_facts),
    hears(vendors.AcknowledgementOverdue, on_acknowledgement_overdue, handlers.follow_facts),
    hears(DeliveryOverdue, on_delivery_overdue, handlers.follow_facts),
    hears(vendors.PurchaseOrderRefused, on_purchase_order_refused, handlers.follow_facts),
    hears(vendors.PurchaseRefused, on_purchase_refused, handlers.follow_facts),
    hears(vendors.GoodsRejected, on_goods_rejected, handlers.follow_facts),
    hears(vendors.PurchaseOrderIssued, on_purchase_order_issued, handlers.follow_facts),
    hears(vendors.ShipmentNotified, on_shipment_notified, handlers.follow_facts),
    hears(vendors.PurchaseOrderCancelled, on_purchase_order_cancelled, handlers.follow_facts),
)
