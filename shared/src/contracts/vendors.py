"""Facts of vendors: terms, orders, answers, receipts, scores. With `run_id` they are about the work of that run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.shapes import ItemPart, LotPart, ScheduleLine, Share, VendorKind
from contracts.values import Money, PropertyValue, Quantity, Window


@dataclass(frozen=True, slots=True)
class VendorRegistered:
    """A vendor is known: another company, or another site of ours under the same contract."""

    vendor_id: str
    title: str
    kind: VendorKind
    site_id: str | None
    currency: str


@dataclass(frozen=True, slots=True)
class PriceBreak:
    """The price of one unit from a quantity on."""

    from_quantity: Quantity
    unit_price_minor: int


@dataclass(frozen=True, slots=True)
class TermsPublished:
    """A vendor's terms for an item at a site: prices, lot rule, lead in days, properties it delivers, rank."""

    terms_id: str
    vendor_id: str
    vendor_kind: VendorKind
    sku: str
    site_id: str
    currency: str
    prices: tuple[PriceBreak, ...]
    minimum: Quantity
    multiple: Quantity
    lead_days: int
    calendar_id: str | None
    valid_from: datetime
    valid_to: datetime
    rank: int
    properties: tuple[PropertyValue, ...] = ()


@dataclass(frozen=True, slots=True)
class TermsExpired:
    """A vendor's terms for an item are not valid any more."""

    terms_id: str
    vendor_id: str
    sku: str
    site_id: str


@dataclass(frozen=True, slots=True)
class SupplierScored:
    """A vendor's figures of the last weeks: on time in full (%), rejected parts per million, lead in days.

    Price drift is agreed against ordered price (%); the response is the middle of the hours to an answer.
    """

    vendor_id: str
    otif_percent: Quantity
    quality_ppm: int
    observed_lead_days: Quantity
    lines: int
    price_drift_percent: Quantity
    response_hours: Quantity


@dataclass(frozen=True, slots=True)
class PurchaseRefused:
    """No vendor can be asked for what was requested."""

    planned_order_id: str
    reason: str
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """A line of a purchase order, with the planned order that it supplies."""

    purchase_line_id: str
    planned_order_id: str
    sku: str
    quantity: Quantity
    unit: str
    unit_price: Money
    site_id: str
    wanted_at: datetime
    window: Window
    serves: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class PurchaseOrderIssued:
    """A vendor is asked to supply; internal ones plan it at their site. What it is to work on is `provided`."""

    purchase_order_id: str
    vendor_id: str
    vendor_kind: VendorKind
    supplying_site_id: str | None
    lines: tuple[PurchaseLine, ...]
    answer_by: datetime
    run_id: str | None = None
    provided: tuple[ItemPart, ...] = ()


@dataclass(frozen=True, slots=True)
class AcknowledgedLine:
    """What a vendor promises for a line: all of it is there `at` that moment, each part as its `schedule` says."""

    purchase_line_id: str
    planned_order_id: str
    sku: str
    quantity: Quantity
    unit_price: Money
    at: datetime
    as_asked: bool
    schedule: tuple[ScheduleLine, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderAcknowledged:
    """A vendor answered a purchase order, as asked or with deltas; the balance of a short answer stays open."""

    purchase_order_id: str
    vendor_id: str
    lines: tuple[AcknowledgedLine, ...]
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class PurchaseOrderRefused:
    """A vendor will not supply; the next source is asked."""

    purchase_order_id: str
    vendor_id: str
    planned_order_ids: tuple[str, ...]
    reason: str
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class AcknowledgementOverdue:
    """A vendor has not answered in time; a late answer is still taken."""

    purchase_order_id: str
    vendor_id: str
    planned_order_ids: tuple[str, ...]
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class ShippedLine:
    """So much of a purchase line is on its way, as these lots."""

    purchase_line_id: str
    planned_order_id: str
    sku: str
    quantity: Quantity
    lots: tuple[LotPart, ...] = ()


@dataclass(frozen=True, slots=True)
class ShipmentNotified:
    """A vendor has sent goods (ASN); an internal vendor names its own lots."""

    purchase_order_id: str
    vendor_id: str
    vendor_kind: VendorKind
    shipment_id: str
    supplying_site_id: str | None
    lines: tuple[ShippedLine, ...]
    expected_at: datetime
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """What arrived of a purchase line and was accepted: lots with vendor lots, properties and landed cost."""

    purchase_line_id: str
    planned_order_id: str
    site_id: str
    lots: tuple[LotPart, ...]
    complete: bool
    inspect: bool = False


@dataclass(frozen=True, slots=True)
class GoodsReceived:
    """Goods of a purchase order have arrived."""

    purchase_order_id: str
    vendor_id: str
    vendor_kind: VendorKind
    receipt_id: str
    lines: tuple[ReceivedLine, ...]
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class GoodsRejected:
    """Part of a receipt was turned away; the balance of the line is open again. An internal vendor's lots are named.

    They are back at the site that sent them, and it sends as much again.
    """

    purchase_order_id: str
    purchase_line_id: str
    planned_order_id: str
    vendor_id: str
    quantity: Quantity
    reason: str
    lots: tuple[LotPart, ...] = ()
    supplying_site_id: str | None = None
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class GoodsReturned:
    """Accepted goods go back, to a site of ours as its lots; with a replacement the line's balance is open again."""

    purchase_order_id: str
    purchase_line_id: str
    planned_order_id: str
    vendor_id: str
    site_id: str
    return_id: str
    lots: tuple[LotPart, ...]
    replacement: bool
    reason: str
    supplying_site_id: str | None = None


@dataclass(frozen=True, slots=True)
class PurchaseOrderCancelled:
    """We do not want what is still open of a purchase order, and owe a charge, if any; internal demand for it ends."""

    purchase_order_id: str
    vendor_id: str
    vendor_kind: VendorKind
    planned_order_ids: tuple[str, ...]
    reason: str
    charge: Money | None = None
    change_id: str | None = None
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class PurchaseOrderClosed:
    """All lines of a purchase order are received, cancelled or refused."""

    purchase_order_id: str
    vendor_id: str
