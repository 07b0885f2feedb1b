"""Lots and their stock: what lies where, what is reserved of it, and what it has cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from backbone.errors import Invalid, Refusal
from contracts.shapes import LotPart, LotStatus, MoveReason
from contracts.values import CostVector, PropertyValue, Quantity

Store = Literal["main", "transit"]
MAIN: Final[Store] = "main"
TRANSIT: Final[Store] = "transit"
# Thousands of such lots add up to less than what a column of 64 bits holds.
COST_MINOR_MAX: Final = 10**15
USABLE: Final[LotStatus] = "released"
UNDECIDED: Final[frozenset[LotStatus]] = frozenset({"blocked", "in-quality-check"})


class StockIsShort(Refusal):
    """Less is on hand than is to leave."""


class MomentIsNotPast(Invalid):
    """Stock is asked for at a moment that has not passed, or that names no zone."""


class CostIsOutOfRange(Invalid):
    """What a lot is said to have cost is below nothing, or beyond what can be added up."""


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot: what it is, in which status, with which properties, and where it came from.

    From `expires_at` on nobody may use it. One of an item with serial numbers `awaits_serials` until they are known.
    """

    lot_id: str
    sku: str
    site_id: str
    status: LotStatus
    properties: tuple[PropertyValue, ...]
    vendor_lot: str | None
    serials: tuple[str, ...]
    planned_order_id: str | None
    run_id: str | None
    received_at: datetime
    currency: str
    expires_at: datetime | None = None
    awaits_serials: bool = False

    def keeps_until(self, at: datetime) -> bool:
        """Whether it may still be used at that moment."""
        return self.expires_at is None or at < self.expires_at


@dataclass(frozen=True, slots=True)
class Stock:
    """So much of a lot in a store of a site; the cost is of all that lies there, in minor units."""

    lot_id: str
    site_id: str
    store: Store
    sku: str
    on_hand_micro: int
    reserved_micro: int
    bought_in_minor: int
    labour_minor: int
    capital_minor: int
    overhead_minor: int

    @property
    def free_micro(self) -> int:
        """What is on hand and reserved for nobody."""
        return self.on_hand_micro - self.reserved_micro

    def cost_of(self, micro: int, currency: str, before_micro: int = 0) -> CostVector:
        """What `micro` of it cost: its share of the whole, and all of the rest when it is the last.

        Shares that follow upon each other, each with what is `before` it, add up to the whole, to the cent.
        """
        whole = self.on_hand_micro
        first, last = min(before_micro, whole), min(before_micro + micro, whole)
        share = [minor * last // whole - minor * first // whole if whole else 0 for minor in self._costs]
        return CostVector(share[0], share[1], share[2], share[3], currency)

    @property
    def _costs(self) -> tuple[int, int, int, int]:
        return (self.bought_in_minor, self.labour_minor, self.capital_minor, self.overhead_minor)

    def plus(self, micro: int, cost: CostVector) -> Stock:
        """More of it, at that cost."""
        return replace(
            self,
            on_hand_micro=self.on_hand_micro + micro,
            bought_in_minor=self.bought_in_minor + cost.bought_in,
            labour_minor=self.labour_minor + cost.labour,
            capital_minor=self.capital_minor + cost.capital,
            overhead_minor=self.overhead_minor + cost.overhead,
        )

    def less(self, micro: int, cost: CostVector) -> Stock:
        """Less of it; raises `StockIsShort` rather than go below what is reserved."""
        if micro > self.free_micro:
            raise StockIsShort(
                f"lot {self.lot_id} has {Quantity.of_micro(self.free_micro)} free, "
                f"{Quantity.of_micro(micro)} are wanted"
            )
        gone = CostVector(-cost.bought_in, -cost.labour, -cost.capital, -cost.overhead, cost.currency)
        return self.plus(-micro, gone)


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the ledger; never changed, never removed. The quantity is negative when stock leaves."""

    move_id: str
    lot_id: str
    sku: str
    site_id: str
    store: Store
    quantity_micro: int
    reason: MoveReason
    bought_in_minor: int
    labour_minor: int
    capital_minor: int
    overhead_minor: int
    currency: str
    moved_at: datetime
    order_id: str | None
    line_id: str | None
    planned_order_id: str | None
    reverses_id: str | None = None


@dataclass(frozen=True, slots=True)
class Serial:
    """The piece of that number belongs to a lot."""

    sku: str
    serial: str
    lot_id: str


@dataclass(frozen=True, slots=True)
class Link:
    """An edge of the lot graph: `child_id` was made from `parent_id`."""

    child_id: str
    parent_id: str


def part_of(lot: Lot, stock: Stock, micro: int, before_micro: int = 0) -> LotPart:
    """So much of a lot, as others hear of it, after what they have heard of it before."""
    return LotPart(
        lot.lot_id,
        lot.sku,
        Quantity.of_micro(micro),
        stock.cost_of(micro, lot.currency, before_micro),
        lot.properties,
        lot.vendor_lot,
        lot.serials,
    )


def costed(part: LotPart) -> LotPart:
    """A lot as people book it in; raises `CostIsOutOfRange`."""
    costs = {name: getattr(part.cost, name) for name in ("bought_in", "labour", "capital", "overhead")}
    wrong = [name for name, minor in costs.items() if not 0 <= minor <= COST_MINOR_MAX]
    if wrong:
        message = f"0 to {COST_MINOR_MAX}"
        raise CostIsOutOfRange("a cost is out of range", [(f"/cost/{name}", message) for name in wrong])
    return part
