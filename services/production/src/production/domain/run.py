"""A run from its place in the schedule to its reckoning; it keeps the recipe version that it was planned with."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from backbone.errors import Invalid
from contracts.production import (
    ParameterRecorded,
    RunAborted,
    RunHeld,
    RunRefused,
    RunResumed,
    RunScheduled,
    RunStarted,
    ScheduledOperation,
)
from contracts.recipes import ParameterLimit
from contracts.shapes import ItemPart, LateCause, LotPart
from contracts.values import ZERO, Quantity, total
from production.domain.act import Reading
from production.domain.floor import Floor, Recorded, Stop, kept
from production.domain.material import drawn
from production.domain.points import Point, demand_decided
from production.domain.recipe import Content
from production.domain.stages import gone_through
from production.domain.states import RUN, WrongState, moved

# So much later than planned a run may begin and keep its place.
LATE_SPAN_MAX: Final = timedelta(hours=1)

Facts = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A run: what it was asked for, when it has its place, and what has happened at it."""

    run_id: str
    planned_order_id: str
    recipe_id: str
    recipe_version: int
    site_id: str
    runs: Quantity
    inputs: tuple[ItemPart, ...]
    outputs: tuple[ItemPart, ...]
    due_at: datetime
    priority: int
    state: str
    root_id: str | None
    rework_lot_id: str | None = None
    operations: tuple[ScheduledOperation, ...] = ()
    reason: str | None = None
    staged_runs: Quantity = ZERO
    done_runs: Quantity = ZERO
    floor: Floor = field(default_factory=Floor)
    version: int = 1
    # When its material is planned to be there; unknown for runs that were planned before that was kept.
    material_at: datetime | None = None
    # Why it ends late where it is; absent for one that is in time.
    late_cause: LateCause | None = None

    @property
    def starts_at(self) -> datetime:
        """When its first operation begins, the due moment for a run without a place."""
        return min((each.starts_at for each in self.operations), default=self.due_at)

    @property
    def ends_at(self) -> datetime:
        """When its last operation ends, the due moment for a run without a place."""
        return max((each.ends_at for each in self.operations), default=self.due_at)

    @property
    def left(self) -> Quantity:
        """How many of its runs are staged and not done."""
        return self.staged_runs - self.done_runs

    def through(self, operation_no: int | None) -> Quantity:
        """How many of its runs went through an operation, or through all of them."""
        ahead = ZERO if operation_no is None else gone_through(self.floor.stages, operation_no)
        return self.done_runs + ahead

    @property
    def over(self) -> bool:
        """Whether nothing more happens at it."""
        return not RUN[self.state]

    def placed(self, operations: tuple[ScheduledOperation, ...]) -> Run:
        """The run with its place in time."""
        return replace(self, state="scheduled", operations=operations)

    def refused(self, reason: str) -> Run:
        """The run without a place in time, and why."""
        return replace(self, state="refused", reason=reason, operations=())

    def missed(self, at: datetime) -> bool:
        """Whether it still waits for material while its place in time goes by."""
        return self.state == "scheduled" and at > self.starts_at + LATE_SPAN_MAX

    @property
    def late(self) -> bool:
        """Whether it ends later than it is wanted."""
        return self.ends_at > self.due_at

    def blamed(self, cause: LateCause, before: Run | None = None) -> Run:
        """The run with why it is late, if it is; one that is no later than `before` keeps the cause that it had.

        That a lot has to be made good is why a rework is late, whatever it waits for.
        """
        known = before.late_cause if before is not None and self.ends_at <= before.ends_at else None
        found: LateCause = known or ("quality" if self.rework_lot_id is not None else cause)
        return replace(self, late_cause=found if self.late else None)

    def answer(self) -> RunScheduled | RunRefused:
        """What whoever asked for the run hears, the same each time."""
        if not self.operations:
            return RunRefused(self.run_id, self.planned_order_id, self.reason or "")
        return RunScheduled(
            self.run_id, self.planned_order_id, self.operations, self.starts_at, self.ends_at, self.late_cause
        )

    def staged(self, runs: Quantity, lots: tuple[LotPart, ...]) -> Run:
        """Material lies ready: the run may start. All of it once more stands instead of what lay there before.

        More than is asked for is a word of before it became less, and changes nothing.
        """
        whole = runs == self.runs
        if self.over or runs <= ZERO or (not whole and self.staged_runs + runs > self.runs):
            return self
        state = "allowed" if self.state == "scheduled" else self.state
        here = () if whole else self.floor.staged
        floor = replace(self.floor, staged=(*here, *self._wanted(lots)))
        staged_runs = self.runs if whole else self.staged_runs + runs
        return self.changed(state, staged_runs=staged_runs, floor=floor)

    def _wanted(self, lots: tuple[LotPart, ...]) -> tuple[LotPart, ...]:
        """What a run that has taken something already still needs of lots; all of them when it has not."""
        if not self.floor.consumed:
            return lots
        needs = {part.sku: ZERO for part in self.inputs}
        for part in self.inputs:
            needs[part.sku] += part.quantity
        for lot in self.floor.consumed:
            needs[lot.sku] = needs.get(lot.sku, ZERO) - lot.quantity
        return drawn(lots, {sku: quantity for sku, quantity in needs.items() if quantity > ZERO})[0]

    def given_back(self, bad: Collection[str]) -> Run:
        """The run without what lies staged, where one of these lots lies there: it waits for other material.

        What a rework was decided for lies there although it is blocked.
        """
        bad_here = any(part.lot_id in bad for part in self.not_to_rework(self.floor.staged))
        return self.unstaged() if bad_here else self

    def unstaged(self) -> Run:
        """The run without what lies staged: what has not been taken of it belongs to others by now."""
        if self.over or not self.floor.staged:
            return self
        state = "scheduled" if self.state == "allowed" else self.state
        return self.changed(state, staged_runs=self.done_runs, floor=replace(self.floor, staged=()))

    def not_to_rework(self, lots: Iterable[LotPart]) -> tuple[LotPart, ...]:
        """Lots without the one that the run was decided for."""
        return tuple(part for part in lots if part.lot_id != self.rework_lot_id)

    def leaves(self, sku: str) -> bool:
        """Whether it is over, and has taken less of the lot (of an item) that it was to put right than it was to."""
        asked = total(part.quantity for part in self.inputs if part.sku == sku)
        taken = total(part.quantity for part in self.floor.consumed if part.lot_id == self.rework_lot_id)
        return self.over and taken < asked

    def started(self, at: datetime, points: tuple[Point, ...] = ()) -> tuple[Run, Facts]:
        """An operator or a machine begins; raises `WrongState` unless the run is allowed."""
        if self.state != "allowed":
            moved(RUN, self.name, self.state, "started")
        return self._begun(self.changed("running"), at, points)

    def overridden(self, at: datetime, points: tuple[Point, ...] = ()) -> tuple[Run, Facts]:
        """It begins before its material lies ready; what it makes is reported when there is something to make it of.

        Raises `WrongState` unless it waits for material.
        """
        if self.state != "scheduled":
            moved(RUN, self.name, self.state, "started without its material")
        return self._begun(self._to("running"), at, points)

    @staticmethod
    def _begun(run: Run, at: datetime, points: tuple[Point, ...]) -> tuple[Run, Facts]:
        """The run at work; what lies staged for a vendor's work is on its way there, and is inspected as it is back."""
        bought = run.floor.bought
        if bought is not None and bought.agreed_at is None:
            raise WrongState(f"no vendor has agreed to do the work of {run.name} yet: nothing is sent")
        gone = () if bought is None else run.floor.staged
        sent = None if bought is None else replace(bought, sent=gone)
        here = points if bought is None else ()
        run = replace(run, floor=replace(run.floor, started_at=at, bought=sent, points=here))
        return run, (RunStarted(run.run_id, run.planned_order_id, gone),)

    def held(self, reason: str, at: datetime) -> tuple[Run, Facts]:
        """The run stands still."""
        stops = kept((*self.floor.stops, Stop(reason, at)), "stops")
        run = self._to("held", reason=reason, floor=replace(self.floor, stops=stops))
        return run, (RunHeld(self.run_id, self.planned_order_id, reason),)

    def resumed(self, at: datetime) -> tuple[Run, Facts]:
        """The run goes on; raises `WrongState` unless it stands still, `NotDecidedYet` where that is quality's word."""
        if self.state != "held":
            moved(RUN, self.name, self.state, "resumed")
        demand_decided(self.floor.points)
        run = self._to("running", reason=None, floor=self._going(at))
        return run, (RunResumed(self.run_id, self.planned_order_id),)

    def aborted(self, reason: str, at: datetime) -> tuple[Run, Facts]:
        """The run is given up; what lies staged is free again."""
        floor = replace(self._going(at), staged=(), ended_at=at)
        run = self._to("aborted", reason=reason, floor=floor)
        return run, (RunAborted(self.run_id, self.planned_order_id, reason, back=self.floor.back),)

    def permitted(self, person: str) -> Run:
        """The run, which a person may do without the skill that it asks for; raises `WrongState` when it is over."""
        if self.over:
            moved(RUN, self.name, self.state, "let to somebody")
        let = kept((*self.floor.let, person), "people who are let")
        return self.changed(self.state, floor=replace(self.floor, let=let))

    def measured(
        self, content: Content, readings: tuple[Reading, ...], at: datetime, by: str
    ) -> tuple[Run, Facts]:
        """Parameters were measured; raises `Invalid` for one that the recipe does not have, `WrongState`."""
        self.demand_running("measured")
        return self.recorded(content, readings, at, by)

    def recorded(
        self, content: Content, readings: tuple[Reading, ...], at: datetime, by: str
    ) -> tuple[Run, Facts]:
        """What was measured while it was at work, be it heard of later; raises `Invalid` as `measured` does."""
        records = []
        for place, reading in enumerate(readings):
            limit = _limit(content, reading, place)
            within = limit.minimum <= reading.value <= limit.maximum
            records.append(
                Recorded(reading.operation_no, reading.name, limit.unit, reading.value, within, at, by)
            )
        told = [
            ParameterRecorded(self.run_id, r.operation_no, r.name, r.unit, r.value, r.within) for r in records
        ]
        floor = replace(self.floor, recorded=kept((*self.floor.recorded, *records), "recorded parameters"))
        return self.changed(self.state, floor=floor), tuple(told)

    @property
    def out_of_limits(self) -> bool:
        """Whether any parameter was measured outside its limits: what the run makes is blocked."""
        return not all(record.within for record in self.floor.recorded)

    def demand_placed(self) -> None:
        """Raise `WrongState` for a run that was refused: it never had a place in time, or even a recipe."""
        if self.state == "refused":
            raise WrongState(f"{self.name} is refused: {self.reason}")

    def demand_running(self, wanted: str) -> None:
        """Raise `WrongState` unless the run is running."""
        if self.state != "running":
            moved(RUN, self.name, self.state, wanted)

    def changed(self, state: str, **changes: object) -> Run:
        """The run in a state with some fields changed, one version on."""
        return replace(self, state=state, version=self.version + 1, **changes)  # type: ignore[arg-type]

    @property
    def name(self) -> str:
        """What people read in a refusal."""
        return f"run {self.run_id}"

    def _to(self, state: str, **changes: object) -> Run:
        return self.changed(moved(RUN, self.name, self.state, state), **changes)

    def _going(self, at: datetime) -> Floor:
        stops = self.floor.stops
        if stops and stops[-1].to_at is None:
            stops = (*stops[:-1], replace(stops[-1], to_at=at))
        return replace(self.floor, stops=stops)


def _limit(content: Content, reading: Reading, place: int) -> ParameterLimit:
    for operation in content.operations:
        for limit in operation.parameters:
            if (operation.operation_no, limit.name) == (reading.operation_no, reading.name):
                return limit
    raise Invalid(
        "the recipe has no such parameter", [(f"/readings/{place}", "no parameter of this operation")]
    )
