"""Facts about runs that are parted or put together: what each of them is asked for from then on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.shapes import ItemPart, LotPart
from contracts.values import Quantity


@dataclass(frozen=True, slots=True)
class RunPart:
    """The new run of a part, what it is planned as, and what it is asked for."""

    run_id: str
    planned_order_id: str
    runs: Quantity
    inputs: tuple[ItemPart, ...]
    outputs: tuple[ItemPart, ...]


@dataclass(frozen=True, slots=True)
class RunSplit:
    """Of a run, which is asked for so much from now on, a part became a run of its own.

    `lots` lay staged for the whole and go along with the part, with what they cost; both have to be staged anew where
    there are none.
    """

    run_id: str
    planned_order_id: str
    runs: Quantity
    inputs: tuple[ItemPart, ...]
    outputs: tuple[ItemPart, ...]
    part: RunPart
    lots: tuple[LotPart, ...] = ()


@dataclass(frozen=True, slots=True)
class MergedRun:
    """A run that is over because another one makes what it was asked for."""

    run_id: str
    planned_order_id: str


@dataclass(frozen=True, slots=True)
class RunsMerged:
    """A run makes from now on what others were asked for, too, by the moment that the first of them was due.

    `lots` lie staged for all of it; it has to be staged anew where there are none.
    """

    run_id: str
    planned_order_id: str
    runs: Quantity
    inputs: tuple[ItemPart, ...]
    outputs: tuple[ItemPart, ...]
    due_at: datetime
    merged: tuple[MergedRun, ...]
    lots: tuple[LotPart, ...] = ()
