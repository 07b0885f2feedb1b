"""The facts of vendors about requests for quotation, and the topic that carries them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.topic import Topic
from contracts.values import Money, Quantity


@dataclass(frozen=True, slots=True)
class RfqIssued:
    """Vendors are asked for a quotation because no terms are valid."""

    rfq_id: str
    planned_order_id: str
    sku: str
    quantity: Quantity
    vendor_ids: tuple[str, ...]
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class QuotationReceived:
    """A vendor answered an RFQ."""

    rfq_id: str
    quotation_id: str
    vendor_id: str
    unit_price: Money
    lead_days: int
    landed_unit_price: Money


@dataclass(frozen=True, slots=True)
class RfqAwarded:
    """An RFQ has its one winner, with the reason."""

    rfq_id: str
    quotation_id: str
    vendor_id: str
    reason: str
    awarded_by: str


@dataclass(frozen=True, slots=True)
class RfqWithdrawn:
    """Nobody wins an RFQ any more: what it asks for is ordered elsewhere, or not wanted."""

    rfq_id: str
    planned_order_id: str
    reason: str


_FACTS: Final = (RfqIssued, QuotationReceived, RfqAwarded, RfqWithdrawn)
RFQ: Final = Topic("vendors.rfq.v1", "vendors", "rfq_id", _FACTS, frozenset(_FACTS))
