"""Yields as runs had them beside yields as the recipe states them, and what to state instead when they drift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from contracts.shapes import Role
from contracts.values import MICRO, Quantity
from production.domain.recipe import Content
from production.domain.standard import kept_of
from production.domain.variance import Ran

LEARNED_RUNS_MAX: Final = 50
PROPOSED_RUNS_MIN: Final = 5
# Of the stated yield: less than that is scatter.
DRIFT_MIN: Final = Fraction(2, 100)


@dataclass(frozen=True, slots=True)
class LearnedYield:
    """The part of an output that is good: as stated over all operations, as the last `runs` closed runs had it.

    `proposed` is there when at least five runs differ from the statement by two per cent of it.
    """

    sku: str
    role: Role
    runs: int
    stated: Quantity
    learned: Quantity | None
    proposed: Quantity | None


def learned(content: Content, runs: Sequence[Ran]) -> tuple[LearnedYield, ...]:
    """The yield of each output of a version over closed runs of it."""
    found = []
    for output in content.outputs:
        stated = Fraction(*kept_of(content, output))
        expected, good = Fraction(0), 0
        for run in runs:
            planned = sum(part.quantity.micro for part in run.outputs if part.sku == output.sku)
            expected += Fraction(planned * run.done_runs.micro, run.runs.micro)
            good += sum((m.quantity - m.blocked).micro for m in run.floor.made if m.sku == output.sku)
        ratio = stated * good / expected if expected else None
        drifts = ratio is not None and abs(ratio - stated) >= DRIFT_MIN * stated
        proposed = ratio if len(runs) >= PROPOSED_RUNS_MIN and drifts else None
        # Nothing yields more than all: more than planned is a plan that was too low, and no yield.
        found.append(
            LearnedYield(
                output.sku,
                output.role,
                len(runs),
                _quantity(stated),
                None if ratio is None else _quantity(ratio),
                None if not proposed else _quantity(min(proposed, Fraction(1))),
            )
        )
    return tuple(found)


def _quantity(ratio: Fraction) -> Quantity:
    return Quantity.of_micro(round(ratio * MICRO))
