"""Facts about changes of promised orders: what their owners are asked, what each answers, what is less or more then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contracts.shapes import DateStep, ItemPart, VendorKind
from contracts.values import Money, Quantity

AskedSupply = Literal["run", "purchase"]


@dataclass(frozen=True, slots=True)
class ChangeAnswered:
    """Materials keeps a change of an order possible until the hold ends, or `refused` says why it cannot.

    It costs `charge` (nothing if absent), and the longest notice that somebody wants are `days`. `steps` date what is
    wanted beyond, or at another moment than, what is promised.
    """

    order_id: str
    change_id: str
    refused: str | None = None
    charge: Money | None = None
    days: int = 0
    steps: tuple[DateStep, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryChangeAnswered:
    """The service desk keeps a change of an order possible until the hold ends, or `refused` says why it cannot."""

    order_id: str
    change_id: str
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeProbed:
    """Materials asks the owner of a supply whether it could be less: `quantity` in all (of a run, its runs), or none.

    `inputs` and `outputs` are what a run would then take and give. A yes keeps it possible until the hold ends.
    """

    planned_order_id: str
    change_id: str
    supply: AskedSupply
    quantity: Quantity
    hold_until: datetime
    inputs: tuple[ItemPart, ...] = ()
    outputs: tuple[ItemPart, ...] = ()


@dataclass(frozen=True, slots=True)
class RunChangeAnswered:
    """Production keeps it possible that a run becomes so much until the hold ends, or `refused` says why it cannot."""

    run_id: str
    planned_order_id: str
    change_id: str
    quantity: Quantity
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class PurchaseChangeAnswered:
    """Vendors keeps it possible that a purchase becomes so much, for a charge, or `refused` says why it cannot.

    `days` is the notice that the vendor's terms ask for.
    """

    planned_order_id: str
    change_id: str
    quantity: Quantity
    refused: str | None = None
    charge: Money | None = None
    days: int = 0


@dataclass(frozen=True, slots=True)
class RunReduced:
    """A run that has not begun was made less; what lay staged for it has to be staged anew."""

    run_id: str
    planned_order_id: str
    was: Quantity
    runs: Quantity
    inputs: tuple[ItemPart, ...]
    outputs: tuple[ItemPart, ...]
    change_id: str


@dataclass(frozen=True, slots=True)
class RunResized:
    """A run that has not begun is another size, as a planner wanted: `quantity` of its item is started.

    What lay staged for it has to be staged anew.
    """

    run_id: str
    planned_order_id: str
    quantity: Quantity
    was: Quantity
    runs: Quantity
    inputs: tuple[ItemPart, ...]
    outputs: tuple[ItemPart, ...]


@dataclass(frozen=True, slots=True)
class PurchaseReduced:
    """We want less of a purchase line, and owe its vendor a charge for it, if any."""

    purchase_order_id: str
    vendor_id: str
    vendor_kind: VendorKind
    purchase_line_id: str
    planned_order_id: str
    was: Quantity
    quantity: Quantity
    reason: str
    charge: Money | None = None
    change_id: str | None = None


@dataclass(frozen=True, slots=True)
class PurchaseIncreased:
    """We want more of a purchase line; until its vendor answers anew, what it has promised stays promised."""

    purchase_order_id: str
    vendor_id: str
    vendor_kind: VendorKind
    purchase_line_id: str
    planned_order_id: str
    was: Quantity
    quantity: Quantity
    reason: str
