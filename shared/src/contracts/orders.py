"""Facts of orders: what customers need, what is quoted and promised to them, and how their orders end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from contracts.shapes import DateStep, DeliveryPolicy, DemandLine, Kind, LineDate, ValueAdded
from contracts.values import Money, Quantity, Window


@dataclass(frozen=True, slots=True)
class ContactChanged:
    """How a person can be reached has changed; the only fact with personal data, on a compacted topic."""

    contact_id: str
    customer_id: str
    name: str = field(metadata={"personal": True})
    mail: str = field(metadata={"personal": True})
    address: str = field(metadata={"personal": True})


@dataclass(frozen=True, slots=True)
class CustomerRegistered:
    """A customer is known; the service desk needs to know where and for whom it works."""

    customer_id: str
    contact_id: str
    address_id: str
    priority: int


@dataclass(frozen=True, slots=True)
class Component:
    """One good or service that an offer contains, for one unit of the offer."""

    kind: Kind
    item: str
    quantity: Quantity
    unit: str
    site_id: str
    window: Window = ()


@dataclass(frozen=True, slots=True)
class OfferPublished:
    """A good, a service or a bundle is on offer at a price for one unit."""

    offer_id: str
    title: str
    kind: Literal["good", "service", "bundle"]
    price: Money
    components: tuple[Component, ...]


@dataclass(frozen=True, slots=True)
class WantedLine:
    """One thing that a customer needs: in words, by properties, or by a named offer."""

    line_id: str
    text: str
    quantity: Quantity
    wanted_at: datetime
    offer_id: str | None = None
    required: Window = ()


@dataclass(frozen=True, slots=True)
class NeedStated:
    """A customer has said what they need; the catalogue is searched for it."""

    need_id: str
    customer_id: str
    address_id: str
    text: str
    lines: tuple[WantedLine, ...]
    delivery_policy: DeliveryPolicy


@dataclass(frozen=True, slots=True)
class NeedUnmatched:
    """Nothing in the catalogue meets a need; somebody has to look at it."""

    need_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class PromiseRequested:
    """Material for a quote is asked for; the answer is a promise with a hold, or a refusal."""

    promise_id: str
    need_id: str
    request_no: int
    lines: tuple[DemandLine, ...]
    delivery_policy: DeliveryPolicy
    priority: int
    hold_until: datetime


@dataclass(frozen=True, slots=True)
class SlotsRequested:
    """People for the services of a quote are asked for, not before the goods can be there."""

    promise_id: str
    need_id: str
    request_no: int
    customer_id: str
    address_id: str
    lines: tuple[DemandLine, ...]
    not_before: datetime
    hold_until: datetime


@dataclass(frozen=True, slots=True)
class PromiseWithdrawn:
    """A promise is not wanted any more; whoever holds something for it lets it go."""

    promise_id: str
    need_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line as it is quoted: what it contains, its price in all, and when it would be there."""

    line_id: str
    offer_id: str
    kind: Kind
    item: str
    quantity: Quantity
    unit: str
    price: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class QuoteSent:
    """The customer can accept these lines at these prices and dates until the quote expires."""

    quote_id: str
    need_id: str
    promise_id: str
    customer_id: str
    lines: tuple[QuotedLine, ...]
    price: Money
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class QuoteAccepted:
    """The customer took the quote; an order follows."""

    quote_id: str
    need_id: str
    promise_id: str
    order_id: str


@dataclass(frozen=True, slots=True)
class QuoteDeclined:
    """The customer does not want the quote; holds are let go."""

    quote_id: str
    need_id: str
    promise_id: str


@dataclass(frozen=True, slots=True)
class QuoteExpired:
    """Nobody answered the quote in time; holds are let go."""

    quote_id: str
    need_id: str
    promise_id: str


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of an order: demand, price in all, promised moment, slot if it is a service."""

    demand: DemandLine
    price: Money
    promised_at: datetime
    slot_id: str | None = None


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """The customer ordered; it upgrades the named promise and adds nothing to it."""

    order_id: str
    need_id: str
    quote_id: str
    promise_id: str
    customer_id: str
    contact_id: str
    address_id: str
    priority: int
    delivery_policy: DeliveryPolicy
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True, slots=True)
class OrderPromised:
    """All owners have answered: the order's lines have committed dates."""

    order_id: str
    customer_id: str
    dates: tuple[DateStep, ...]


@dataclass(frozen=True, slots=True)
class PromiseAtRisk:
    """What was promised will not hold; with the cause and, if known, the new dates."""

    order_id: str
    customer_id: str
    cause: str
    supply_id: str | None
    lines: tuple[LineDate, ...]


@dataclass(frozen=True, slots=True)
class NewDateAccepted:
    """The customer took the later dates; they are the promise now."""

    order_id: str
    lines: tuple[LineDate, ...]


@dataclass(frozen=True, slots=True)
class PromiseRecovered:
    """The order's dates hold again, as first promised or as newly accepted."""

    order_id: str
    customer_id: str
    how: Literal["new date accepted", "back in time", "substitute"]
    lines: tuple[LineDate, ...]


@dataclass(frozen=True, slots=True)
class LineFulfilled:
    """All that was ordered in a line was accepted by the client."""

    order_id: str
    line_id: str
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class OrderCompleted:
    """Every line is fulfilled, short-closed or cancelled and one at least is fulfilled; with the value added."""

    order_id: str
    need_id: str
    customer_id: str
    value: ValueAdded


@dataclass(frozen=True, slots=True)
class ValueRevised:
    """Costs that became known after the end have changed an order's value."""

    order_id: str
    value: ValueAdded
    because: str


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """The order ended without delivery; whoever holds something for it lets it go."""

    order_id: str
    promise_id: str
    reason: str
    cost: Money | None = None


@dataclass(frozen=True, slots=True)
class OrderLineHeld:
    """A line waits for a person's decision, for example because the client is silent."""

    order_id: str
    line_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class OrderLineResumed:
    """A line that waited for a person goes on: a time is offered to the client again."""

    order_id: str
    line_id: str
