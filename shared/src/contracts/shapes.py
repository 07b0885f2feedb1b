"""Parts that facts of several services share: lines, lots, dates, pegs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from contracts.values import CostVector, PropertyValue, Quantity, Window

# Goods lie ready so long before the client is to have them: what materials dates is that moment, what orders promises
# is this much later.
HAND_OVER: Final = timedelta(days=1)

# Units of items that count mass, in milligrams.
MASS_UNITS: Final[Mapping[str, int]] = {"mg": 1, "g": 10**3, "kg": 10**6, "t": 10**9, "Mg": 10**9}

Kind = Literal["good", "service"]
DeliveryPolicy = Literal["complete-order", "complete-line", "partial"]
# How lines that were late are covered in time again.
Recovery = Literal["back in time", "substitute"]
# Why a run ends late: its material, machines, a lot that was not good, or it was asked for too late.
LateCause = Literal["material", "capacity", "quality", "lead-time"]
SupplyKind = Literal["on-hand", "run", "purchase", "transfer", "planned"]
Role = Literal["main", "co-product", "by-product", "waste"]
RecipeKind = Literal["separation", "modification", "congregation"]
VendorKind = Literal["internal", "external"]
LotStatus = Literal[
    "in-quality-check", "released", "blocked", "in-transit", "consumed", "shipped", "scrapped", "expired"
]
MoveReason = Literal[
    "received",
    "produced",
    "consumed",
    "dispatched",
    "shipped",
    "returned",
    "scrapped",
    "adjusted",
    "transferred",
    "vendor-return",
]
ActionKind = Literal[
    "release", "expedite", "defer", "cancel", "increase", "decrease", "past-due", "substitute"
]


@dataclass(frozen=True, slots=True)
class Instead:
    """Wherever an item is an input at a site another one may stand in for it, since somebody has decided so.

    Where the item is what a line asks for the other one is delivered, as many as are asked for.
    """

    site_id: str
    sku: str
    substitute_sku: str
    decided_by: str


@dataclass(frozen=True, slots=True)
class DemandLine:
    """What one line asks for: so much of an item (or of a service) at a site, inside a property window, by a moment.

    What something else stands in for, of its inputs or for its item, was decided by whom the line is for.
    """

    line_id: str
    kind: Kind
    item: str
    quantity: Quantity
    unit: str
    site_id: str
    wanted_at: datetime
    window: Window = ()
    instead: tuple[Instead, ...] = ()


@dataclass(frozen=True, slots=True)
class DateStep:
    """So much of a line can be there at that moment."""

    line_id: str
    quantity: Quantity
    at: datetime


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """So much of a purchase line is there by that moment."""

    quantity: Quantity
    at: datetime


@dataclass(frozen=True, slots=True)
class LineQuantity:
    """So much of a line in all."""

    line_id: str
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a supply serves which order line: the peg, as others hear of it."""

    order_id: str
    line_id: str
    quantity: Quantity
    correlation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Peg:
    """Which supply covers so much of a line, and when it is there."""

    line_id: str
    supply_kind: SupplyKind
    supply_id: str
    quantity: Quantity
    at: datetime


@dataclass(frozen=True, slots=True)
class LotPart:
    """So much of a lot, with its properties and what that much has cost."""

    lot_id: str
    sku: str
    quantity: Quantity
    cost: CostVector
    properties: tuple[PropertyValue, ...] = ()
    vendor_lot: str | None = None
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemPart:
    """So much of an item, inside a property window."""

    sku: str
    quantity: Quantity
    window: Window = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """Work on weekdays 0 (Monday) to 6, from and to so many minutes after midnight (UTC).

    What closes after minute 1440 does so on the next day.
    """

    weekdays: tuple[int, ...]
    opens_at_minute: int
    closes_at_minute: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of time that people of the service desk can keep free for a line."""

    slot_id: str
    line_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class LineDate:
    """The moment that is promised for a line now, and the one before it."""

    line_id: str
    was_at: datetime | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ValueAdded:
    """price - bought in = labour + capital + overhead + margin, in minor units of one currency."""

    currency: str
    price: int
    bought_in: int
    labour: int
    capital: int
    overhead: int
    margin: int
