"""What planners answer to action messages, and what the owner of a supply cannot do of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.shapes import ActionKind
from contracts.values import Quantity


@dataclass(frozen=True, slots=True)
class ActionMessageSnoozed:
    """A planner lets an open action message sleep until a moment."""

    planned_order_id: str
    kind: ActionKind
    until_at: datetime


@dataclass(frozen=True, slots=True)
class ActionMessageAccepted:
    """A planner takes an action message up: so much is wanted at that moment."""

    planned_order_id: str
    kind: ActionKind
    quantity: Quantity
    wanted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ActionMessageRejected:
    """A planner does not do what an action message asks for, and says why."""

    planned_order_id: str
    kind: ActionKind
    reason: str


@dataclass(frozen=True, slots=True)
class RunWishRefused:
    """Production cannot do at a run what a planner accepted a message for, and says why."""

    run_id: str
    planned_order_id: str
    kind: ActionKind
    reason: str


@dataclass(frozen=True, slots=True)
class PurchaseWishRefused:
    """Vendors cannot do at a purchase what a planner accepted a message for, and says why."""

    planned_order_id: str
    kind: ActionKind
    reason: str
