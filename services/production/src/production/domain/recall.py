"""A recall from its opening until each lot it reaches has its outcome; and what it does to runs and lots."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from backbone.errors import Invalid, Refusal
from contracts.production import RunHeld
from contracts.recalls import RecallClosed, RecallOpened, RecallWidened
from production.domain.floor import Stop, kept
from production.domain.lots import MadeLot
from production.domain.run import Facts, Run
from production.domain.states import LOT, WrongState

RecallState = Literal["tracing", "traced", "closed"]
LOTS_COUNT_MAX: Final = 200
# A lot in one of these waits for a decision.
UNDECIDED: Final = ("in-inspection", "blocked", "proposed")


class OutcomesMissing(Refusal):
    """A recall is closed when each lot that it reaches has its outcome, and each customer an answer."""


class StillTracing(Refusal):
    """Nobody knows yet what a recall reaches."""


@dataclass(frozen=True, slots=True)
class Open:
    """What of a recall waits: lots to be decided on, customers to be answered, lots that others look for yet."""

    lots: Sequence[str] = ()
    tickets: Sequence[str] = ()
    untraced: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Recall:
    """A recall: of a vendor's lot (of an item), of named lots, or of what a run has made (`cause_run_id`)."""

    recall_id: str
    reason: str
    lot_ids: tuple[str, ...]
    vendor_lot: str | None
    sku: str | None
    cause_run_id: str | None
    opened_by: str
    opened_at: datetime
    state: RecallState = "tracing"
    unknown: tuple[str, ...] = ()
    closed_by: str | None = None
    closed_at: datetime | None = None
    summary: str | None = None
    version: int = 1

    @property
    def why(self) -> str:
        """Why a run stands still or a lot is blocked because of it."""
        return f"recall {self.recall_id}: {self.reason}"

    def opened(self, known: Collection[str]) -> RecallOpened:
        """The fact of its opening; `known` are those of its lots that are kept here."""
        ours = tuple(lot_id for lot_id in self.lot_ids if lot_id in known)
        others = tuple(lot_id for lot_id in self.lot_ids if lot_id not in known)
        return RecallOpened(
            self.recall_id, self.reason, self.opened_by, ours, others, self.vendor_lot, self.sku
        )

    def traced(self, unknown: tuple[str, ...], untraced: Sequence[str], *, complete: bool) -> Recall:
        """Materials has found lots; after the last of them it is traced, unless what was made meanwhile is not."""
        if self.state == "closed":
            return self
        state: RecallState = "traced" if complete and not untraced else "tracing"
        return replace(self, state=state, unknown=unknown, version=self.version + 1)

    def widened(self, lot_ids: Sequence[str]) -> tuple[Recall, RecallWidened]:
        """Lots were made of recalled ones that nobody has traced yet."""
        return (
            replace(self, state="tracing", version=self.version + 1),
            RecallWidened(self.recall_id, tuple(lot_ids)),
        )

    def closed(self, waits: Open, *, by: str, at: datetime, summary: str) -> tuple[Recall, RecallClosed]:
        """It is over; raises `WrongState`, `StillTracing`, `OutcomesMissing`."""
        if self.state == "closed":
            raise WrongState(f"recall {self.recall_id} is closed already")
        if self.state == "tracing" or waits.untraced:
            raise StillTracing(
                f"what recall {self.recall_id} reaches, and who was sent some, is still looked for"
            )
        if waits.lots or waits.tickets:
            named = ", ".join(
                [*(f"lot {each}" for each in waits.lots), *(f"ticket {each}" for each in waits.tickets)]
            )
            raise OutcomesMissing(f"recall {self.recall_id} still waits for {named}")
        recall = replace(
            self, state="closed", closed_by=by, closed_at=at, summary=summary, version=self.version + 1
        )
        return recall, RecallClosed(self.recall_id, by, summary)


def demand_one_cause(lot_ids: Collection[str], vendor_lot: str | None, run_id: str | None) -> None:
    """Raise `Invalid` unless a recall names lots, a vendor's lot, or a run: one of the three."""
    if sum((bool(lot_ids), vendor_lot is not None, run_id is not None)) != 1:
        raise Invalid(
            "a recall begins at lots, at a vendor's lot, or at a run",
            [("/lot_ids", "or vendor_lot, or run_id")],
        )


def stopped(run: Run, recall: Recall, lot_ids: Collection[str], at: datetime) -> tuple[Run, Facts]:
    """The run without these lots: what lies staged goes back whole, what it makes of those it took is blocked.

    One that runs is held; one that waited to begin waits for other material.
    """
    # What a rework was decided for lies there because it is blocked.
    lying = any(part.lot_id in lot_ids and part.lot_id != run.rework_lot_id for part in run.floor.staged)
    taken = tuple(part.lot_id for part in run.floor.consumed if part.lot_id in lot_ids)
    if run.over or not (lying or taken):
        return run, ()
    recalled = tuple(dict.fromkeys((*run.floor.recalled, *taken)))
    floor = replace(run.floor, recalled=recalled)
    if lying:
        floor = replace(floor, staged=())
    staged_runs = run.done_runs if lying else run.staged_runs
    if run.state == "running":
        return held_up(replace(run, floor=floor, staged_runs=staged_runs), recall, at)
    state = "scheduled" if run.state == "allowed" and lying else run.state
    return run.changed(state, floor=floor, staged_runs=staged_runs), ()


def held_up(run: Run, recall: Recall, at: datetime) -> tuple[Run, Facts]:
    """A run that a recall has to do with stands still if it is at work: a person lets it go on."""
    if run.state != "running":
        return run, ()
    reason = recall.why
    floor = replace(run.floor, stops=kept((*run.floor.stops, Stop(reason, at)), "stops"))
    return run.changed("held", floor=floor, reason=reason), (
        RunHeld(run.run_id, run.planned_order_id, reason),
    )


def called_back(lot: MadeLot, reason: str) -> MadeLot:
    """A lot that a recall reaches is blocked, unless there is nothing of it or somebody decides on it already."""
    if lot.state in UNDECIDED[1:] or "blocked" not in LOT[lot.state]:
        return lot
    return replace(lot, state="blocked", reason=reason, version=lot.version + 1)
