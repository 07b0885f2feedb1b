"""Facts that materials hears: each becomes a command."""

from __future__ import annotations

from typing import Final

from backbone.service import Subscription, hears
from contracts import orders, production, recalls, service_desk, vendors
from contracts.answers import PurchaseWishRefused, RunWishRefused
from contracts.changes import PurchaseChangeAnswered, PurchaseReduced, RunChangeAnswered, RunReduced
from contracts.partings import RunsMerged, RunSplit
from materials import commands, handlers
from materials.domain.capacity.room import WorkCentre
from materials.domain.item import ServiceParts, Terms


def on_recipe_approved(fact: production.RecipeApproved) -> commands.CopyRecipe:
    """A recipe may be planned by."""
    return commands.CopyRecipe(fact)


def on_recipe_retired(fact: production.RecipeRetired) -> commands.RetireRecipe:
    """A recipe may not be planned by any more."""
    return commands.RetireRecipe(fact.recipe_id, fact.version)


def on_calendar_changed(fact: production.CalendarChanged) -> commands.CopyCalendar:
    """Working days are other ones."""
    return commands.CopyCalendar(fact)


def on_work_centre_defined(fact: production.WorkCentreDefined) -> commands.CopyWorkCentre:
    """Runs are made on this."""
    return commands.CopyWorkCentre(
        WorkCentre(fact.work_centre_id, fact.site_id, fact.calendar_id, fact.machines)
    )


def on_terms_published(fact: vendors.TermsPublished) -> commands.CopyTerms:
    """A vendor supplies an item on these terms."""
    terms = Terms(
        fact.terms_id, fact.vendor_id, fact.vendor_kind, fact.sku, fact.site_id, fact.minimum.micro,
        fact.multiple.micro, fact.lead_days, fact.calendar_id, fact.valid_from, fact.valid_to, fact.rank,
        expired=False, properties=fact.properties, currency=fact.currency, prices=fact.prices,
    )  # fmt: skip
    return commands.CopyTerms(terms)


def on_terms_expired(fact: vendors.TermsExpired) -> commands.ExpireTerms:
    """A vendor's terms are over."""
    return commands.ExpireTerms(fact.terms_id)


def on_service_defined(fact: service_desk.ServiceDefined) -> commands.CopyService:
    """A service uses up these parts."""
    return commands.CopyService(ServiceParts(fact.service_id, fact.site_id, fact.parts))


def on_promise_requested(fact: orders.PromiseRequested) -> commands.AnswerPromise:
    """Material is asked for."""
    return commands.AnswerPromise(fact)


def on_promise_withdrawn(fact: orders.PromiseWithdrawn) -> commands.WithdrawPromise:
    """Material is not wanted any more."""
    return commands.WithdrawPromise(fact)


def on_order_placed(fact: orders.OrderPlaced) -> commands.PlanOrder:
    """The customer ordered."""
    return commands.PlanOrder(fact)


def on_order_cancelled(fact: orders.OrderCancelled) -> commands.CancelOrder:
    """An order ended without delivery."""
    return commands.CancelOrder(fact)


def on_change(
    fact: orders.AmendmentRequested
    | orders.CancellationRequested
    | orders.ChangeCommitted
    | orders.ChangeWithdrawn,
) -> commands.FollowChange:
    """A customer wants less of an order, or has decided about it."""
    return commands.FollowChange(fact)


def on_owner_answered(fact: RunChangeAnswered | PurchaseChangeAnswered) -> commands.TakeOwnerAnswer:
    """The owner of a supply says whether it can be less."""
    return commands.TakeOwnerAnswer(fact)


def on_wish_refused(fact: RunWishRefused | PurchaseWishRefused) -> commands.ReopenMessage:
    """The owner of a supply cannot do what a planner accepted."""
    return commands.ReopenMessage(fact)


def on_purchase_reduced(fact: PurchaseReduced) -> commands.TakePurchase:
    """Less of a purchase line is bought."""
    return commands.TakePurchase(fact)


def on_order_line_short_closed(fact: orders.OrderLineShortClosed) -> commands.CloseLine:
    """What is open of an order line is not wanted any more."""
    return commands.CloseLine(fact)


def on_new_date_accepted(fact: orders.NewDateAccepted) -> commands.AcceptDates:
    """The customer took later dates."""
    return commands.AcceptDates(fact)


def on_run_answered(
    fact: production.RunScheduled | production.RunRefused | RunReduced | RunSplit | RunsMerged,
) -> commands.TakeAnswer:
    """A run has its place in the schedule, has none, was made less, was split or put together with others."""
    return commands.TakeAnswer(fact)


