"""What needs and their quotes are asked or told to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.orders import NeedStated, WantedLine
from contracts.shapes import DateStep, DeliveryPolicy, Instead, Slot
from orders.domain.promise import Alternative


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
    instead: tuple[Instead, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeAlternative:
    """Materials knows a substitute with which a promise could be kept sooner."""

    promise_id: str
    request_no: int
    alternative: Alternative


@dataclass(frozen=True, slots=True)
class TakeSubstitute:
    """Let items stand in for others in what a quote offers, to have it sooner; `party` as in `AcceptQuote`.

    Each pair names an item and what stands in for it.
    """

    quote_id: str
    names: tuple[tuple[str, str], ...]
    decided_by: str
    party: str | None


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
