"""Action messages: what the plan asks of planners, what they answer, and what the owner of a supply cannot do of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.shapes import ActionKind, ItemPart, Share
from contracts.values import Quantity


@dataclass(frozen=True, slots=True)
class ActionMessageOpened:
    """The plan asks a planner to act on a supply; more of it would do `instead_of` these planned orders."""

    planned_order_id: str
    kind: ActionKind
    sku: str
    quantity: Quantity
    was_at: datetime | None
    wanted_at: datetime | None
    reason: str
    hurts: tuple[Share, ...]
    instead_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionMessageChanged:
    """An open action message asks for something else now."""

    planned_order_id: str
    kind: ActionKind
    quantity: Quantity
    wanted_at: datetime | None
    reason: str
    instead_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionMessageClosed:
    """An action message has no reason any more."""

    planned_order_id: str
    kind: ActionKind
    how: str


@dataclass(frozen=True, slots=True)
class ActionMessageSnoozed:
    """A planner lets an open action message sleep until a moment."""

    planned_order_id: str
    kind: ActionKind
    until_at: datetime


@dataclass(frozen=True, slots=True)
class RunSize:
    """A run of so many runs instead of `was`, and what it then takes and gives."""

    was: Quantity
    runs: Quantity
    inputs: tuple[ItemPart, ...]
    outputs: tuple[ItemPart, ...]


@dataclass(frozen=True, slots=True)
class ActionMessageAccepted:
    """A planner takes an action message up: so much is wanted at that moment; of a run, at that size."""

    planned_order_id: str
    kind: ActionKind
    quantity: Quantity
    wanted_at: datetime | None
    run: RunSize | None = None
    accepted_by: str | None = None


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
