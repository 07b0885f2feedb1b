"""What materials is asked to decide: promises, plans, supplies, stock, deliveries, and changes of orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts import orders, production, recalls, returns, service_desk
from contracts.shapes import DeliveryPolicy, DemandLine, LotPart
from materials.domain.correcting import Counted
from materials.domain.version import Keeps
from materials.domain.what_if import Supposition


@dataclass(frozen=True, slots=True)
class TryChanges:
    """Say what would follow from changes, and keep nothing of it."""

    supposition: Supposition


@dataclass(frozen=True, slots=True)
class AnswerPromise:
    """Hold material for a promise, or say why not."""

    fact: orders.PromiseRequested


@dataclass(frozen=True, slots=True)
class AnswerMessage:
    """Accept an action message; with a moment let it sleep until then, with a reason reject it."""

    message_id: str
    until_at: datetime | None = None
    rejected_because: str | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class AnswerMessages:
    """Answer action messages, each for itself."""

    acts: tuple[AnswerMessage, ...]


@dataclass(frozen=True, slots=True)
class InquirePromise:
    """Say what lines could be promised, and keep nothing of it; without `hold_until` as if they were ordered now."""

    lines: tuple[DemandLine, ...]
    delivery_policy: DeliveryPolicy
    priority: int
    hold_until: datetime | None


@dataclass(frozen=True, slots=True)
class WithdrawPromise:
    """Let go what a promise holds."""

    fact: orders.PromiseWithdrawn


@dataclass(frozen=True, slots=True)
class ExpireHold:
    """End a hold that nobody has ordered by."""

    promise_id: str


@dataclass(frozen=True, slots=True)
class PlanOrder:
    """Make a promise the reservation of an order."""

    fact: orders.OrderPlaced


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Let go what an order has."""

    fact: orders.OrderCancelled


@dataclass(frozen=True, slots=True)
class FollowChange:
    """Keep a change of an order possible, carry it out, or let it go."""

    fact: (
        orders.AmendmentRequested
        | orders.CancellationRequested
        | orders.ChangeCommitted
        | orders.ChangeWithdrawn
    )


@dataclass(frozen=True, slots=True)
class CloseLine:
    """Let go what one line of an order has."""

    fact: orders.OrderLineShortClosed


@dataclass(frozen=True, slots=True)
class AcceptDates:
    """Take later dates as the promise."""

    fact: orders.NewDateAccepted


@dataclass(frozen=True, slots=True)
class ReleaseOrder:
    """Ask the owner for a planned order; `by_hand` when a planner does."""

    planned_order_id: str
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class FirmOrder:
    """A planned order stays as it is, or may be changed by the plan again."""

    planned_order_id: str
    firm: bool


@dataclass(frozen=True, slots=True)
class TakeQuality:
    """Take what quality measured of a lot or decided about it."""

    fact: production.LotInspected | production.LotDisposed


@dataclass(frozen=True, slots=True)
class TraceRecall:
    """Find all that a recall reaches."""

    fact: recalls.RecallOpened | recalls.RecallWidened


@dataclass(frozen=True, slots=True)
class BlockRecalled:
    """Block the next lots that a recall reaches."""

    recall_id: str


@dataclass(frozen=True, slots=True)
class CloseRecall:
    """A recall is over."""

    recall_id: str


@dataclass(frozen=True, slots=True)
class TakeDelivery:
    """Book what happened to goods on their way to the client, or what keeps them from it."""

    fact: (
        service_desk.GoodsDispatched
        | service_desk.HandOverCompleted
        | service_desk.HandOverRefused
        | service_desk.VisitMissed
        | service_desk.VisitCompleted
        | service_desk.VisitSuspended
        | service_desk.VisitResumed
    )


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Book goods in that a client has sent back."""

    fact: returns.ReturnReceived


@dataclass(frozen=True, slots=True)
class BookLot:
    """Book a lot in that was there before the books were: opening stock, or what a count found beyond them."""

    site_id: str
    part: LotPart
    expires_at: datetime | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class CountLot:
    """Somebody counted a lot at a site."""

    counted: Counted


@dataclass(frozen=True, slots=True)
class DecideCount:
    """A second person approves a count, which puts the books right, or rejects it."""

    count_id: str
    by: str
    approved: bool


@dataclass(frozen=True, slots=True)
class ReverseMove:
    """Undo a move that a person booked."""

    move_id: str


@dataclass(frozen=True, slots=True)
class NameSerials:
    """Tell the serial numbers of a lot that came without them."""

    lot_id: str
    serials: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExpireLot:
    """The shelf life of a lot is over."""

    lot_id: str


@dataclass(frozen=True, slots=True)
class DispatchTransfer:
    """The goods of a transfer leave their site."""

    planned_order_id: str


@dataclass(frozen=True, slots=True)
class ReceiveTransfer:
    """The goods of a transfer have arrived."""

    planned_order_id: str


@dataclass(frozen=True, slots=True)
class AskPlan:
    """Plan a site with all that supply it by transfers, or every site; keep what is firm, or all that is planned."""

    plan_id: str
    site_id: str | None
    keeps: Keeps
    asked_by: str


@dataclass(frozen=True, slots=True)
class PublishPlan:
    """Make a version the one that its sites go by, also where that is later for some if that is accepted.

    When it `replaces`, what these have only planned is planned anew together.
    """

    plan_id: str
    accepts_later: bool
    replaces: bool = False
