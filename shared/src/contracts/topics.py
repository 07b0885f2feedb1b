"""Which topic carries which fact, under which key; one topic for each kind of thing that an owner keeps."""

from __future__ import annotations

from typing import Final

from contracts import (
    answers,
    changes,
    instead,
    materials,
    orders,
    outside,
    partings,
    plans,
    production,
    returns,
    service_desk,
    vendors,
)
from contracts.crews import CREW as CREW
from contracts.overdue import DeliveryOverdue
from contracts.periods import PERIOD as PERIOD
from contracts.recalls import RECALL as RECALL
from contracts.recalls import RECALL_NOTICE as RECALL_NOTICE
from contracts.recalls import RECALL_TRACE as RECALL_TRACE
from contracts.returns import RETURN as RETURN
from contracts.rfqs import RFQ as RFQ
from contracts.sla import SlaPaused, SlaResumed
from contracts.topic import PARTITIONS_COUNT as PARTITIONS_COUNT
from contracts.topic import RETENTION_DAYS as RETENTION_DAYS
from contracts.topic import Topic as Topic
from contracts.topic import type_name as type_name

CONTACT: Final = Topic("orders.contact.v1", "orders", "contact_id", (orders.ContactChanged,), compacted=True)
CUSTOMER: Final = Topic("orders.customer.v1", "orders", "customer_id", (orders.CustomerRegistered,))
OFFER: Final = Topic(
    "orders.offer.v1", "orders", "offer_id", (orders.OfferPublished,), frozenset({orders.OfferPublished})
)
NEED: Final = Topic(
    "orders.need.v1",
    "orders",
    "need_id",
    (orders.NeedStated, orders.NeedUnmatched),
    frozenset({orders.NeedUnmatched}),
)
PROMISE: Final = Topic(
    "orders.promise.v1",
    "orders",
    "promise_id",
    (orders.PromiseRequested, orders.SlotsRequested, orders.PromiseWithdrawn),
)
QUOTE: Final = Topic(
    "orders.quote.v1",
    "orders",
    "quote_id",
    (orders.QuoteSent, orders.QuoteAccepted, orders.QuoteDeclined, orders.QuoteExpired),
    frozenset({orders.QuoteSent, orders.QuoteAccepted, orders.QuoteDeclined, orders.QuoteExpired}),
)
ORDER: Final = Topic(
    "orders.order.v1", "orders", "order_id", (orders.OrderPlaced, orders.OrderPromised,
    orders.PromiseAtRisk, orders.NewDateAccepted, orders.PromiseRecovered, orders.LineFulfilled,
    orders.OrderCompleted, orders.ValueRevised, orders.OrderCancelled, orders.OrderLineHeld,
    orders.OrderLineResumed, orders.OrderLineShortClosed, orders.AmendmentRequested,
    orders.CancellationRequested, orders.ChangeCommitted, orders.ChangeWithdrawn, orders.OrderLineAmended,
    orders.OrderLineAdded, orders.RateMissed, orders.CostExchanged, returns.ReturnAuthorised,
    returns.CreditGranted, orders.OrderCharged),
    frozenset({orders.OrderPromised, orders.LineFulfilled,
    orders.OrderCompleted, orders.ValueRevised, orders.OrderLineHeld, orders.OrderLineResumed,
    orders.OrderLineAmended, orders.OrderLineAdded, orders.RateMissed, orders.CostExchanged,
    returns.CreditGranted}),
)  # fmt: skip

