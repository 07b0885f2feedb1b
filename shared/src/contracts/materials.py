"""Facts of materials: what is in stock, what is promised from it, what is planned, released and late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contracts.shapes import (
    DateStep,
    Instead,
    ItemPart,
    LineDate,
    LotPart,
    LotStatus,
    MoveReason,
    Peg,
    Share,
    SupplyKind,
)
from contracts.units import Counted, ItemUnit
from contracts.values import ZERO, CostVector, PropertyValue, Quantity, Window


@dataclass(frozen=True, slots=True)
class ItemDefined:
    """An item exists, is counted in this unit and never divided below its quantum; it may be said in `units`, too.

    Its density is in kilograms a litre, absent where nobody knows it.
    """

    sku: str
    title: str
    unit: str
    quantum: Quantity
    properties: tuple[tuple[str, str], ...] = ()
    units: tuple[ItemUnit, ...] = ()
    density: Quantity | None = None

    @property
    def counted(self) -> Counted:
        """How it is counted."""
        return Counted(self.sku, self.unit, self.quantum, self.units, self.density or ZERO)


@dataclass(frozen=True, slots=True)
class SiteDefined:
    """A site exists; its legal entity decides between transfer and internal purchase."""

    site_id: str
    title: str
    legal_entity: str
    transit_days: int


@dataclass(frozen=True, slots=True)
class PromiseOffered:
    """Material is held for a promise: so much by these moments, until the hold ends.

    `instead` is what stands in for what in it, of all that was let: nothing where it would be there no sooner by that.
    """

    promise_id: str
    need_id: str
    request_no: int
    steps: tuple[DateStep, ...]
    hold_until: datetime
    reasons: tuple[str, ...]
    capacity: Literal["unlimited", "finite"] = "unlimited"
    instead: tuple[Instead, ...] = ()


@dataclass(frozen=True, slots=True)
class PromiseRefused:
    """The material cannot be promised as asked; with the next moment at which it could, if there is one."""

    promise_id: str
    need_id: str
    request_no: int
    reason: str
    next_possible_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HoldExpired:
    """A hold ended without an order; what it kept is free again."""

    promise_id: str
    need_id: str


@dataclass(frozen=True, slots=True)
class ReservationReleased:
    """What was kept for a promise or an order was given back before its time."""

    promise_id: str
    need_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class RequirementsPlanned:
    """All that an order needs is planned: the supplies that cover its lines, and when each line is ready."""

    order_id: str
    steps: tuple[DateStep, ...]
    pegs: tuple[Peg, ...]


@dataclass(frozen=True, slots=True)
class SupplyLate:
    """A supply will come too late for lines of an order; one fact for each order that is hurt."""

    order_id: str
    cause: str
    supply_kind: SupplyKind
    supply_id: str
    lines: tuple[LineDate, ...]


@dataclass(frozen=True, slots=True)
class SupplyRecovered:
    """An order's lines that were late are covered in time again."""

    order_id: str
    supply_id: str
    lines: tuple[LineDate, ...]
    how: Literal["back in time", "substitute"] = "back in time"


@dataclass(frozen=True, slots=True)
class GoodsReady:
    """Goods for a line lie ready: these lots at this site may be handed over.

    `change_id` is the last change of the line that was carried out before: it is told by another service, and whoever
    has not heard of its commitment yet waits for that.
    """

    order_id: str
    line_id: str
    schedule_no: int
    site_id: str
    quantity: Quantity
    lots: tuple[LotPart, ...]
    change_id: str | None = None


@dataclass(frozen=True, slots=True)
class RunRequested:
    """A run is asked for: a recipe, how many times its quantities, from when to when, and for whom."""

    planned_order_id: str
    recipe_id: str
    recipe_version: int
    site_id: str
    runs: Quantity
    inputs: tuple[ItemPart, ...]
    outputs: tuple[ItemPart, ...]
    starts_at: datetime
    due_at: datetime
    priority: int
    serves: tuple[Share, ...]
    rework_lot_id: str | None = None


@dataclass(frozen=True, slots=True)
class PurchaseRequested:
    """An item has to be bought: so much at a site by a moment, and for whom."""

    planned_order_id: str
    sku: str
    quantity: Quantity
    unit: str
    site_id: str
    needed_at: datetime
    window: Window
    serves: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class TransferRequested:
    """An item has to come from another site of the same legal entity."""

    planned_order_id: str
    sku: str
    quantity: Quantity
    from_site_id: str
    to_site_id: str
    needed_at: datetime
    serves: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class TransferDispatched:
    """Lots are on their way between two sites."""

    planned_order_id: str
    lots: tuple[LotPart, ...]
    expected_at: datetime


@dataclass(frozen=True, slots=True)
class TransferReceived:
    """Lots of a transfer have arrived."""

    planned_order_id: str
    lots: tuple[LotPart, ...]


@dataclass(frozen=True, slots=True)
class MaterialsStaged:
    """The inputs of a run lie ready and are reserved for it, with what they cost: it may start."""

    planned_order_id: str
    runs: Quantity
    lots: tuple[LotPart, ...]


@dataclass(frozen=True, slots=True)
class InternalSupplyPromised:
    """A supplying site of the company has planned a purchase order line and names its date."""

    purchase_order_id: str
    purchase_line_id: str
    sku: str
    quantity: Quantity
    at: datetime


@dataclass(frozen=True, slots=True)
class InternalSupplyRefused:
    """A supplying site of the company cannot supply a purchase order line."""

    purchase_order_id: str
    purchase_line_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class InternalGoodsReady:
    """Goods for an internal purchase order line lie ready at the supplying site; vendors notifies the shipment."""

    purchase_order_id: str
    purchase_line_id: str
    lots: tuple[LotPart, ...]


@dataclass(frozen=True, slots=True)
class LotStatusChanged:
    """A lot has another status; whoever uses it has to know."""

    lot_id: str
    sku: str
    site_id: str
    was: LotStatus
    status: LotStatus
    reason: str
    properties: tuple[PropertyValue, ...] = ()


@dataclass(frozen=True, slots=True)
class StockMoved:
    """So much of a lot has moved, with its cost; shipped to a named order line; a correction names what it reverses.

    What was shipped to a line and has come back from its client is returned by a `return_id`.
    """

    lot_id: str
    move_id: str
    sku: str
    site_id: str
    quantity: Quantity
    reason: MoveReason
    cost: CostVector
    order_id: str | None = None
    line_id: str | None = None
    planned_order_id: str | None = None
    parents: tuple[str, ...] = ()
    reverses_id: str | None = None
    return_id: str | None = None


@dataclass(frozen=True, slots=True)
class SurplusOffered:
    """More came out than was needed; it is free and can be offered."""

    lot_id: str
    sku: str
    site_id: str
    quantity: Quantity
