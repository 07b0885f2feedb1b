"""Runs and lots: what production is asked or told to do with them."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.instead import MaterialsDelayed
from contracts.materials import RunRequested
from contracts.shapes import LotPart
from contracts.values import PropertyValue, Quantity
from contracts.vendors import (
    GoodsReceived,
    OrderAcknowledged,
    PurchaseOrderCancelled,
    PurchaseOrderIssued,
    PurchaseRefused,
    ReceivedLine,
)
from production.domain.act import Act, Decide
from production.domain.counts import MachineCount
from production.domain.lots import Disposition
from production.domain.points import InspectionPoint
from production.domain.quality import InspectionPlan, Sample
from production.domain.readings import MachineReading
from production.domain.signature import Meaning


@dataclass(frozen=True, slots=True)
class PlanRun:
    """Find a place in time for a run."""

    asked: RunRequested


@dataclass(frozen=True, slots=True)
class AllowRun:
    """The material of a run, or of so many of its runs, lies ready."""

    planned_order_id: str
    runs: Quantity
    lots: tuple[LotPart, ...]


@dataclass(frozen=True, slots=True)
class UnstageRun:
    """What lay ready for a run does so no more."""

    planned_order_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class FollowPurchase:
    """What became of the work that is bought for a run: who is asked, agrees, sends it back, or does not do it."""

    planned_order_id: str
    fact: PurchaseOrderIssued | OrderAcknowledged | PurchaseRefused | GoodsReceived | PurchaseOrderCancelled


@dataclass(frozen=True, slots=True)
class AwaitMaterial:
    """The material of a run comes later than it was to begin."""

    delayed: MaterialsDelayed


@dataclass(frozen=True, slots=True)
class ActOnRun:
    """Do something at a run."""

    run_id: str
    act: Act
    by: str
    # A machine is not asked for skills.
    machine: bool = False


@dataclass(frozen=True, slots=True)
class ActOnRuns:
    """Do something at each of many runs; what is refused for one changes nothing for the others."""

    acts: tuple[ActOnRun, ...]


@dataclass(frozen=True, slots=True)
class FollowOverrun:
    """Look whether a run that was begun goes on beyond its place in time."""

    run_id: str


@dataclass(frozen=True, slots=True)
class BlockLate:
    """Block what a run had made after it was out of its limits, and before anybody heard of that."""

    run_id: str


@dataclass(frozen=True, slots=True)
class SignRecord:
    """Put a name and a meaning to the batch record of a run, as its digest says that it was seen."""

    run_id: str
    meaning: Meaning
    digest: str
    signer: str


@dataclass(frozen=True, slots=True)
class RecordReadings:
    """Machines measured parameters of runs."""

    readings: tuple[MachineReading, ...]
    by: str


@dataclass(frozen=True, slots=True)
class RecordCounts:
    """Machines counted what runs make."""

    counts: tuple[MachineCount, ...]
    by: str


@dataclass(frozen=True, slots=True)
class AwaitReturned:
    """Lots that a client, or another site of ours, did not take are back and are to be inspected."""

    site_id: str
    lots: tuple[LotPart, ...]


@dataclass(frozen=True, slots=True)
class AwaitInspection:
    """Lots that arrived are to be inspected before anybody uses them; those of our own sites are known by their ids."""

    lines: tuple[ReceivedLine, ...]
    internal: bool


@dataclass(frozen=True, slots=True)
class ForgetLots:
    """Lots went back to their vendor; where that is a site of ours they are back there."""

    lots: tuple[LotPart, ...]
    back_at: str | None = None


@dataclass(frozen=True, slots=True)
class InspectLot:
    """A lot was measured."""

    lot_id: str
    passed: bool
    properties: tuple[PropertyValue, ...]


@dataclass(frozen=True, slots=True)
class PlanInspection:
    """Say how lots of an item are inspected, from now on."""

    plan: InspectionPlan


@dataclass(frozen=True, slots=True)
class RecordInspection:
    """A sample of a lot was measured by the plan of its item."""

    lot_id: str
    samples: tuple[Sample, ...]
    by: str


@dataclass(frozen=True, slots=True)
class PlanPoint:
    """Say how the work of an operation of a recipe is inspected, from now on, or that it is not any more."""

    point: InspectionPoint


@dataclass(frozen=True, slots=True)
class InspectRun:
    """A sample of so many runs was measured behind an operation; of all that have not passed there if absent."""

    run_id: str
    operation_no: int
    sku: str
    samples: tuple[Sample, ...]
    runs: Quantity | None
    by: str


@dataclass(frozen=True, slots=True)
class DecideRun:
    """Say what becomes of runs that wait at an inspection point."""

    run_id: str
    decision: Decide
    by: str


@dataclass(frozen=True, slots=True)
class DisposeLot:
    """Decide what becomes of a blocked lot."""

    lot_id: str
    disposition: Disposition
    reason: str
    decided_by: str
    recipe_id: str | None
