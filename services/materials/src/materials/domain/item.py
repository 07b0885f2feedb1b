"""Items, the sites that keep them, and how each is planned there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple

from backbone.errors import Invalid, Refusal
from contracts.materials import ItemDefined, SiteDefined
from contracts.shapes import ItemPart, VendorKind
from contracts.units import Counted, ItemUnit
from contracts.values import MICRO, PropertyValue, Quantity
from contracts.vendors import PriceBreak
from materials.domain.lot_rule import PERIOD_DAYS_MAX, LotRule

TRANSIT_DAYS_MAX: Final = 366
DAMPING_DAYS_MAX: Final = 366
DAMPING_PERCENT_MAX: Final = 100
LEAD_DAYS_MAX: Final = 3_660
SHELF_LIFE_DAYS_MAX: Final = 36_600
UNITS_COUNT_MAX: Final = 21
WINDOW_DAYS_MAX: Final = 366
# What is ordered before somebody wants it: nothing, what is forecast, or what is below a reorder point.
Strategy = Literal["make-to-order", "make-to-stock", "reorder-point"]
SourceKind = Literal["make", "buy", "transfer", "internal"]


class QuantityIsNotWhole(Invalid):
    """A quantity is no whole number of its item's quantum."""


class MasterIsIncomplete(Invalid):
    """A master lacks what nobody can plan without."""


class UnitIsFixed(Refusal):
    """The unit or quantum of an item would change under its stock."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of an item: `per_micro` of it are `quantity_micro` of the unit in which the item is counted."""

    unit: str
    quantity_micro: int
    per_micro: int