ITEM: Final = Topic("materials.item.v1", "materials", "sku", (materials.ItemDefined,))
SITE: Final = Topic("materials.site.v1", "materials", "site_id", (materials.SiteDefined,))
PLAN: Final = Topic(
    "materials.plan.v1",
    "materials",
    "plan_id",
    (plans.PlanPublished,),
    frozenset({plans.PlanPublished}),
)
HOLD: Final = Topic(
    "materials.hold.v1",
    "materials",
    "promise_id",
    (
        materials.PromiseOffered,
        materials.PromiseRefused,
        materials.HoldExpired,
        materials.ReservationReleased,
        instead.SubstituteOffered,
    ),
    frozenset({materials.ReservationReleased}),
)
DEMAND: Final = Topic(
    "materials.demand.v1",
    "materials",
    "order_id",
    (
        materials.RequirementsPlanned,
        materials.SupplyLate,
        materials.SupplyRecovered,
        materials.GoodsReady,
        instead.GoodsWithdrawn,
        changes.ChangeAnswered,
    ),
)
PLANNED_ORDER: Final = Topic(
    "materials.planned-order.v1",
    "materials",
    "planned_order_id",
    (
        materials.RunRequested,
        materials.PurchaseRequested,
        materials.TransferRequested,
        materials.TransferDispatched,
        materials.TransferReceived,
        materials.MaterialsStaged,
        instead.MaterialsDelayed,
        instead.MaterialsWithdrawn,
        answers.ActionMessageOpened,
        answers.ActionMessageChanged,
        answers.ActionMessageSnoozed,
        answers.ActionMessageAccepted,
        answers.ActionMessageRejected,
        answers.ActionMessageClosed,
        changes.ChangeProbed,
        instead.SupplySubstituted,
    ),
    frozenset(
        {
            materials.TransferRequested,
            materials.TransferDispatched,
            materials.TransferReceived,
            answers.ActionMessageOpened,
            answers.ActionMessageChanged,
            answers.ActionMessageSnoozed,
            answers.ActionMessageRejected,
            answers.ActionMessageClosed,
            instead.SupplySubstituted,
        }
    ),
)
INTERNAL_SUPPLY: Final = Topic(
    "materials.internal-supply.v1",
    "materials",
    "purchase_line_id",
    (materials.InternalSupplyPromised, materials.InternalSupplyRefused, materials.InternalGoodsReady),
)
LOT: Final = Topic(
    "materials.lot.v1",
    "materials",
    "lot_id",
    (materials.LotStatusChanged, materials.StockMoved, materials.SurplusOffered),
    frozenset({materials.LotStatusChanged, materials.SurplusOffered}),
)

RECIPE: Final = Topic(
    "production.recipe.v1", "production", "recipe_id", (production.RecipeApproved, production.RecipeRetired)
)
CALENDAR: Final = Topic("production.calendar.v1", "production", "calendar_id", (production.CalendarChanged,))
WORK_CENTRE: Final = Topic(
    "production.work-centre.v1", "production", "work_centre_id", (production.WorkCentreDefined,)
)
RUN: Final = Topic(
    "production.run.v1", "production", "run_id", (production.RunScheduled, production.RunRefused,
    outside.WorkRequested, outside.WorkWithdrawn,
    production.RunStarted, production.ParameterRecorded, production.MaterialConsumed,
    production.MaterialProduced, production.RunHeld, production.RunResumed, production.RunAborted,
    production.RunEnded, production.RunClosed, production.BatchRecordSigned, changes.RunChangeAnswered,
    changes.RunReduced, changes.RunResized, answers.RunWishRefused, partings.RunSplit, partings.RunsMerged),
    frozenset({production.ParameterRecorded, production.RunHeld, production.RunResumed, production.RunEnded,
    production.BatchRecordSigned} ),
)  # fmt: skip
INSPECTION: Final = Topic(
    "production.inspection.v1", "production", "lot_id", (production.LotInspected, production.LotDisposed)
)

VENDOR: Final = Topic(
    "vendors.vendor.v1", "vendors", "vendor_id", (vendors.VendorRegistered, vendors.SupplierScored),
    frozenset({vendors.VendorRegistered, vendors.SupplierScored}),
)  # fmt: skip
TERMS: Final = Topic(
    "vendors.terms.v1", "vendors", "terms_id", (vendors.TermsPublished, vendors.TermsExpired)
)
SOURCING: Final = Topic(
    "vendors.sourcing.v1",
    "vendors",
    "planned_order_id",
    (vendors.PurchaseRefused, changes.PurchaseChangeAnswered, answers.PurchaseWishRefused),
)
PURCHASE_ORDER: Final = Topic(
    "vendors.purchase-order.v1", "vendors", "purchase_order_id", (vendors.PurchaseOrderIssued,
    vendors.OrderAcknowledged, vendors.PurchaseOrderRefused, vendors.AcknowledgementOverdue, DeliveryOverdue,
    vendors.ShipmentNotified, vendors.GoodsReceived, vendors.GoodsRejected, vendors.GoodsReturned,
    vendors.PurchaseOrderCancelled, vendors.PurchaseOrderClosed, changes.PurchaseReduced, changes.PurchaseIncreased),
    frozenset({vendors.PurchaseOrderClosed}),
)  # fmt: skip