def on_order_acknowledged(fact: vendors.OrderAcknowledged) -> commands.TakeAnswer:
    """A vendor names quantity and date."""
    return commands.TakeAnswer(fact)


def on_acknowledgement_overdue(fact: vendors.AcknowledgementOverdue) -> commands.TakeAnswer:
    """A vendor has not answered in time."""
    return commands.TakeAnswer(fact)


def on_purchase_order_refused(fact: vendors.PurchaseOrderRefused) -> commands.TakeAnswer:
    """A vendor will not supply."""
    return commands.TakeAnswer(fact)


def on_purchase_refused(fact: vendors.PurchaseRefused) -> commands.TakeAnswer:
    """No vendor can be asked."""
    return commands.TakeAnswer(fact)


def on_goods_rejected(fact: vendors.GoodsRejected) -> commands.TakeAnswer:
    """Part of a receipt was turned away."""
    return commands.TakeAnswer(fact)


def on_purchase_order_issued(fact: vendors.PurchaseOrderIssued) -> commands.TakePurchase:
    """A vendor, or a site of ours, is asked to supply."""
    return commands.TakePurchase(fact)


def on_shipment_notified(fact: vendors.ShipmentNotified) -> commands.TakePurchase:
    """Goods of a purchase order are on their way."""
    return commands.TakePurchase(fact)


def on_purchase_order_cancelled(fact: vendors.PurchaseOrderCancelled) -> commands.TakePurchase:
    """What was open of a purchase order is not wanted any more."""
    return commands.TakePurchase(fact)


def on_goods_received(fact: vendors.GoodsReceived) -> commands.TakeGoods:
    """Goods of a vendor arrived."""
    return commands.TakeGoods(fact)


def on_goods_returned(fact: vendors.GoodsReturned) -> commands.TakeGoods:
    """Goods went back to their vendor."""
    return commands.TakeGoods(fact)


def on_material_consumed(fact: production.MaterialConsumed) -> commands.TakeRun:
    """A run took lots."""
    return commands.TakeRun(fact)


def on_material_produced(fact: production.MaterialProduced) -> commands.TakeRun:
    """A run made lots."""
    return commands.TakeRun(fact)


def on_run_closed(fact: production.RunClosed) -> commands.TakeRun:
    """A run is reconciled."""
    return commands.TakeRun(fact)


def on_run_aborted(fact: production.RunAborted) -> commands.TakeRun:
    """A run was given up."""
    return commands.TakeRun(fact)


def on_lot_inspected(fact: production.LotInspected) -> commands.TakeQuality:
    """A lot was measured."""
    return commands.TakeQuality(fact)


def on_lot_disposed(fact: production.LotDisposed) -> commands.TakeQuality:
    """It was decided what becomes of a blocked lot."""
    return commands.TakeQuality(fact)


def on_goods_dispatched(fact: service_desk.GoodsDispatched) -> commands.TakeDelivery:
    """Goods have left for the client."""
    return commands.TakeDelivery(fact)


def on_hand_over_completed(fact: service_desk.HandOverCompleted) -> commands.TakeDelivery:
    """The client accepted goods."""
    return commands.TakeDelivery(fact)


def on_hand_over_refused(fact: service_desk.HandOverRefused) -> commands.TakeDelivery:
    """The client did not accept goods."""
    return commands.TakeDelivery(fact)


def on_visit_missed(fact: service_desk.VisitMissed) -> commands.TakeDelivery:
    """Nobody was there."""
    return commands.TakeDelivery(fact)


def on_visit_completed(fact: service_desk.VisitCompleted) -> commands.TakeDelivery:
    """The work is done, and the client said so."""
    return commands.TakeDelivery(fact)


def on_visit_suspended(fact: service_desk.VisitSuspended) -> commands.TakeDelivery:
    """A visit waits for its client."""
    return commands.TakeDelivery(fact)


def on_visit_resumed(fact: service_desk.VisitResumed) -> commands.TakeDelivery:
    """A visit that waited goes on."""
    return commands.TakeDelivery(fact)


def on_recall(fact: recalls.RecallOpened | recalls.RecallWidened) -> commands.TraceRecall:
    """Lots are called back, with all that was made of them."""
    return commands.TraceRecall(fact)


def on_recall_closed(fact: recalls.RecallClosed) -> commands.CloseRecall:
    """Nothing is left to be done of a recall."""
    return commands.CloseRecall(fact.recall_id)


