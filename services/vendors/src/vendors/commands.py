"""What vendors can be asked or told to do; ids, party, actor and expected version never come from a request's body."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.materials import ItemDefined, PurchaseRequested, SiteDefined
from contracts.production import CalendarChanged
from contracts.shapes import LotPart
from contracts.values import Money, PropertyValue, Quantity
from vendors.domain.answer import LineAnswer
from vendors.domain.delivery import Shipped
from vendors.domain.policy import Policy
from vendors.domain.receipt import Arrival
from vendors.domain.terms import Terms
from vendors.domain.vendor import Vendor


@dataclass(frozen=True, slots=True)
class KnowItem:
    """Materials has defined an item."""

    item: ItemDefined


@dataclass(frozen=True, slots=True)
class KnowSite:
    """Materials has defined a site."""

    site: SiteDefined


@dataclass(frozen=True, slots=True)
class KnowCalendar:
    """Production has changed a calendar."""

    calendar: CalendarChanged


@dataclass(frozen=True, slots=True)
class RegisterVendor:
    """Take up a vendor."""

    vendor: Vendor


@dataclass(frozen=True, slots=True)
class ChangeVendor:
    """Say other things of a vendor, from the version that was seen; what kind it is stays."""

    vendor_id: str
    title: str
    currency: str
    calendar_id: str | None
    skus: frozenset[str]
    inspect: bool
    expected_version: int


@dataclass(frozen=True, slots=True)
class PublishTerms:
    """Put a vendor's terms into force; earlier ones for the same item and site end when they begin."""

    terms: Terms


@dataclass(frozen=True, slots=True)
class WithdrawTerms:
    """End terms now."""

    terms_id: str


@dataclass(frozen=True, slots=True)
class ExpireTerms:
    """The last moment of terms has come."""

    terms_id: str


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """Change how we buy, from the version that was seen."""

    policy: Policy
    expected_version: int


@dataclass(frozen=True, slots=True)
class SetRate:
    """Say what one minor unit of a currency is worth in minor units of ours."""

    currency: str
    rate: Quantity


@dataclass(frozen=True, slots=True)
class SourcePurchase:
    """Materials wants something bought."""

    request: PurchaseRequested


@dataclass(frozen=True, slots=True)
class ApproveOrder:
    """A second person decides on an order above the limit."""

    purchase_order_id: str
    approved: bool
    reason: str
    actor: str


@dataclass(frozen=True, slots=True)
class AcknowledgeOrder:
    """A vendor promises lines; none named means all as asked."""

    purchase_order_id: str
    lines: tuple[LineAnswer, ...]
    party: str | None


@dataclass(frozen=True, slots=True)
class AcknowledgeOrders:
    """A vendor answers many orders at once."""

    acts: tuple[AcknowledgeOrder, ...]


@dataclass(frozen=True, slots=True)
class RefuseOrder:
    """A vendor will not supply."""

    purchase_order_id: str
    reason: str
    party: str | None


@dataclass(frozen=True, slots=True)
class DecidePrice:
    """A buyer takes a dearer price, or does not."""

    purchase_order_id: str
    accepted: bool
    reason: str


@dataclass(frozen=True, slots=True)
class MissAnswer:
    """The time to answer an order is up."""

    purchase_order_id: str


@dataclass(frozen=True, slots=True)
class TakeInternalPromise:
    """A site of ours has planned a purchase line."""

    purchase_order_id: str
    line: LineAnswer


@dataclass(frozen=True, slots=True)
class TakeInternalRefusal:
    """A site of ours cannot supply."""

    purchase_order_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class TakeInternalGoods:
    """Goods lie ready at a site of ours."""

    purchase_order_id: str
    purchase_line_id: str
    lots: tuple[LotPart, ...]


@dataclass(frozen=True, slots=True)
class NotifyShipment:
    """A vendor has sent goods."""

    purchase_order_id: str
    shipment_id: str
    parts: tuple[Shipped, ...]
    expected_at: datetime
    party: str | None


@dataclass(frozen=True, slots=True)
class NotifyShipments:
    """A vendor notifies many shipments at once."""

    acts: tuple[NotifyShipment, ...]


@dataclass(frozen=True, slots=True)
class ReceiveGoods:
    """Goods are at the gate; extras (freight, duty) are in our currency."""

    purchase_order_id: str
    receipt_id: str
    arrivals: tuple[Arrival, ...]
    extras_minor: int
    actor: str


@dataclass(frozen=True, slots=True)
class ReceiveDeliveries:
    """Many deliveries are at the gate."""

    acts: tuple[ReceiveGoods, ...]


@dataclass(frozen=True, slots=True)
class ReturnGoods:
    """Accepted goods go back to their vendor: (lot, quantity) pairs of one line."""

    purchase_order_id: str
    purchase_line_id: str
    return_id: str
    lots: tuple[tuple[str, Quantity], ...]
    replacement: bool
    reason: str
    actor: str


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """We do not want an order any more; the next source is asked, or nobody."""

    purchase_order_id: str
    reason: str
    ask_next: bool


@dataclass(frozen=True, slots=True)
class CloseOrder:
    """The rest of an order is not wanted."""

    purchase_order_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class RedateLine:
    """We ask for another date."""

    purchase_order_id: str
    purchase_line_id: str
    wanted_at: datetime


@dataclass(frozen=True, slots=True)
class AnswerRfq:
    """A vendor quotes."""

    rfq_id: str
    quotation_id: str
    vendor_id: str
    unit_price: Money
    extras_minor: int
    lead_days: int
    properties: tuple[PropertyValue, ...]


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


@dataclass(frozen=True, slots=True)
class TakeInspection:
    """A lot was inspected."""

    lot_id: str
    passed: bool


@dataclass(frozen=True, slots=True)
class ScoreVendor:
    """A vendor's week has ended."""

    vendor_id: str
