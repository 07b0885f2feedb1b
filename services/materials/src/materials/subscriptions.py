"""Facts that materials hears: each becomes a command."""

from __future__ import annotations

from typing import Final

from backbone.service import Subscription, hears
from contracts import orders, production, service_desk, vendors
from materials import commands, handlers
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


def on_terms_published(fact: vendors.TermsPublished) -> commands.CopyTerms:
    """A vendor supplies an item on these terms."""
    terms = Terms(
        fact.terms_id, fact.vendor_id, fact.vendor_kind, fact.sku, fact.site_id, fact.minimum.micro,
        fact.multiple.micro, fact.lead_days, fact.calendar_id, fact.valid_from, fact.valid_to, fact.rank,
        expired=False, properties=fact.properties,
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


def on_new_date_accepted(fact: orders.NewDateAccepted) -> commands.AcceptDates:
    """The customer took later dates."""
    return commands.AcceptDates(fact)


def on_answer(fact: commands.Answer) -> commands.TakeAnswer:
    """The owner of a supply says what becomes of it."""
    return commands.TakeAnswer(fact)


def on_purchase(
    fact: vendors.PurchaseOrderIssued | vendors.ShipmentNotified | vendors.PurchaseOrderCancelled,
) -> commands.TakePurchase:
    """A purchase order is issued, shipped or cancelled."""
    return commands.TakePurchase(fact)


def on_goods(fact: vendors.GoodsReceived | vendors.GoodsReturned) -> commands.TakeGoods:
    """Goods of a vendor came or went back."""
    return commands.TakeGoods(fact)


def on_run(
    fact: production.MaterialConsumed
    | production.MaterialProduced
    | production.RunClosed
    | production.RunAborted,
) -> commands.TakeRun:
    """A run took, made or ended."""
    return commands.TakeRun(fact)


def on_quality(fact: production.LotInspected | production.LotDisposed) -> commands.TakeQuality:
    """A lot was measured or decided on."""
    return commands.TakeQuality(fact)


def on_delivery(
    fact: service_desk.GoodsDispatched
    | service_desk.HandOverCompleted
    | service_desk.HandOverRefused
    | service_desk.VisitMissed
    | service_desk.VisitCompleted,
) -> commands.TakeDelivery:
    """Goods are on their way to the client, there, or back."""
    return commands.TakeDelivery(fact)


SUBSCRIPTIONS: Final[tuple[Subscription, ...]] = (
    hears(production.RecipeApproved, on_recipe_approved, handlers.copy_recipe),
    hears(production.RecipeRetired, on_recipe_retired, handlers.retire_recipe),
    hears(production.CalendarChanged, on_calendar_changed, handlers.copy_calendar),
    hears(vendors.TermsPublished, on_terms_published, handlers.copy_terms),
    hears(vendors.TermsExpired, on_terms_expired, handlers.expire_terms),
    hears(service_desk.ServiceDefined, on_service_defined, handlers.copy_service),
    hears(orders.PromiseRequested, on_promise_requested, handlers.answer_promise),
    hears(orders.PromiseWithdrawn, on_promise_withdrawn, handlers.withdraw_promise),
    hears(orders.OrderPlaced, on_order_placed, handlers.plan_order),
    hears(orders.OrderCancelled, on_order_cancelled, handlers.cancel_order),
    hears(orders.NewDateAccepted, on_new_date_accepted, handlers.accept_dates),
    hears(production.RunScheduled, on_answer, handlers.take_answer),
    hears(production.RunRefused, on_answer, handlers.take_answer),
    hears(vendors.OrderAcknowledged, on_answer, handlers.take_answer),
    hears(vendors.AcknowledgementOverdue, on_answer, handlers.take_answer),
    hears(vendors.PurchaseOrderRefused, on_answer, handlers.take_answer),
    hears(vendors.PurchaseRefused, on_answer, handlers.take_answer),
    hears(vendors.GoodsRejected, on_answer, handlers.take_answer),
    hears(vendors.PurchaseOrderIssued, on_purchase, handlers.take_purchase),
    hears(vendors.ShipmentNotified, on_purchase, handlers.take_purchase),
    hears(vendors.PurchaseOrderCancelled, on_purchase, handlers.take_purchase),
    hears(vendors.GoodsReceived, on_goods, handlers.take_goods),
    hears(vendors.GoodsReturned, on_goods, handlers.take_goods),
    hears(production.MaterialConsumed, on_run, handlers.take_run),
    hears(production.MaterialProduced, on_run, handlers.take_run),
    hears(production.RunClosed, on_run, handlers.take_run),
    hears(production.RunAborted, on_run, handlers.take_run),
    hears(production.LotInspected, on_quality, handlers.take_quality),
    hears(production.LotDisposed, on_quality, handlers.take_quality),
    hears(service_desk.GoodsDispatched, on_delivery, handlers.take_delivery),
    hears(service_desk.HandOverCompleted, on_delivery, handlers.take_delivery),
    hears(service_desk.HandOverRefused, on_delivery, handlers.take_delivery),
    hears(service_desk.VisitMissed, on_delivery, handlers.take_delivery),
    hears(service_desk.VisitCompleted, on_delivery, handlers.take_delivery),
)
