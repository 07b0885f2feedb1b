"""The bodies that materials reads over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from contracts.values import ZERO, CostVector, PropertyValue, Quantity
from materials.domain.item import Strategy


@dataclass(frozen=True, slots=True)
class Taken:
    """The id under which something was taken up."""

    id: str


@dataclass(frozen=True, slots=True)
class UnitBody:
    """So much of the unit in which an item is counted is `per` of this one: exact, whatever the ratio."""

    unit: str
    quantity: Quantity
    per: Quantity = Quantity(1)  # noqa: RUF009


@dataclass(frozen=True, slots=True)
class ItemBody:
    """An item: its unit, the quantum it is never divided below, and (name, unit) of its properties.

    A lot of it may be used for `shelf_life_days` from its receipt on (0: for ever); each piece of what is `serialised`
    has a serial number. Quantities may be said in other `units` of it, in others of the same measure, and between mass
    and volume by its density in kilograms a litre.
    """

    sku: str
    title: str
    unit: str
    quantum: Quantity
    properties: tuple[tuple[str, str], ...] = ()
    shelf_life_days: int = 0
    serialised: bool = False
    units: tuple[UnitBody, ...] = ()
    density: Quantity = ZERO


@dataclass(frozen=True, slots=True)
class SiteBody:
    """A site, its legal entity, the days that goods need from it to another site, and its calendar.

    Action messages are damped: what differs by `damping_days` and `damping_percent` or less asks nobody to act.
    """

    site_id: str
    title: str
    legal_entity: str
    transit_days: int = 0
    calendar_id: str | None = None
    damping_days: int = 0
    damping_percent: int = 0


@dataclass(frozen=True, slots=True)
class ParametersBody:
    """How an item is planned at a site; lot sizes in the item's unit (0: free), times in working days.

    `fixed` stands for a minimum, multiple and maximum alike. An order serves what is short in `period_days` days from
    its due day on, and in its batch window of `batch_days` days of the calendar. Inside the planning fence nothing but
    a person changes or releases an order that was planned there.

    Forecasts count for what is made to stock, from the demand fence on: an order uses up its own period, then those of
    `backward_days` days before it, then those of `forward_days` after it. What is ordered by a reorder point has one.

    They take effect at once, or at a moment to come.
    """

    sku: str
    site_id: str
    source: Literal["make", "buy", "transfer", "internal"]
    minimum: Quantity = ZERO
    multiple: Quantity = ZERO
    maximum: Quantity = ZERO
    safety_stock: Quantity = ZERO
    lead_days: int = 0
    fence_days: int = 0
    from_site_id: str | None = None
    automatic: bool = True
    fixed: Quantity = ZERO
    period_days: int = 0
    batch_days: int = 0
    planning_fence_days: int = 0
    strategy: Strategy = "make-to-order"
    reorder_point: Quantity = ZERO
    demand_fence_days: int = 0
    backward_days: int = 0
    forward_days: int = 0
    effective_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ForecastBody:
    """So much is expected to be wanted of an item at a site from a first day to a last one; 0 takes it back.

    What the master schedule (`schedule`) says of a day goes before what is forecast for it. Orders use both up and are
    never added to them.
    """

    sku: str
    site_id: str
    starts_on: date
    ends_on: date
    quantity: Quantity
    kind: Literal["forecast", "schedule"] = "forecast"
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class LotBody:
    """Stock that is there and not in the books: so much of a lot at a site, and what that much has cost."""

    lot_id: str
    sku: str
    site_id: str
    quantity: Quantity
    cost: CostVector
    properties: tuple[PropertyValue, ...] = ()
    vendor_lot: str | None = None
    serials: tuple[str, ...] = ()
    expires_at: datetime | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class CountBody:
    """So much of a lot was counted at a site, in the item's own unit."""

    site_id: str
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class SerialsBody:
    """The serial numbers of a lot that came without them, one for each piece."""

    serials: tuple[str, ...]


SHAFT: Final = ItemBody("shaft", "Steel shaft", "piece", Quantity(1), (("hardness", "HRC"),))
PLANT: Final = SiteBody("plant-1", "The plant", "o2d Ltd", transit_days=1)
BOUGHT: Final = ParametersBody("shaft", "plant-1", "buy", multiple=Quantity(10), lead_days=5)
EXPECTED: Final = ForecastBody("shaft", "plant-1", date(2026, 4, 1), date(2026, 4, 30), Quantity(400))
OPENING: Final = LotBody("lot-1", "shaft", "plant-1", Quantity(100), CostVector(90_000, 0, 0, 5_000, "EUR"))
NUMBERED: Final = SerialsBody(("A-1001", "A-1002"))
COUNTED: Final = CountBody("plant-1", Quantity(98))
