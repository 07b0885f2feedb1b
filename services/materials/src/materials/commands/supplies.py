"""What the owners of supplies say and do, production and vendors: their answers, and their silence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts import production, vendors
from contracts.changes import PurchaseIncreased, PurchaseReduced, RunReduced, RunResized
from contracts.overdue import DeliveryOverdue
from contracts.partings import RunsMerged, RunSplit

Answer = (
    production.RunScheduled
    | production.RunRefused
    | vendors.OrderAcknowledged
    | vendors.AcknowledgementOverdue
    | DeliveryOverdue
    | vendors.PurchaseOrderRefused
    | vendors.PurchaseRefused
    | vendors.GoodsRejected
    | RunReduced
    | RunResized
    | RunSplit
    | RunsMerged
)


@dataclass(frozen=True, slots=True)
class TakeAnswer:
    """Take what the owner of a supply says of it."""

    fact: Answer


@dataclass(frozen=True, slots=True)
class TakePurchase:
    """Take what becomes of a purchase order that one of our own sites may have to supply."""

    fact: (
        vendors.PurchaseOrderIssued
        | vendors.ShipmentNotified
        | vendors.PurchaseOrderCancelled
        | PurchaseReduced
        | PurchaseIncreased
    )


@dataclass(frozen=True, slots=True)
class TakeGoods:
    """Book in what vendors delivered, or out what went back to them."""

    fact: vendors.GoodsReceived | vendors.GoodsReturned


@dataclass(frozen=True, slots=True)
class TakeRun:
    """A run has begun; book what it took and made, and how it ended."""

    fact: (
        production.RunStarted
        | production.MaterialConsumed
        | production.MaterialProduced
        | production.RunClosed
        | production.RunAborted
    )


@dataclass(frozen=True, slots=True)
class MissTransfer:
    """The day is over on which a transfer should have left, or arrived."""

    planned_order_id: str


@dataclass(frozen=True, slots=True)
class MissRunAnswer:
    """Production should have said by now whether and when it makes a planned order."""

    planned_order_id: str


@dataclass(frozen=True, slots=True)
class HastenLate:
    """What is free at a place is offered to the next lines that are late there, after one of them."""

    site_id: str
    sku: str
    after: str
    priority: int
    promised_at: datetime
    placed_at: datetime