SERVICE: Final = Topic(
    "service-desk.service.v1", "service-desk", "service_id", (service_desk.ServiceDefined,)
)
CAPACITY: Final = Topic(
    "service-desk.capacity.v1", "service-desk", "skill", (service_desk.CapacityChanged,),
    frozenset({service_desk.CapacityChanged}),
)  # fmt: skip
SLOTS: Final = Topic(
    "service-desk.slots.v1",
    "service-desk",
    "promise_id",
    (service_desk.SlotsOffered, service_desk.SlotsRefused),
)
VISIT: Final = Topic(
    "service-desk.visit.v1", "service-desk", "visit_id", (service_desk.VisitBooked,
    service_desk.VisitOffered, service_desk.VisitConfirmed, service_desk.VisitRescheduled,
    service_desk.VisitStarted, service_desk.VisitCompleted, service_desk.VisitMissed,
    service_desk.VisitRefused, service_desk.VisitCancelled, service_desk.VisitClientSilent,
    service_desk.VisitSuspended, service_desk.VisitResumed,
    service_desk.GoodsDispatched, service_desk.HandOverCompleted, service_desk.HandOverRefused),
    frozenset({service_desk.VisitOffered, service_desk.VisitConfirmed, service_desk.VisitRescheduled,
    service_desk.VisitStarted, service_desk.VisitRefused, service_desk.VisitCancelled} ),
)  # fmt: skip
DELIVERY: Final = Topic(
    "service-desk.delivery.v1", "service-desk", "order_id", (changes.DeliveryChangeAnswered,)
)
TICKET: Final = Topic(
    "service-desk.ticket.v1",
    "service-desk",
    "ticket_id",
    (service_desk.TicketOpened, service_desk.TicketResolved, service_desk.SlaBreached, SlaPaused, SlaResumed),
    frozenset({service_desk.TicketOpened, service_desk.SlaBreached, SlaPaused, SlaResumed}),
)  # fmt: skip
CONVERSATION: Final = Topic(
    "service-desk.conversation.v1",
    "service-desk",
    "conversation_id",
    (service_desk.MessageReceived, service_desk.MessageSent),
    frozenset({service_desk.MessageReceived, service_desk.MessageSent}),
)

TOPICS: Final[tuple[Topic, ...]] = (
    CONTACT,
    CUSTOMER,
    OFFER,
    NEED,
    PROMISE,
    QUOTE,
    ORDER,
    ITEM,
    SITE,
    PLAN,
    HOLD,
    DEMAND,
    PLANNED_ORDER,
    INTERNAL_SUPPLY,
    LOT,
    RECALL_TRACE,
    RECIPE,
    CALENDAR,
    WORK_CENTRE,
    CREW,
    RUN,
    INSPECTION,
    PERIOD,
    RECALL,
    VENDOR,
    TERMS,
    SOURCING,
    RFQ,
    PURCHASE_ORDER,
    SERVICE,
    CAPACITY,
    SLOTS,
    VISIT,
    DELIVERY,
    RETURN,
    TICKET,
    RECALL_NOTICE,
    CONVERSATION,
)


_TOPIC_OF: Final = {fact: topic for topic in TOPICS for fact in topic.facts}
_NAMED: Final = {type_name(fact): fact for fact in _TOPIC_OF}


def topic_of(fact: type) -> Topic:
    """The topic that carries a fact class; raises `KeyError` for a class that is no fact."""
    return _TOPIC_OF[fact]


def fact_named(name: str) -> type | None:
    """The fact class of a CloudEvents type, None when there is none."""
    return _NAMED.get(name)
