"""Facts of the service desk: what it can do when, and what happened at the client's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from contracts.shapes import ItemPart, LotPart, Slot
from contracts.values import CostVector, Money, Quantity


@dataclass(frozen=True, slots=True)
class ServiceDefined:
    """A service: how long one takes, for how many people with which skills, and the parts it uses up."""

    service_id: str
    title: str
    minutes: int
    people: int
    skills: tuple[str, ...]
    parts: tuple[ItemPart, ...]
    site_id: str


@dataclass(frozen=True, slots=True)
class CapacityChanged:
    """How many hours of a skill are there in a week from a day on."""

    skill: str
    from_at: datetime
    hours_per_week: Quantity


@dataclass(frozen=True, slots=True)
class SlotsOffered:
    """People are held for the services of a promise."""

    promise_id: str
    need_id: str
    request_no: int
    slots: tuple[Slot, ...]
    hold_until: datetime


@dataclass(frozen=True, slots=True)
class SlotsRefused:
    """Nobody is free as asked; with the next possible moment, if there is one."""

    promise_id: str
    need_id: str
    request_no: int
    reason: str
    next_possible_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VisitBooked:
    """A visit for a service line of an order has its people and its slot."""

    visit_id: str
    order_id: str
    line_id: str
    starts_at: datetime
    ends_at: datetime
    technician_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VisitOffered:
    """The client is asked whether this time suits: a visit, or the hand-over of goods."""

    visit_id: str
    kind: Literal["visit", "hand-over"]
    order_id: str
    line_ids: tuple[str, ...]
    customer_id: str
    starts_at: datetime
    ends_at: datetime
    offer_no: int


@dataclass(frozen=True, slots=True)
class VisitConfirmed:
    """The client confirmed the time."""

    visit_id: str
    order_id: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class VisitRescheduled:
    """A visit has another time, and why."""

    visit_id: str
    order_id: str
    was_at: datetime
    starts_at: datetime
    asked_by: Literal["client", "supply", "desk"]


@dataclass(frozen=True, slots=True)
class VisitStarted:
    """The people are at the client's and have begun."""

    visit_id: str
    order_id: str


@dataclass(frozen=True, slots=True)
class PartUsed:
    """A part that a visit used up, and the site whose stock it came from."""

    sku: str
    quantity: Quantity
    site_id: str


@dataclass(frozen=True, slots=True)
class VisitCompleted:
    """A visit's work is done and the client said so; with the parts used and what it cost."""

    visit_id: str
    order_id: str
    line_id: str
    quantity: Quantity
    minutes: int
    parts: tuple[PartUsed, ...]
    cost: CostVector
    confirmed_by: str


# After so many misses a visit is not offered again by itself.
MISSED_TIMES_MAX: Final = 3


@dataclass(frozen=True, slots=True)
class VisitMissed:
    """Nobody was there; the visit is offered again, after the third time a person decides."""

    visit_id: str
    kind: Literal["visit", "hand-over"]
    order_id: str
    line_ids: tuple[str, ...]
    lots: tuple[LotPart, ...]
    times: int
    site_id: str


@dataclass(frozen=True, slots=True)
class VisitRefused:
    """The client did not accept the work of a visit."""

    visit_id: str
    order_id: str
    line_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class VisitCancelled:
    """A visit will not take place."""

    visit_id: str
    order_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class VisitClientSilent:
    """The client has not answered offers and reminders; the line waits for a person."""

    visit_id: str
    order_id: str
    line_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """One delivery of an order line."""

    line_id: str
    schedule_no: int


@dataclass(frozen=True, slots=True)
class VisitSuspended:
    """A visit waits until its client or a person speaks; what lies ready for it meanwhile is free for others.

    Goods are those of `schedule_lines`; a visit has none, its parts are those of its line.
    """

    visit_id: str
    kind: Literal["visit", "hand-over"]
    order_id: str
    line_ids: tuple[str, ...]
    schedule_lines: tuple[ScheduleLine, ...]


@dataclass(frozen=True, slots=True)
class VisitResumed:
    """A visit that was suspended goes on: what it needs has to lie ready again."""

    visit_id: str
    kind: Literal["visit", "hand-over"]
    order_id: str
    line_ids: tuple[str, ...]
    schedule_lines: tuple[ScheduleLine, ...]


@dataclass(frozen=True, slots=True)
class DeliveredLine:
    """The lots of one order line in a hand-over."""

    line_id: str
    lots: tuple[LotPart, ...]


@dataclass(frozen=True, slots=True)
class GoodsDispatched:
    """Goods have left for the client."""

    visit_id: str
    order_id: str
    site_id: str
    lines: tuple[DeliveredLine, ...]


@dataclass(frozen=True, slots=True)
class HandOverCompleted:
    """The client accepted these goods."""

    visit_id: str
    order_id: str
    site_id: str
    lines: tuple[DeliveredLine, ...]
    cost: CostVector
    confirmed_by: str


@dataclass(frozen=True, slots=True)
class HandOverRefused:
    """The client did not accept these goods; they go back into quality check."""

    visit_id: str
    order_id: str
    site_id: str
    lines: tuple[DeliveredLine, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class TicketOpened:
    """Somebody has a complaint or a question that has to be answered in time."""

    ticket_id: str
    order_id: str | None
    customer_id: str
    kind: Literal["question", "complaint", "call"]
    priority: int


@dataclass(frozen=True, slots=True)
class TicketResolved:
    """A ticket has its answer; `credit` is what its client gets back by it in all, of what the order costs."""

    ticket_id: str
    how: str
    credit: Money | None = None
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class SlaBreached:
    """A ticket's first response or resolution is later than agreed."""

    ticket_id: str
    clock: Literal["first-response", "resolution"]
    target_at: datetime


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """The client wrote; the text stays with the service desk."""

    conversation_id: str
    message_id: str
    order_id: str | None
    customer_id: str


@dataclass(frozen=True, slots=True)
class MessageSent:
    """The service desk wrote to the client; the text stays there."""

    conversation_id: str
    message_id: str
    order_id: str | None
    customer_id: str
