"""What orders can be asked or told to do; ids, party and expected version never come from a request's body."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contracts.orders import Component, NeedStated, WantedLine
from contracts.shapes import DateStep, DeliveryPolicy, LineDate, LineQuantity, Recovery, Slot
from contracts.values import CostVector, Money, Quantity
from orders.domain.change import OwnerAnswer
from orders.domain.customer import Customer
from orders.domain.wish import LineMoment


@dataclass(frozen=True, slots=True)
class RegisterCustomer:
    """Take up a customer and the person to speak to."""

    customer: Customer


@dataclass(frozen=True, slots=True)
class PublishOffer:
    """Put a good, a service or a bundle into the catalogue."""

    offer_id: str
    title: str
    kind: Literal["good", "service", "bundle"]
    price: Money
    components: tuple[Component, ...]


@dataclass(frozen=True, slots=True)
class StateNeed:
    """Say what a customer needs."""

    need_id: str
    customer_id: str
    address_id: str
    text: str
    lines: tuple[WantedLine, ...]
    delivery_policy: DeliveryPolicy


@dataclass(frozen=True, slots=True)
class StateNeeds:
    """Say of many needs at once."""

    acts: tuple[StateNeed, ...]


@dataclass(frozen=True, slots=True)
class DraftQuote:
    """Find offers for a need and ask for a promise."""

    need: NeedStated


@dataclass(frozen=True, slots=True)
class TakeMaterialOffer:
    """Materials holds what a promise needs."""

    promise_id: str
    request_no: int
    steps: tuple[DateStep, ...]


@dataclass(frozen=True, slots=True)
class TakeMaterialRefusal:
    """Materials cannot hold what a promise needs."""

    promise_id: str
    request_no: int
    reason: str
    next_possible_at: datetime | None


@dataclass(frozen=True, slots=True)
class TakeSlots:
    """The service desk holds people for a promise."""

    promise_id: str
    request_no: int
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class TakeSlotsRefusal:
    """The service desk has nobody as asked."""

    promise_id: str
    request_no: int
    reason: str
    next_possible_at: datetime | None


@dataclass(frozen=True, slots=True)
class MissAnswer:
    """An ask for a promise was not answered in time."""

    promise_id: str
    request_no: int


@dataclass(frozen=True, slots=True)
class AcceptQuote:
    """Order what a quote offers; `party` is the asking customer, None for staff."""

    quote_id: str
    order_id: str
    party: str | None


@dataclass(frozen=True, slots=True)
class AcceptQuotes:
    """The customer takes many quotes at once."""

    acts: tuple[AcceptQuote, ...]


@dataclass(frozen=True, slots=True)
class DeclineQuote:
    """Leave a quote."""

    quote_id: str
    party: str | None


@dataclass(frozen=True, slots=True)
class ExpireQuote:
    """End a quote that nobody answered."""

    quote_id: str


@dataclass(frozen=True, slots=True)
class LoseHold:
    """What was held for a promise is free again."""

    promise_id: str


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """End an order that comes later than promised, free of charge; `party` is the asking customer, None for staff."""

    order_id: str
    reason: str
    party: str | None


@dataclass(frozen=True, slots=True)
class TakePlan:
    """Materials has planned an order."""

    order_id: str
    steps: tuple[DateStep, ...]


@dataclass(frozen=True, slots=True)
class TakeVisit:
    """The service desk has booked a visit for a line."""

    order_id: str
    line_id: str


@dataclass(frozen=True, slots=True)
class TakeLateness:
    """A supply of an order is late."""

    order_id: str
    cause: str
    supply_id: str
    dates: tuple[LineDate, ...]


@dataclass(frozen=True, slots=True)
class TakeRecovery:
    """Late lines of an order are covered in time again."""

    order_id: str
    dates: tuple[LineDate, ...]
    how: Recovery = "back in time"


@dataclass(frozen=True, slots=True)
class AcceptNewDates:
    """Take the later dates of an order as the promise."""

    order_id: str
    party: str | None


@dataclass(frozen=True, slots=True)
class ShortCloseLine:
    """Close a line of an order before all of it was delivered."""

    order_id: str
    line_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class TakeDelivery:
    """The client accepted goods or work; `parts` is how much stock the work used up."""

    order_id: str
    quantities: tuple[tuple[str, Quantity], ...]
    cost: CostVector
    parts: Quantity


@dataclass(frozen=True, slots=True)
class TakeShipment:
    """Stock left for an order line for good."""

    order_id: str
    line_id: str
    quantity: Quantity
    cost: CostVector


@dataclass(frozen=True, slots=True)
class HoldLines:
    """Lines wait for a person."""

    order_id: str
    line_ids: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ResumeLines:
    """Lines that waited for a person go on."""

    order_id: str
    line_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequestAmendment:
    """Ask whether lines of a promised order may be less or more, come at another moment, or be added."""

    change_id: str
    order_id: str
    lines: tuple[LineQuantity, ...]
    party: str | None
    moments: tuple[LineMoment, ...] = ()
    added: tuple[WantedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestCancellation:
    """Ask whether a promised order may end."""

    change_id: str
    order_id: str
    reason: str
    party: str | None


@dataclass(frozen=True, slots=True)
class TakeChangeAnswer:
    """An owner says whether a change is possible."""

    order_id: str
    change_id: str
    answer: OwnerAnswer


@dataclass(frozen=True, slots=True)
class DecideChange:
    """The customer takes a change as it was answered, or leaves the order as it was."""

    order_id: str
    change_id: str
    committed: bool
    party: str | None


@dataclass(frozen=True, slots=True)
class MissChangeAnswers:
    """The time for answers to a change is over."""

    change_id: str


@dataclass(frozen=True, slots=True)
class ExpireChange:
    """The hold of a change has ended."""

    change_id: str
