"""Runs that are resized, split and put together: what each is asked for now, and which are over by that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from contracts.changes import RunReduced, RunResized
from contracts.materials import RunRequested
from contracts.partings import RunsMerged, RunSplit
from contracts.shapes import ItemPart
from contracts.values import Quantity
from control_tower.domain.heard import Heard


class Wanted(NamedTuple):
    """How often a run is to be done, what it takes and gives in all; `due_at` where that was said with it."""

    runs: Quantity
    inputs: tuple[ItemPart, ...]
    outputs: tuple[ItemPart, ...]
    due_at: datetime | None = None


def gone(fact: RunsMerged) -> frozenset[str]:
    """The runs, and the planned orders that they were for, that are over because another run makes them, too."""
    return frozenset(name for each in fact.merged for name in (each.run_id, each.planned_order_id))


def wanted_of(planned_order_id: str, heard: Sequence[Heard]) -> Wanted | None:
    """What the run of a planned order is asked for now; None where no run was asked for."""
    every = (_wanted(planned_order_id, one.fact) for one in reversed(heard))
    return next((wanted for wanted in every if wanted is not None), None)


def _wanted(planned_order_id: str, fact: object) -> Wanted | None:
    if isinstance(fact, RunSplit) and fact.part.planned_order_id == planned_order_id:
        return Wanted(fact.part.runs, fact.part.inputs, fact.part.outputs)
    if (
        isinstance(fact, RunRequested | RunReduced | RunResized | RunSplit | RunsMerged)
        and fact.planned_order_id == planned_order_id
    ):
        due_at = fact.due_at if isinstance(fact, RunRequested | RunsMerged) else None
        return Wanted(fact.runs, fact.inputs, fact.outputs, due_at)
    return None
