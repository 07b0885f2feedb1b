"""Less of a run, or none: whether it can be, what waits meanwhile, how it is done; and what planners want of runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from backbone.errors import Refusal
from contracts.answers import ActionMessageAccepted, RunWishRefused
from contracts.changes import ChangeProbed, RunChangeAnswered, RunReduced, RunResized
from contracts.production import RunAborted
from contracts.shapes import ItemPart
from contracts.values import ZERO, Quantity
from production.domain.record import Why
from production.domain.run import Facts, Run

LESS_WANTED: Final = "its customer wants less"
PLANNER_CANCELS: Final = "a planner cancels it"
# A run that nobody has begun can be less, later, sooner or not at all.
AHEAD: Final = frozenset({"scheduled", "allowed"})
BEGUN: Final = frozenset({"running", "held", "closed", "merged"})


class WaitsForAChange(Refusal):
    """A customer thinks about wanting less of what a run makes; until then it is not begun."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What was answered for one run: `held` keeps it from being begun until the hold ends; `done` was carried out.

    Without a planned order it is the tombstone of a change that was withdrawn before it was asked for.
    """

    change_id: str
    planned_order_id: str
    state: Literal["held", "refused", "done", "withdrawn"]
    runs: Quantity
    inputs: tuple[ItemPart, ...]
    outputs: tuple[ItemPart, ...]
    hold_until: datetime
    refused: str | None = None

    def told(self, run_id: str) -> RunChangeAnswered:
        """What materials hears, the same each time."""
        return RunChangeAnswered(run_id, self.planned_order_id, self.change_id, self.runs, self.refused)


def answered(ask: ChangeProbed, run: Run) -> Probe:
    """Say whether a run can be less: free while nobody has begun it; stopping a begun one is never offered."""
    refused = f"run {run.run_id} is {run.state} already" if run.state in BEGUN else None
    if refused is None and run.floor.bought is not None and ZERO < ask.quantity < run.runs:
        refused = f"the work of run {run.run_id} is ordered from a vendor, as it is"
    if refused is None and ask.quantity > run.runs:
        refused = f"run {run.run_id} was split meanwhile"
    state: Literal["held", "refused"] = "held" if refused is None else "refused"
    return Probe(
        ask.change_id,
        ask.planned_order_id,
        state,
        ask.quantity if refused is None else run.runs,
        ask.inputs,
        ask.outputs,
        ask.hold_until,
        refused,
    )


def withdrawn(change_id: str, known: Mapping[str, Probe], at: datetime) -> list[Probe]:
    """What is kept for a change is let go; before it was asked for, a tombstone is left."""
    if not known:
        why = "it was withdrawn before it was asked"
        return [Probe(change_id, "", "withdrawn", ZERO, (), (), at, why)]
    return [replace(each, state="withdrawn") for each in known.values() if each.state == "held"]


def free_to_begin(run: Run, held_until: datetime | None, at: datetime) -> None:
    """Raise `WaitsForAChange` while a customer thinks about less of what a run makes."""
    if held_until is not None and at < held_until:
        raise WaitsForAChange(
            f"{run.name} may become less: its customer has until {held_until:%Y-%m-%d %H:%M} to decide"
        )


def of_change(change_id: str) -> Why:
    """Why a run is less, or none: its customer wants less."""
    return Why("materials", "made less", f"{LESS_WANTED}, change {change_id}")


def of_wish(wish: ActionMessageAccepted) -> Why:
    """Why a run is another size, elsewhere or cancelled: a planner took an action message up."""
    message = f"{wish.planned_order_id}@{wish.kind}"
    return Why(wish.accepted_by or "materials", "moved", f"a planner accepted {message}")


def lessened(run: Run, probe: Probe, at: datetime) -> tuple[Run, Facts]:
    """So much is made from now on: the run keeps its place, what lay staged has to be staged anew.

    One that was begun after its hold had ended goes on as it is: what it makes beyond is surplus.
    """
    if run.state not in AHEAD or probe.runs >= run.runs:
        return run, ()
    if probe.runs <= ZERO:
        run, _ = run.aborted(LESS_WANTED, at)
        return run, (RunAborted(run.run_id, run.planned_order_id, LESS_WANTED, probe.change_id),)
    told = RunReduced(
        run.run_id, run.planned_order_id, run.runs, probe.runs, probe.inputs, probe.outputs, probe.change_id
    )
    return _of_size(run, probe.runs, probe.inputs, probe.outputs), (told,)


def _of_size(run: Run, runs: Quantity, inputs: tuple[ItemPart, ...], outputs: tuple[ItemPart, ...]) -> Run:
    """The run asked for at another size: what lay staged for it has to be staged anew."""
    floor = replace(run.floor, staged=())
    return run.changed("scheduled", runs=runs, inputs=inputs, outputs=outputs, staged_runs=ZERO, floor=floor)


def not_resized(
    run: Run, wish: ActionMessageAccepted, held_until: datetime | None, at: datetime
) -> str | None:
    """Why a run cannot be the size that a planner wants; one that was split or lessened meanwhile is another run."""
    if wish.run is None or wish.run.was != run.runs:
        return f"run {run.run_id} is {run.runs} runs meanwhile"
    if run.floor.bought is not None:
        return f"the work of run {run.run_id} is ordered from a vendor, as it is"
    if held_until is not None and at < held_until:
        return (
            f"run {run.run_id} may become less: its customer has until {held_until:%Y-%m-%d %H:%M} to decide"
        )
    return None


def resized(run: Run, wish: ActionMessageAccepted) -> tuple[Run, Facts]:
    """The run at the size that a planner wants, and what materials hears."""
    size = wish.run
    if size is None:
        return run, ()
    told = RunResized(
        run.run_id, run.planned_order_id, wish.quantity, run.runs, size.runs, size.inputs, size.outputs
    )
    return _of_size(run, size.runs, size.inputs, size.outputs), (told,)


def refused_wish(wish: ActionMessageAccepted, run: Run, reason: str) -> RunWishRefused:
    """Why what a planner wants of a run cannot be."""
    return RunWishRefused(run.run_id, wish.planned_order_id, wish.kind, reason)


def movable(wishes: Iterable[ActionMessageAccepted]) -> set[str]:
    """The planned orders whose runs planners want at another moment, or at another size."""
    return {
        each.planned_order_id
        for each in wishes
        if each.run is not None or (each.kind in {"expedite", "defer"} and each.wanted_at is not None)
    }