SUBSCRIPTIONS: Final[tuple[Subscription, ...]] = (
    hears(production.RecipeApproved, on_recipe_approved, handlers.copy_recipe),
    hears(production.RecipeRetired, on_recipe_retired, handlers.retire_recipe),
    hears(production.CalendarChanged, on_calendar_changed, handlers.copy_calendar),
    hears(production.WorkCentreDefined, on_work_centre_defined, handlers.copy_work_centre),
    hears(vendors.TermsPublished, on_terms_published, handlers.copy_terms),
    hears(vendors.TermsExpired, on_terms_expired, handlers.expire_terms),
    hears(service_desk.ServiceDefined, on_service_defined, handlers.copy_service),
    hears(orders.PromiseRequested, on_promise_requested, handlers.follow_facts),
    hears(orders.PromiseWithdrawn, on_promise_withdrawn, handlers.follow_facts),
    hears(orders.OrderPlaced, on_order_placed, handlers.follow_facts),
    hears(orders.OrderCancelled, on_order_cancelled, handlers.follow_facts),
    hears(orders.AmendmentRequested, on_change, handlers.follow_facts),
    hears(orders.CancellationRequested, on_change, handlers.follow_facts),
    hears(orders.ChangeCommitted, on_change, handlers.follow_facts),
    hears(orders.ChangeWithdrawn, on_change, handlers.follow_facts),
    hears(RunChangeAnswered, on_owner_answered, handlers.take_owner_answer),
    hears(PurchaseChangeAnswered, on_owner_answered, handlers.take_owner_answer),
    hears(RunReduced, on_run_answered, handlers.follow_facts),
    hears(RunSplit, on_run_answered, handlers.follow_facts),
    hears(RunsMerged, on_run_answered, handlers.follow_facts),
    hears(PurchaseReduced, on_purchase_reduced, handlers.follow_facts),
    hears(RunWishRefused, on_wish_refused, handlers.reopen_message),
    hears(PurchaseWishRefused, on_wish_refused, handlers.reopen_message),
    hears(orders.OrderLineShortClosed, on_order_line_short_closed, handlers.follow_facts),
    hears(orders.NewDateAccepted, on_new_date_accepted, handlers.follow_facts),
    hears(production.RunScheduled, on_run_answered, handlers.follow_facts),
    hears(production.RunRefused, on_run_answered, handlers.follow_facts),
    hears(vendors.OrderAcknowledged, on_order_acknowledged, handlers.follow_facts),
    hears(vendors.AcknowledgementOverdue, on_acknowledgement_overdue, handlers.follow_facts),
    hears(vendors.PurchaseOrderRefused, on_purchase_order_refused, handlers.follow_facts),
    hears(vendors.PurchaseRefused, on_purchase_refused, handlers.follow_facts),
    hears(vendors.GoodsRejected, on_goods_rejected, handlers.follow_facts),
    hears(vendors.PurchaseOrderIssued, on_purchase_order_issued, handlers.follow_facts),
    hears(vendors.ShipmentNotified, on_shipment_notified, handlers.follow_facts),
    hears(vendors.PurchaseOrderCancelled, on_purchase_order_cancelled, handlers.follow_facts),
    hears(vendors.GoodsReceived, on_goods_received, handlers.follow_facts),
    hears(vendors.GoodsReturned, on_goods_returned, handlers.follow_facts),
    hears(production.MaterialConsumed, on_material_consumed, handlers.follow_facts),
    hears(production.MaterialProduced, on_material_produced, handlers.follow_facts),
    hears(production.RunClosed, on_run_closed, handlers.follow_facts),
    hears(production.RunAborted, on_run_aborted, handlers.follow_facts),
    hears(production.LotInspected, on_lot_inspected, handlers.follow_facts),
    hears(production.LotDisposed, on_lot_disposed, handlers.follow_facts),
    hears(recalls.RecallOpened, on_recall, handlers.trace_recall),
    hears(recalls.RecallWidened, on_recall, handlers.trace_recall),
    hears(recalls.RecallClosed, on_recall_closed, handlers.close_recall),
    hears(service_desk.GoodsDispatched, on_goods_dispatched, handlers.follow_facts),
    hears(service_desk.HandOverCompleted, on_hand_over_completed, handlers.follow_facts),
    hears(service_desk.HandOverRefused, on_hand_over_refused, handlers.follow_facts),
    hears(service_desk.VisitMissed, on_visit_missed, handlers.follow_facts),
    hears(service_desk.VisitCompleted, on_visit_completed, handlers.follow_facts),
    hears(service_desk.VisitSuspended, on_visit_suspended, handlers.follow_facts),
    hears(service_desk.VisitResumed, on_visit_resumed, handlers.follow_facts),
)