class Item(NamedTuple):
    """What is stocked: its unit, the quantum it is never divided below, and its properties with their scales.

    A lot of it may be used for `shelf_life_days` from its receipt on (0: for ever). Each piece of what is `serialised`
    has a number of its own. Quantities may be said in its other `units`, and between mass and volume by its density in
    kilograms a litre (0: unknown).
    """

    sku: str
    title: str
    unit: str
    quantum_micro: int
    properties: tuple[tuple[str, str], ...] = ()
    shelf_life_days: int = 0
    serialised: bool = False
    units: tuple[Unit, ...] = ()
    density_micro: int = 0

    def checked(self) -> Item:
        """Itself; raises `MasterIsIncomplete` for a name that is empty or a number out of range."""
        if not 0 <= self.shelf_life_days <= SHELF_LIFE_DAYS_MAX:
            where = [("/shelf_life_days", f"0 to {SHELF_LIFE_DAYS_MAX}")]
            raise MasterIsIncomplete("a shelf life is some days, 0 for ever", where)
        if self.serialised and self.quantum_micro != MICRO:
            where = [("/serialised", "its quantum is not 1")]
            raise MasterIsIncomplete("only what is counted in pieces has serial numbers", where)
        if self.quantum_micro <= 0:
            raise MasterIsIncomplete("a quantum is above 0", [("/quantum", "not above 0")])
        for number, each in enumerate(self.units):
            if min(each.quantity_micro, each.per_micro) <= 0:
                raise MasterIsIncomplete("a unit is some of another", [(f"/units/{number}", "not above 0")])
        names = [self.unit, *(each.unit for each in self.units)]
        if len(set(names)) != len(names) or self.density_micro < 0 or len(names) > UNITS_COUNT_MAX:
            where = [("/units", f"{UNITS_COUNT_MAX - 1} at most, each once"), ("/density", "0 or more")]
            raise MasterIsIncomplete("units have names of their own, and a density is not below 0", where)
        if not self.sku or not self.unit:
            raise MasterIsIncomplete("an item has a number and a unit", [("/sku", "empty")])
        return self

    def told(self) -> ItemDefined:
        """The fact that it is defined so."""
        counted = self.counted
        return ItemDefined(
            self.sku,
            self.title,
            self.unit,
            counted.quantum,
            self.properties,
            counted.units,
            counted.density or None,
        )

    @property
    def counted(self) -> Counted:
        """How it is counted, in all its units."""
        units = tuple(
            ItemUnit(each.unit, Quantity.of_micro(each.quantity_micro), Quantity.of_micro(each.per_micro))
            for each in self.units
        )
        quantum, density = Quantity.of_micro(self.quantum_micro), Quantity.of_micro(self.density_micro)
        return Counted(self.sku, self.unit, quantum, units, density)

    def redefines(self, known: Item | None) -> None:
        """Whether it may replace what is known of it; raises `UnitIsFixed`, since stock is counted in the unit."""
        if known is not None and (known.unit, known.quantum_micro) != (self.unit, self.quantum_micro):
            raise UnitIsFixed(f"{self.sku} is counted in {known.unit}; its stock keeps that")

    def whole(self, micro: int) -> int:
        """The least whole number of quanta that is not below `micro`."""
        return -(-micro // self.quantum_micro) * self.quantum_micro


class Site(NamedTuple):
    """A place of ours that keeps stock; inside one legal entity goods are transferred, between two they are bought.

    Its planners are not asked to act on what differs by `damping_days` and `damping_percent` or less.
    """

    site_id: str
    title: str
    legal_entity: str
    transit_days: int
    calendar_id: str | None
    damping_days: int = 0
    damping_percent: int = 0

    def checked(self) -> Site:
        """Itself; raises `MasterIsIncomplete` for a name that is empty or a time out of range."""
        if not self.site_id or not self.legal_entity:
            raise MasterIsIncomplete("a site has an id and a legal entity", [("/site_id", "empty")])
        if not 0 <= self.transit_days <= TRANSIT_DAYS_MAX:
            message = f"0 to {TRANSIT_DAYS_MAX} days"
            raise MasterIsIncomplete("a way between two sites takes its time", [("/transit_days", message)])
        for name, number, most in (
            ("damping_days", self.damping_days, DAMPING_DAYS_MAX),
            ("damping_percent", self.damping_percent, DAMPING_PERCENT_MAX),
        ):
            if not 0 <= number <= most:
                raise MasterIsIncomplete(f"{name} is out of range", [(f"/{name}", f"0 to {most}")])
        return self

    def told(self) -> SiteDefined:
        """The fact that it is defined so."""
        return SiteDefined(self.site_id, self.title, self.legal_entity, self.transit_days)


class Parameters(NamedTuple):
    """How an item is planned at a site: its source, lot sizes, safety stock and times in working days.

    An order that begins less than `planning_fence_days` from now is firm: nothing but a person changes it, and one
    that is planned inside the fence is released by a person, too. `period_days` and `batch_days` count every day.

    Forecasts count for what is made to stock, from `demand_fence_days` on; an order uses up its own period, then those
    of `backward_days` before it and of `forward_days` after it. By a reorder point so much is ordered, by the lot rule,
    as brings stock and what is ordered, less what is wanted, back above it.
    """

    sku: str
    site_id: str
    source: SourceKind
    minimum_micro: int
    multiple_micro: int
    maximum_micro: int
    safety_micro: int
    lead_days: int
    fence_days: int
    from_site_id: str | None
    automatic: bool
    period_days: int = 0
    batch_days: int = 0
    planning_fence_days: int = 0
    strategy: Strategy = "make-to-order"
    reorder_point_micro: int = 0
    demand_fence_days: int = 0
    backward_days: int = 0
    forward_days: int = 0

    def agreed(self, quantum_micro: int) -> Parameters:
        """As they are kept for an item of that quantum; raises `LotRuleIsImpossible` and `MasterIsIncomplete`."""
        rule = LotRule.agreed(self.minimum_micro, self.multiple_micro, self.maximum_micro, quantum_micro)
        for name, number, most in (
            ("safety_stock", self.safety_micro, max(self.safety_micro, 0)),
            ("lead_days", self.lead_days, LEAD_DAYS_MAX),
            ("fence_days", self.fence_days, LEAD_DAYS_MAX),
            ("planning_fence_days", self.planning_fence_days, LEAD_DAYS_MAX),
            ("demand_fence_days", self.demand_fence_days, LEAD_DAYS_MAX),
            ("backward_days", self.backward_days, WINDOW_DAYS_MAX),
            ("forward_days", self.forward_days, WINDOW_DAYS_MAX),
            ("period_days", self.period_days, PERIOD_DAYS_MAX),
            ("batch_days", self.batch_days, PERIOD_DAYS_MAX),
        ):
            if not 0 <= number <= most:
                raise MasterIsIncomplete(f"{name} is out of range", [(f"/{name}", f"0 to {most}")])
        if (self.strategy == "reorder-point") != (self.reorder_point_micro > 0):
            raise MasterIsIncomplete(
                "a reorder point is above 0, and only what is ordered by it has one",
                [("/reorder_point", "does not fit")],
            )
        moved = self.source == "transfer"
        if moved != (self.from_site_id is not None) or self.from_site_id == self.site_id:
            raise MasterIsIncomplete(
                "a transfer comes from another site, and nothing else does",
                [("/from_site_id", "does not fit")],
            )
        return self._replace(
            minimum_micro=rule.minimum_micro,
            multiple_micro=rule.multiple_micro,
            maximum_micro=rule.maximum_micro,
        )

    @property
    def floor_micro(self) -> int:
        """What is kept there always: safety stock, or the reorder point where that is more."""
        return max(self.safety_micro, self.reorder_point_micro)

    @property
    def rule(self) -> LotRule:
        """The lot rule."""
        return LotRule(
            self.minimum_micro, self.multiple_micro, self.maximum_micro, self.period_days, self.batch_days
        )


class LaterParameters(NamedTuple):
    """How an item will be planned at a site from a moment on."""

    site_id: str
    sku: str
    effective_at: datetime
    parameters: Parameters

    @property
    def key(self) -> str:
        """What its due row is called."""
        return f"{self.site_id}/{self.sku}/{self.effective_at.isoformat()}"


class Terms(NamedTuple):
    """A vendor's terms for an item at a site, as far as planning needs them."""

    terms_id: str
    vendor_id: str
    vendor_kind: VendorKind
    sku: str
    site_id: str
    minimum_micro: int
    multiple_micro: int
    lead_days: int
    calendar_id: str | None
    valid_from_at: datetime
    valid_to_at: datetime
    rank: int
    expired: bool
    properties: tuple[PropertyValue, ...] = ()
    currency: str = ""
    prices: tuple[PriceBreak, ...] = ()

    def valid(self, at: datetime) -> bool:
        """Whether they may be ordered by at that moment."""
        return not self.expired and self.valid_from_at <= at <= self.valid_to_at


class ServiceParts(NamedTuple):
    """The parts that one performance of a service uses up."""

    service_id: str
    site_id: str
    parts: tuple[ItemPart, ...]
