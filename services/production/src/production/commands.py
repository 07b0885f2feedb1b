"""What production can be asked or told to do; ids and who asks never come from a request's body."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from contracts.materials import RunRequested
from contracts.shapes import LotPart
from contracts.values import PropertyValue, Quantity
from contracts.vendors import ReceivedLine
from production.domain.act import Act
from production.domain.downtime import Downtime
from production.domain.lots import Disposition
from production.domain.plant import Calendar, WorkCentre
from production.domain.quality import InspectionPlan, Sample
from production.domain.readings import MachineReading
from production.domain.recipe import Content
from production.domain.standard import StandardPrice


@dataclass(frozen=True, slots=True)
class DefineCalendar:
    """Say when work is done."""

    calendar: Calendar


@dataclass(frozen=True, slots=True)
class DefineWorkCentre:
    """Say where work is done and what an hour of it costs."""

    centre: WorkCentre


@dataclass(frozen=True, slots=True)
class TellDowntime:
    """Say when a machine stands still; its id is made when it is kept."""

    downtime: Downtime


@dataclass(frozen=True, slots=True)
class DraftRecipe:
    """Write the next version of a recipe."""

    recipe_id: str
    content: Content
    author: str


@dataclass(frozen=True, slots=True)
class CopyRecipe:
    """Draft what a version says once more, as another recipe, for another site, or from another day on."""

    recipe_id: str
    recipe_version: int
    to_recipe_id: str
    author: str
    site_id: str | None = None
    title: str | None = None
    effective_from: datetime | None = None

    def changed(self, content: Content) -> Content:
        """What the copy says; one that begins on another day ends when somebody says so."""
        ends = content.effective_to if self.effective_from is None else None
        return replace(
            content,
            site_id=self.site_id or content.site_id,
            title=self.title or content.title,
            effective_from=self.effective_from or content.effective_from,
            effective_to=ends,
        )


@dataclass(frozen=True, slots=True)
class RewriteRecipe:
    """Change a draft of one's own, as it was when it was seen."""

    recipe_id: str
    recipe_version: int
    content: Content
    author: str
    expected_version: int


@dataclass(frozen=True, slots=True)
class RejectRecipe:
    """Give a version back to its author."""

    recipe_id: str
    recipe_version: int
    rejected_by: str


@dataclass(frozen=True, slots=True)
class SubmitRecipe:
    """Give a draft to a second person to read."""

    recipe_id: str
    recipe_version: int


@dataclass(frozen=True, slots=True)
class ApproveRecipe:
    """Approve a version of a recipe that somebody else wrote."""

    recipe_id: str
    recipe_version: int
    approver: str


@dataclass(frozen=True, slots=True)
class RetireRecipe:
    """Use a version of a recipe for no new run."""

    recipe_id: str
    recipe_version: int


@dataclass(frozen=True, slots=True)
class SetStandardPrices:
    """Say what bought items should cost at a site, from the next roll-up on."""

    site_id: str
    prices: tuple[StandardPrice, ...]


@dataclass(frozen=True, slots=True)
class RollUpCosts:
    """Reckon what all items of a site should cost, by the prices, recipes and rates of this moment."""

    site_id: str
    currency: str
    by: str


@dataclass(frozen=True, slots=True)
class KnowItem:
    """An item is counted in this unit, and never divided below this."""

    sku: str
    quantum: Quantity
    unit: str


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
class ActOnRun:
    """Do something at a run."""

    run_id: str
    act: Act
    by: str


@dataclass(frozen=True, slots=True)
class ActOnRuns:
    """Do something at each of many runs; what is refused for one changes nothing for the others."""

    acts: tuple[ActOnRun, ...]


@dataclass(frozen=True, slots=True)
class RecordReadings:
    """Machines measured parameters of runs."""

    readings: tuple[MachineReading, ...]
    by: str


@dataclass(frozen=True, slots=True)
class AwaitReturned:
    """Lots that a client did not take are back and are to be inspected."""

    site_id: str
    lots: tuple[LotPart, ...]


@dataclass(frozen=True, slots=True)
class AwaitInspection:
    """Lots that arrived are to be inspected before anybody uses them; those of our own sites are known by their ids."""

    lines: tuple[ReceivedLine, ...]
    internal: bool


@dataclass(frozen=True, slots=True)
class ForgetLots:
    """Lots went back to their vendor."""

    lots: tuple[LotPart, ...]


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
class DisposeLot:
    """Decide what becomes of a blocked lot."""

    lot_id: str
    disposition: Disposition
    reason: str
    decided_by: str
    recipe_id: str | None
