"""Into which state a fact brings a thing, by the kind of the thing; a fact that is absent leaves the state as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from contracts import vendors
from contracts.partings import RunsMerged
from control_tower.domain.heard import Heard
from control_tower.domain.partings import gone

STATES: Final[Mapping[str, Mapping[str, str]]] = {
    "need": {
        "NeedStated": "stated",
        "NeedUnmatched": "unmatched",
        "QuoteSent": "quoted",
        "QuoteDeclined": "declined",
        "QuoteExpired": "expired",
        "OrderPlaced": "ordered",
    },
    "quote": {
        "QuoteSent": "sent",
        "QuoteAccepted": "accepted",
        "QuoteDeclined": "declined",
        "QuoteExpired": "expired",
    },
    "order": {
        "OrderPlaced": "placed",
        "OrderPromised": "promised",
        "PromiseAtRisk": "at risk",
        "PromiseRecovered": "promised",
        "OrderCompleted": "completed",
        "OrderCancelled": "cancelled",
    },
    "planned_order": {
        "RunRequested": "requested",
        "PurchaseRequested": "requested",
        "TransferRequested": "requested",
        "TransferDispatched": "in transit",
        "TransferReceived": "received",
        "RunRefused": "refused",
        "RunScheduled": "scheduled",
        "MaterialsStaged": "staged",
        "MaterialsWithdrawn": "waits for material",
        "RunStarted": "running",
        "RunEnded": "done",
        "RunClosed": "done",
        "RunAborted": "aborted",
        "RunsMerged": "merged",
        "PurchaseRefused": "refused",
        "PurchaseOrderIssued": "ordered",
        "PurchaseOrderRefused": "refused",
        "OrderAcknowledged": "acknowledged",
        "ShipmentNotified": "shipped",
        "GoodsReceived": "received",
    },
    "run": {
        "RunScheduled": "scheduled",
        "RunRefused": "refused",
        "RunStarted": "running",
        "RunHeld": "held",
        "RunResumed": "running",
        "RunAborted": "aborted",
        "RunsMerged": "merged",
        "RunEnded": "ended",
        "RunClosed": "closed",
    },
    "purchase_order": {
        "PurchaseOrderIssued": "issued",
        "OrderAcknowledged": "acknowledged",
        "AcknowledgementOverdue": "overdue",
        "DeliveryOverdue": "overdue",
        "PurchaseOrderRefused": "refused",
        "ShipmentNotified": "shipped",
        "GoodsReceived": "received",
        "GoodsRejected": "partly rejected",
        "PurchaseOrderCancelled": "cancelled",
        "PurchaseOrderClosed": "closed",
    },
    "visit": {
        "VisitBooked": "booked",
        "VisitOffered": "offered",
        "VisitConfirmed": "confirmed",
        "VisitRescheduled": "rescheduled",
        "GoodsDispatched": "under way",
        "VisitStarted": "under way",
        "VisitCompleted": "completed",
        "HandOverCompleted": "completed",
        "VisitMissed": "missed",
        "VisitRefused": "refused",
        "HandOverRefused": "refused",
        "VisitClientSilent": "client silent",
        "VisitResumed": "resumed",
        "VisitCancelled": "cancelled",
    },
    "ticket": {
        "TicketOpened": "open",
        "SlaBreached": "overdue",
        "SlaPaused": "waiting for the client",
        "SlaResumed": "in progress",
        "TicketResolved": "resolved",
    },
}


def state_of(kind: str, subject_id: str, heard: Iterable[Heard]) -> tuple[str, datetime | None]:
    """The state of a thing after facts in order, and since when; an empty state when none of them sets one."""
    states, state, since = STATES[kind], "", None
    for one in heard:
        if isinstance(one.fact, RunsMerged):
            if subject_id in gone(one.fact):
                # Whatever was under way for it comes too late: another run makes what it was asked for.
                return states[one.name], one.told_at
            continue
        if kind == "planned_order" and _buys_work(one.fact):
            # The run tells where the planned order stands, not the purchase of its work.
            continue
        after = states.get(one.name)
        if after is not None and after != state:
            state, since = after, one.told_at
    return state, since


def _buys_work(fact: object) -> bool:
    return type(fact).__module__ == vendors.__name__ and getattr(fact, "run_id", None) is not None
