"""Runs on their way: so many went through an operation and no further, with what they bear and no product bears yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from contracts.shapes import LotPart
from contracts.values import ZERO, CostVector, Quantity, total
from production.domain.costing import split, split_cost
from production.domain.material import merged, shared


@dataclass(frozen=True, slots=True)
class Stage:
    """Runs that wait behind an operation: the material in them, and the work on it, less what early outputs bear."""

    operation_no: int
    runs: Quantity
    open: tuple[LotPart, ...]
    pending: CostVector

    @property
    def cost(self) -> CostVector:
        """All that these runs bear."""
        return sum((part.cost for part in self.open), start=self.pending)


Stages = tuple[Stage, ...]


def gone_through(stages: Sequence[Stage], operation_no: int) -> Quantity:
    """How many runs wait behind an operation or a later one."""
    return total(stage.runs for stage in stages if stage.operation_no >= operation_no)


def taken_on(stages: Stages, runs: Quantity, before: int | None) -> tuple[Stages, Stages, Quantity]:
    """`runs` that go on, those nearest to the operation first: what stays, what goes, and how many begin only now."""
    left, gone = list[Stage](), list[Stage]()
    for stage in reversed(stages):
        here = before is None or stage.operation_no < before
        on = min(stage.runs, runs) if here else ZERO
        if on > ZERO:
            first, rest = cut(stage, on)
            gone.append(first)
            runs = runs - on
        else:
            rest = stage
        if rest.runs > ZERO:
            left.insert(0, rest)
    return tuple(left), tuple(gone), runs


def cut(stage: Stage, runs: Quantity) -> tuple[Stage, Stage]:
    """So many of the runs of a stage and the rest; together they bear what it bore, to the cent."""
    parts, left = shared(stage.open, runs.micro, stage.runs.micro)
    rest = stage.runs - runs
    mine, others = split_cost(stage.pending, [runs.micro, rest.micro])
    return replace(stage, runs=runs, open=parts, pending=mine), Stage(stage.operation_no, rest, left, others)


def arrived(stages: Stages, stage: Stage) -> Stages:
    """The stages with more runs behind an operation."""
    known = next((each for each in stages if each.operation_no == stage.operation_no), None)
    if known is not None:
        parts = merged((*known.open, *stage.open))
        stage = Stage(stage.operation_no, known.runs + stage.runs, parts, known.pending + stage.pending)
    others = [each for each in stages if each.operation_no != stage.operation_no]
    return tuple(sorted((*others, stage), key=lambda each: each.operation_no))


def relieved(stage: Stage, borne: CostVector) -> Stage:
    """The stage without what others bear of it: each kind of cost is taken off in proportion, to the cent."""
    costs = [*(part.cost for part in stage.open), stage.pending]
    kinds: Mapping[str, list[int]] = {
        kind: split(
            getattr(stage.cost, kind) - getattr(borne, kind), [max(getattr(each, kind), 0) for each in costs]
        )
        for kind in ("bought_in", "labour", "capital", "overhead")
    }
    *parts, pending = (
        CostVector(bought_in, labour, capital, overhead, stage.pending.currency)
        for bought_in, labour, capital, overhead in zip(*kinds.values(), strict=True)
    )
    lots = tuple(replace(lot, cost=cost) for lot, cost in zip(stage.open, parts, strict=True))
    return replace(stage, open=lots, pending=pending)
