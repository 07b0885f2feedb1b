"""Visits and hand-overs: what can be asked or told of them. `party` is the customer who asks, None for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.instead import GoodsWithdrawn
from contracts.materials import GoodsReady
from contracts.orders import (
    AmendmentRequested,
    CancellationRequested,
    ChangeCommitted,
    ChangeWithdrawn,
    OrderPlaced,
)
from contracts.shapes import LineDate
from contracts.values import Money
from service_desk.domain.goods import RefusedLot
from service_desk.domain.report import Saying


@dataclass(frozen=True, slots=True)
class TakeOrder:
    """A customer ordered."""

    order: OrderPlaced


@dataclass(frozen=True, slots=True)
class TakeCharge:
    """The customer of an order is charged another amount."""

    order_id: str
    charged: Money


@dataclass(frozen=True, slots=True)
class TakeGoods:
    """Goods, or parts of a visit, lie ready."""

    goods: GoodsReady


@dataclass(frozen=True, slots=True)
class LoseGoods:
    """Goods that lay ready do so no more."""

    goods: GoodsWithdrawn


@dataclass(frozen=True, slots=True)
class RegainDates:
    """Lines of an order are in time again."""

    order_id: str
    lines: tuple[LineDate, ...]


@dataclass(frozen=True, slots=True)
class TakeDates:
    """Lines of an order come later."""

    order_id: str
    lines: tuple[LineDate, ...]


@dataclass(frozen=True, slots=True)
class FollowChange:
    """Keep a change of an order possible, carry it out, or let it go."""

    fact: AmendmentRequested | CancellationRequested | ChangeCommitted | ChangeWithdrawn


@dataclass(frozen=True, slots=True)
class EndLine:
    """A line of an order ended before all of it was delivered."""

    order_id: str
    line_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class EndOrder:
    """An order ended without delivery."""

    order_id: str
    promise_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ConfirmVisit:
    """The time suits the client; `offer_no` names the offer that they have seen."""

    visit_id: str
    offer_no: int | None
    party: str | None


@dataclass(frozen=True, slots=True)
class ConfirmVisits:
    """Many times suit."""

    acts: tuple[ConfirmVisit, ...]


@dataclass(frozen=True, slots=True)
class MoveVisit:
    """The client wants another time."""

    visit_id: str
    starts_at: datetime
    party: str | None


@dataclass(frozen=True, slots=True)
class DeclineVisit:
    """The client does not want it."""

    visit_id: str
    reason: str
    party: str | None


@dataclass(frozen=True, slots=True)
class RescheduleVisit:
    """A dispatcher offers a time, or the next possible one."""

    visit_id: str
    starts_at: datetime | None


@dataclass(frozen=True, slots=True)
class CancelVisit:
    """A dispatcher lets a visit go."""

    visit_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class DispatchGoods:
    """Goods have left for the client; freight in minor units of the order's currency."""

    visit_id: str
    freight_minor: int


@dataclass(frozen=True, slots=True)
class DispatchMany:
    """Many goods have left."""

    acts: tuple[DispatchGoods, ...]


@dataclass(frozen=True, slots=True)
class StartVisit:
    """The people have begun."""

    visit_id: str


@dataclass(frozen=True, slots=True)
class StartVisits:
    """Many have begun."""

    acts: tuple[StartVisit, ...]


@dataclass(frozen=True, slots=True)
class ReportVisit:
    """The technician says what was done."""

    visit_id: str
    saying: Saying
    actor: str


@dataclass(frozen=True, slots=True)
class ReportVisits:
    """Technicians say what was done at many clients'."""

    acts: tuple[ReportVisit, ...]


@dataclass(frozen=True, slots=True)
class AcceptVisit:
    """The client's word: yes, but for what is refused. `signed_by` is who signed where staff records it."""

    visit_id: str
    refused: tuple[RefusedLot, ...]
    reason: str | None
    actor: str
    signed_by: str | None
    party: str | None


@dataclass(frozen=True, slots=True)
class AcceptVisits:
    """Many clients' words."""

    acts: tuple[AcceptVisit, ...]


@dataclass(frozen=True, slots=True)
class RefuseVisit:
    """The client's word: no."""

    visit_id: str
    reason: str
    actor: str
    signed_by: str | None
    party: str | None


@dataclass(frozen=True, slots=True)
class MissVisit:
    """Nobody was there."""

    visit_id: str


@dataclass(frozen=True, slots=True)
class RemindClient:
    """An offer has not been answered for another stretch of time."""

    visit_id: str
    offer_no: int
    step: int
