"""Requests and RFQs: what can be asked or told of them."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.materials import PurchaseRequested
from contracts.outside import WorkRequested
from contracts.values import Money, PropertyValue


@dataclass(frozen=True, slots=True)
class SourcePurchase:
    """Materials wants something bought."""

    request: PurchaseRequested


@dataclass(frozen=True, slots=True)
class SourceWork:
    """Production wants the work of a run done by a vendor, or wants it otherwise."""

    request: WorkRequested


@dataclass(frozen=True, slots=True)
class WithdrawWork:
    """Production does not want the work of a run any more."""

    run_id: str
    planned_order_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class AnswerRfq:
    """A vendor quotes, for one of a unit (absent: the item's own)."""

    rfq_id: str
    quotation_id: str
    vendor_id: str
    unit_price: Money
    extras_minor: int
    lead_days: int
    properties: tuple[PropertyValue, ...]
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class AwardRfq:
    """A buyer wants a quotation to win."""

    rfq_id: str
    quotation_id: str
    reason: str
    actor: str


@dataclass(frozen=True, slots=True)
class DecideAward:
    """A second person agrees to an award, or does not."""

    rfq_id: str
    agreed: bool
    actor: str


@dataclass(frozen=True, slots=True)
class MissQuotations:
    """The time to answer an RFQ is up."""

    rfq_id: str
