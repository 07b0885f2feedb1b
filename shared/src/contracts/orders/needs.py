"""What customers need, and what is asked of others before it can be quoted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.shapes import DeliveryPolicy, DemandLine
from contracts.values import Quantity, Window


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
