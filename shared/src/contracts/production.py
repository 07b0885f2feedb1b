"""Facts of production: recipes, the schedule, what runs consume, produce and measure, and how they end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from contracts.recipes import Operation, RecipeInput, RecipeOutput
from contracts.shapes import LateCause, LotPart, RecipeKind, Role, Shift
from contracts.values import CostVector, PropertyValue, Quantity


@dataclass(frozen=True, slots=True)
class RecipeApproved:
    """A second person approved a version of a recipe; it may be planned and run from its first day on."""

    recipe_id: str
    version: int
    kind: RecipeKind
    title: str
    site_id: str
    inputs: tuple[RecipeInput, ...]
    outputs: tuple[RecipeOutput, ...]
    operations: tuple[Operation, ...]
    effective_from: datetime
    effective_to: datetime | None
    author: str
    approver: str
    lead_days: int
    phantom: bool = False


@dataclass(frozen=True, slots=True)
class RecipeRetired:
    """A version of a recipe is not used for new runs any more."""

    recipe_id: str
    version: int


@dataclass(frozen=True, slots=True)
class CalendarChanged:
    """The working days and hours of a calendar: weekdays 0 (Monday) to 6, a day's hours, and days off.

    What closes after hour 24 does so on the next day. Where there are shifts, work is done in these alone: the weekdays
    are all of theirs, the hours reach from the first that opens to the last that closes.
    """

    calendar_id: str
    weekdays: tuple[int, ...]
    opens_at_hour: int
    closes_at_hour: int
    days_off: tuple[str, ...] = ()
    shifts: tuple[Shift, ...] = ()


@dataclass(frozen=True, slots=True)
class ScheduledOperation:
    """An operation of a run in time: where, from when to when, and its load in minutes."""

    operation_no: int
    work_centre_id: str
    starts_at: datetime
    ends_at: datetime
    load_minutes: Quantity


@dataclass(frozen=True, slots=True)
class RunScheduled:
    """A run has its place in the schedule; its output is there at its end. One that ends late says why."""

    run_id: str
    planned_order_id: str
    operations: tuple[ScheduledOperation, ...]
    starts_at: datetime
    ends_at: datetime
    late_cause: LateCause | None = None


@dataclass(frozen=True, slots=True)
class RunRefused:
    """A run cannot be scheduled as it was asked for."""

    run_id: str
    planned_order_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class RunStarted:
    """An operator or a machine started a run; with one that a vendor does, these lots are `sent` there."""

    run_id: str
    planned_order_id: str
    sent: tuple[LotPart, ...] = ()


@dataclass(frozen=True, slots=True)
class ParameterRecorded:
    """A parameter of an operation was measured; whether it kept to its limits."""

    run_id: str
    operation_no: int
    name: str
    unit: str
    value: Quantity
    within: bool


@dataclass(frozen=True, slots=True)
class MaterialConsumed:
    """A run took these lots."""

    run_id: str
    planned_order_id: str
    site_id: str
    lots: tuple[LotPart, ...]
    rework: bool = False


@dataclass(frozen=True, slots=True)
class ProducedLot:
    """A lot that a run made, with its role, its cost, and the lots it was made from."""

    part: LotPart
    role: Role
    blocked: bool = False
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MaterialProduced:
    """A run made these lots."""

    run_id: str
    planned_order_id: str
    site_id: str
    lots: tuple[ProducedLot, ...]


@dataclass(frozen=True, slots=True)
class RunHeld:
    """A run stands still because of a constraint."""

    run_id: str
    planned_order_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class RunResumed:
    """A run that stood still goes on."""

    run_id: str
    planned_order_id: str


@dataclass(frozen=True, slots=True)
class RunAborted:
    """A run was given up; unless a change did so its rest comes from elsewhere. A vendor gave `back` what it had."""

    run_id: str
    planned_order_id: str
    reason: str
    change_id: str | None = None
    back: tuple[LotPart, ...] = ()


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The last operation of a run is done."""

    run_id: str
    planned_order_id: str


@dataclass(frozen=True, slots=True)
class RunClosed:
    """A run is reconciled: minutes and cost of the work, plan and outcome, what a vendor gave `back`."""

    run_id: str
    planned_order_id: str
    labour_minutes: Quantity
    machine_minutes: Quantity
    cost: CostVector
    planned_quantity: Quantity
    good_quantity: Quantity
    back: tuple[LotPart, ...] = ()


@dataclass(frozen=True, slots=True)
class LotInspected:
    """A lot was measured; the values replace what was expected of it."""

    lot_id: str
    sku: str
    run_id: str | None
    passed: bool
    properties: tuple[PropertyValue, ...]


@dataclass(frozen=True, slots=True)
class LotDisposed:
    """What becomes of a blocked lot was decided; use as it is takes a second person."""

    lot_id: str
    sku: str
    site_id: str
    disposition: Literal["release", "rework", "use-as-is", "scrap"]
    reason: str
    decided_by: str
    seconded_by: str | None = None
    recipe_id: str | None = None


@dataclass(frozen=True, slots=True)
class WorkCentreDefined:
    """A work centre and what an hour of its people and its machines costs (minor units)."""

    work_centre_id: str
    site_id: str
    title: str
    calendar_id: str
    machines: int
    labour_rate_minor: int
    machine_rate_minor: int
    overhead_rate: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class BatchRecordSigned:
    """A person who had just signed in put a name and a meaning to the batch record of a run as it stood."""

    run_id: str
    planned_order_id: str
    signature_id: str
    meaning: Literal["performed", "reviewed", "approved"]
    signed_by: str
    digest: str
    entries: int
