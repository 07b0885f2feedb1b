"""Supplies that are not there yet: planned orders, released or not, and what each will bring."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, NamedTuple

from contracts.shapes import ActionKind, Role, SupplyKind
from contracts.values import PropertyValue, Window

OrderSource = Literal["make", "buy", "transfer", "rework"]
OrderState = Literal["planned", "released", "confirmed", "refused", "running", "closed", "cancelled"]

KIND: Final[dict[str, SupplyKind]] = {
    "make": "run", "rework": "run", "buy": "purchase", "transfer": "transfer",
}  # fmt: skip
MADE: Final = frozenset({"make", "rework"})
ENDED: Final = frozenset({"closed", "cancelled"})


class PlannedOrder(NamedTuple):
    """A supply that is planned: made, bought, transferred or reworked, from one source.

    `quantity_micro` is what is started; it takes `lead_days` of its calendar and cannot start before `floor_at`.
    It is released at `release_at`; `due_at` is when the plan wants it, `confirmed_at` what its owner said,
    `expected_at` when it will be there as far as anybody knows (absent: nobody knows; `cause` says why). From
    `firm_at` on it is firm: it came inside its planning fence then, or a person said so (absent: never by itself).
    """

    planned_order_id: str
    site_id: str
    sku: str
    source: OrderSource
    quantity_micro: int
    runs_micro: int
    lead_days: int
    calendar_id: str | None
    floor_at: datetime
    starts_at: datetime
    due_at: datetime
    confirmed_at: datetime | None
    expected_at: datetime | None
    release_at: datetime
    state: OrderState
    held: bool
    automatic: bool
    priority: int
    window: Window = ()
    recipe_id: str | None = None
    recipe_version: int | None = None
    from_site_id: str | None = None
    run_id: str | None = None
    purchase_order_id: str | None = None
    purchase_line_id: str | None = None
    rework_lot_id: str | None = None
    staged: bool = False
    cause: str | None = None
    firm_at: datetime | None = None

    def firm(self, now: datetime) -> bool:
        """Whether only a person changes it; what is planned for holds alone never is."""
        return not self.held and self.state == "planned" and self.firm_at is not None and self.firm_at <= now

    @property
    def begun(self) -> bool:
        """Whether a run was started, or a transfer has left: nobody changes its size or its moment any more."""
        return self.state == "running" or (self.source == "transfer" and self.state == "confirmed")

    @property
    def unsupplied(self) -> bool:
        """Whether it was asked for in vain: no vendor supplies it, and `cause` says why."""
        asked = self.source == "buy" and self.state == "released" and self.purchase_order_id is None
        return asked and self.expected_at is None and self.cause is not None

    @property
    def uncommitted(self) -> bool:
        """Whether nobody has taken it on: nobody was asked for it yet, or it was asked for in vain."""
        return self.state == "planned" or self.unsupplied

    @property
    def planned_inside(self) -> bool:
        """Whether it was inside its planning fence when it was planned: a person has to release it."""
        return self.firm_at is not None and self.firm_at < self.floor_at

    @property
    def kind(self) -> SupplyKind:
        """What kind of supply others see in it."""
        return KIND[self.source] if self.state != "planned" else "planned"

    @property
    def ended(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in ENDED


class Receipt(NamedTuple):
    """One output of a planned order, or a part of a purchase: so much will come, so much came, of the rest is pegged.

    A part of a purchase that comes in several has a moment of its own, and is `sent` once its vendor has said so.
    """

    receipt_id: str
    planned_order_id: str
    output_no: int
    site_id: str
    sku: str
    role: Role
    quantity_micro: int
    received_micro: int
    pegged_micro: int
    properties: tuple[PropertyValue, ...] = ()
    comes_at: datetime | None = None
    sent: bool = False

    @property
    def open_micro(self) -> int:
        """What is still to come."""
        left = self.quantity_micro - self.received_micro
        return left if left > 0 else 0

    @property
    def free_micro(self) -> int:
        """What is still to come and serves nobody yet."""
        left = self.open_micro - self.pegged_micro
        return left if left > 0 else 0


def used_at(order: PlannedOrder | None, needed_at: datetime) -> datetime:
    """When what an order needs at a moment has to be of use; what is transferred, where it arrives."""
    moved = order is not None and order.source == "transfer"
    return max(needed_at, order.due_at) if order is not None and moved else needed_at


def receipt_id_of(planned_order_id: str, output_no: int) -> str:
    """The key of one output of a planned order."""
    return f"{planned_order_id}#{output_no}"


def comes_at(order: PlannedOrder, receipt: Receipt) -> datetime | None:
    """When what an order brings is there as far as anybody knows: a part of a purchase at its own moment."""
    if order.expected_at is None or receipt.comes_at is None:
        return order.expected_at
    return receipt.comes_at


class Message(NamedTuple):
    """An action message: the plan asks a planner to act on a supply; its identity is order and kind.

    `open` asks, `accepted` was taken up by a planner and `rejected` was not; both are silent until they ask for
    something else. `closed` has no reason any more. An open one that is snoozed is not listed before
    `snoozed_until_at`. One that asks for more names the planned orders that would go by it.
    """

    planned_order_id: str
    kind: ActionKind
    state: Literal["open", "accepted", "rejected", "closed"]
    sku: str
    quantity_micro: int
    was_at: datetime | None
    wanted_at: datetime | None
    reason: str
    opened_at: datetime
    snoozed_until_at: datetime | None = None
    instead_of: tuple[str, ...] = ()
