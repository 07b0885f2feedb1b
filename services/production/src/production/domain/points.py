"""Inspection points: operations behind which a run is looked at before it goes on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backbone.errors import Refusal
from contracts.values import ZERO, Quantity
from production.domain.quality import Characteristic, InspectionPlan, Sampling


class NotInspectedYet(Refusal):
    """A run goes no further than its inspection points have let it."""


class NotDecidedYet(Refusal):
    """A run of which an inspection failed goes on when quality has decided what becomes of it."""


@dataclass(frozen=True, slots=True)
class InspectionPoint:
    """How the work of an operation is inspected, by an item that its recipe takes or makes; or not any more."""

    recipe_id: str
    operation_no: int
    sku: str
    characteristics: tuple[Characteristic, ...]
    sampling: tuple[Sampling, ...]
    in_force: bool = True
    version: int = 1

    @property
    def plan(self) -> InspectionPlan:
        """How a sample is judged there."""
        return InspectionPlan(self.sku, self.characteristics, self.sampling, self.version)


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many runs that wait for a decision: their inspection failed, or somebody wants to go on without one."""

    runs: Quantity
    reason: str
    inspection_id: str | None = None
    proposed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """An inspection point of a run: how many of its runs went through, and what waits there for a decision."""

    operation_no: int
    sku: str
    passed: Quantity = ZERO
    waiting: Waiting | None = None

    @property
    def failed(self) -> bool:
        """Whether an inspection failed and nobody has decided yet."""
        return self.waiting is not None and self.waiting.inspection_id is not None


def demand_inspected(points: Iterable[Point], done: Quantity, before: int | None = None) -> None:
    """Raise `NotInspectedYet` unless `done` runs went through all points, through those `before` an operation."""
    for point in points:
        if point.passed < done and (before is None or point.operation_no < before):
            raise NotInspectedYet(
                f"operation {point.operation_no} has to be inspected by {point.sku} first: "
                f"{point.passed} runs have passed there, {done} would go on"
            )


def demand_decided(points: Iterable[Point]) -> None:
    """Raise `NotDecidedYet` while what failed waits for a decision."""
    for point in points:
        if point.waiting is not None and point.failed:
            raise NotDecidedYet(f"{point.waiting.reason}; quality decides what becomes of it")
