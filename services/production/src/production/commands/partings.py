"""Runs that are split or put together."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.values import Quantity


@dataclass(frozen=True, slots=True)
class SplitRun:
    """Make so many runs of a run a run of its own."""

    run_id: str
    runs: Quantity
    by: str


@dataclass(frozen=True, slots=True)
class MergeRuns:
    """Let a run make what others were asked for, too."""

    run_id: str
    others: tuple[str, ...]
    by: str
