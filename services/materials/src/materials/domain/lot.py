"""Lots and their stock: what lies where, what is reserved of it, and what it has cost."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, NamedTuple

from backbone.errors import Invalid, Refusal
from contracts.shapes import LotPart, LotStatus, MoveReason
from contracts.values import CostVector, PropertyValue, Quantity
from materials.domain.told import Told, cut, minus, plus

Store = Literal["main", "transit", "vendor"]
MAIN: Final[Store] = "main"
TRANSIT: Final[Store] = "transit"
VENDOR: Final[Store] = "vendor"
# Thousands of such lots add up to less than what a column of 64 bits holds.
COST_MINOR_MAX: Final = 10**15
USABLE: Final[LotStatus] = "released"
UNDECIDED: Final[frozenset[LotStatus]] = frozenset({"blocked", "in-quality-check"})


class StockIsShort(Refusal):
    """Less is on hand than is to leave."""


class LotIsAnother(Refusal):
    """What is to be booked in under the id of a lot is another item than the lot is, or has cost another currency."""


class MomentIsNotPast(Invalid):
    """Stock is asked for at a moment that has not passed, or that names no zone."""


class CostIsOutOfRange(Invalid):
    """What a lot is said to have cost is below nothing, or beyond what can be added up."""


class Lot(NamedTuple):
    """A lot: what it is, in which status, with which properties, and where it came from.

    From `expires_at` on nobody may use it. One of an item with serial numbers `awaits_serials` until they are known;
    one that somebody has to look at first `awaits_inspection`.
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
    awaits_inspection: bool = False

    def keeps_until(self, at: datetime) -> bool:
        """Whether it may still be used at that moment."""
        return self.expires_at is None or at < self.expires_at


class Stock(NamedTuple):
    """So much of a lot in a store of a site; the cost is of all that lies there, in minor units.

    Runs and clients have been `told` what parts of it have cost: that part of the cost leaves with them alone. Where
    more of a lot arrived that has to be looked at first, what lies there `awaits_inspection`, and the rest does not.
    """

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
    told_micro: int = 0
    told_bought_in_minor: int = 0
    told_labour_minor: int = 0
    told_capital_minor: int = 0
    told_overhead_minor: int = 0
    awaits_inspection: bool = False

    @property
    def free_micro(self) -> int:
        """What is on hand and reserved for nobody."""
        return self.on_hand_micro - self.reserved_micro

    @property
    def told(self) -> Told:
        """What others have heard of parts of it that lie here still."""
        return (
            self.told_micro, self.told_bought_in_minor, self.told_labour_minor, self.told_capital_minor,
            self.told_overhead_minor,
        )  # fmt: skip

    @property
    def untold(self) -> Told:
        """The rest of it, of which nobody has heard what it has cost."""
        costs = (self.bought_in_minor, self.labour_minor, self.capital_minor, self.overhead_minor)
        return minus((self.on_hand_micro, *costs), self.told)

    def telling(self, told: Told) -> Stock:
        """Others hear of this, too; what is below zero is taken back."""
        now = plus(self.told, told)
        return self._replace(
            told_micro=now[0],
            told_bought_in_minor=now[1],
            told_labour_minor=now[2],
            told_capital_minor=now[3],
            told_overhead_minor=now[4],
        )

    def cost_of(self, micro: int, currency: str) -> CostVector:
        """What `micro` of the untold rest cost: its share, and all that is left when it is the last.

        So the parts of a lot add up to what the lot has cost, to the cent, in whatever order they are told and leave.
        """
        _, bought_in, labour, capital, overhead = cut(self.untold, micro)
        return CostVector(bought_in, labour, capital, overhead, currency)

    def plus(self, micro: int, cost: CostVector) -> Stock:
        """More of it, at that cost."""
        return self._replace(
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
        left = self.plus(-micro, gone)
        return left._replace(awaits_inspection=self.awaits_inspection and left.on_hand_micro > 0)


class Move(NamedTuple):
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


class Serial(NamedTuple):
    """The piece of that number belongs to a lot."""

    sku: str
    serial: str
    lot_id: str


class Link(NamedTuple):
    """An edge of the lot graph: `child_id` was made from `parent_id`."""

    child_id: str
    parent_id: str


def part_of(lot: Lot, micro: int, cost: CostVector) -> LotPart:
    """So much of a lot at that cost, as others hear of it."""
    return LotPart(
        lot.lot_id, lot.sku, Quantity.of_micro(micro), cost, lot.properties, lot.vendor_lot, lot.serials
    )


def costed(part: LotPart) -> LotPart:
    """A lot as people book it in; raises `CostIsOutOfRange`."""
    costs = {name: getattr(part.cost, name) for name in ("bought_in", "labour", "capital", "overhead")}
    wrong = [name for name, minor in costs.items() if not 0 <= minor <= COST_MINOR_MAX]
    if wrong:
        message = f"0 to {COST_MINOR_MAX}"
        raise CostIsOutOfRange("a cost is out of range", [(f"/cost/{name}", message) for name in wrong])
    return part


def same_lot(known: Lot | None, part: LotPart) -> None:
    """Whether more of a lot may be booked in as this; raises `LotIsAnother`."""
    if known is None:
        return
    if known.sku != part.sku:
        raise LotIsAnother(f"lot {known.lot_id} is of {known.sku}, not of {part.sku}")
    if known.currency != part.cost.currency:
        raise LotIsAnother(
            f"what lot {known.lot_id} has cost is in {known.currency}, not in {part.cost.currency}"
        )
