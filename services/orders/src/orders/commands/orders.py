"""What orders are asked or told to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.shapes import DateStep, LineDate, Recovery
from contracts.values import CostVector, Money, Quantity


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
    starts_at: datetime


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
    """Stock left for an order line for good, or came back from its client."""

    order_id: str
    line_id: str
    quantity: Quantity
    cost: CostVector
    back: bool = False


@dataclass(frozen=True, slots=True)
class AuthoriseReturn:
    """Let a client send so much of a line back."""

    return_id: str
    order_id: str
    line_id: str
    quantity: Quantity
    reason: str


@dataclass(frozen=True, slots=True)
class TakeReturn:
    """So much has come back."""

    order_id: str
    return_id: str
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class TakeCredit:
    """The desk has answered a ticket of an order: its customer gets so much back by it, in all."""

    order_id: str
    ticket_id: str
    credit: Money | None


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
