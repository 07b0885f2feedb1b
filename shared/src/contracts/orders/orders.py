"""What is ordered and promised, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from contracts.shapes import DateStep, DeliveryPolicy, DemandLine, LineDate, ValueAdded
from contracts.values import CostVector, Money, Quantity


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
class OrderCharged:
    """What the customer of an order is charged in all is another amount now: less what came back, before credits."""

    order_id: str
    charged: Money


@dataclass(frozen=True, slots=True)
class RateMissed:
    """What a line has cost cannot be said in the currency of its price: nobody has said the rate of that day."""

    order_id: str
    line_id: str
    currency: str
    into: str
    day: date


@dataclass(frozen=True, slots=True)
class CostExchanged:
    """What a line has cost in another currency, and what that is worth in the currency of its price by a day's rate."""

    order_id: str
    line_id: str
    cost: CostVector
    worth: CostVector
    rate: Quantity
    day: date


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """The order ended without delivery; whoever holds something for it lets it go."""

    order_id: str
    promise_id: str
    reason: str
    cost: Money | None = None


@dataclass(frozen=True, slots=True)
class OrderLineShortClosed:
    """A person has closed a line before all of it was delivered: so much of it is not wanted any more."""

    order_id: str
    line_id: str
    quantity: Quantity
    reason: str


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
