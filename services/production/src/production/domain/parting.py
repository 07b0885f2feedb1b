"""Runs are split and put together: what each is asked for, what of the material goes along, and when they are made.

What the parts take and give adds up to the whole: of what cannot be divided the new run takes a part rounded up and
gives one rounded down, and the rest is what is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from backbone.errors import Invalid, Refusal
from contracts.partings import MergedRun, RunPart, RunsMerged, RunSplit
from contracts.shapes import ItemPart, LotPart
from contracts.values import MICRO, ZERO, Quantity
from production.domain.changing import AHEAD
from production.domain.material import drawn, merged
from production.domain.recipe import BEARING, Content
from production.domain.run import Run

SPLITTABLE: Final = AHEAD | {"running", "held"}
MERGED_COUNT_MAX: Final = 50
_QUANTUM: Final = Quantity.of_micro(1)

Quanta = Mapping[str, Quantity]


class CannotBeSplit(Refusal):
    """So much of a run cannot be a run of its own."""


class CannotBeMerged(Refusal):
    """Runs differ in what they make or how, or one of them has begun."""


def part_said(runs: Quantity, at: str) -> Quantity:
    """How much is to be split off, lying at `at` of the body; raises `Invalid` for nothing."""
    if runs <= ZERO:
        raise Invalid("a part is more than nothing", [(at, "above zero")])
    return runs


def demand_distinct(run_id: str, others: Sequence[str], at: str) -> None:
    """Raise `Invalid` where a run is put together with itself, or twice with another."""
    if len({run_id, *others}) <= len(others):
        raise Invalid("each run is named once", [(at, "other runs, each once")])


def split(
    run: Run, runs: Quantity, run_id: str, planned_order_id: str, content: Content, quanta: Quanta
) -> tuple[Run, Run, RunSplit]:
    """The run without `runs` of it, these as a run of its own, and what others hear; raises `CannotBeSplit`."""
    _demand_splittable(run, runs, content)
    inputs = [_divided(part, runs, run.runs, quanta, up=True) for part in run.inputs]
    outputs = [_divided(part, runs, run.runs, quanta, up=False) for part in run.outputs]
    _demand_products(outputs, content, runs, run.runs, quanta)
    part = replace(
        run,
        run_id=run_id,
        planned_order_id=planned_order_id,
        runs=runs,
        inputs=tuple(mine for mine, _ in inputs),
        outputs=tuple(mine for mine, _ in outputs),
        state="scheduled",
        reason=None,
        operations=(),
        staged_runs=ZERO,
        done_runs=ZERO,
        floor=type(run.floor)(),
        version=1,
    )
    rest = replace(
        run,
        runs=run.runs - runs,
        inputs=tuple(left for _, left in inputs),
        outputs=tuple(o for _, o in outputs),
    )
    rest, part = _material(run, rest, part)
    told = RunSplit(
        run.run_id,
        run.planned_order_id,
        rest.runs,
        rest.inputs,
        rest.outputs,
        RunPart(run_id, planned_order_id, part.runs, part.inputs, part.outputs),
        merged(part.floor.staged),
    )
    return rest.changed(rest.state), part, told


def _demand_splittable(run: Run, runs: Quantity, content: Content) -> None:
    if run.state not in SPLITTABLE:
        raise CannotBeSplit(f"{run.name} is {run.state}")
    if run.floor.bought is not None:
        raise CannotBeSplit(f"the work of {run.name} is ordered from a vendor, as it is")
    if any(point.waiting is not None for point in run.floor.points):
        raise CannotBeSplit(f"quality decides first what becomes of what waits at {run.name}")
    left = run.runs - run.through(0)
    if not ZERO < runs < left:
        raise CannotBeSplit(
            f"{left} of its runs are not done: more than none of them, and fewer, can be split off"
        )
    if content.kind == "separation" and runs.micro % MICRO and not run.runs.micro % MICRO:
        raise CannotBeSplit("a separation is run a whole number of times")


def _divided(
    part: ItemPart, over: Quantity, under: Quantity, quanta: Quanta, *, up: bool
) -> tuple[ItemPart, ItemPart]:
    """The share of `over / under` in whole quanta, and the rest."""
    quantum = quanta.get(part.sku, _QUANTUM).micro
    exact, unit = part.quantity.micro * over.micro, under.micro * quantum
    mine = Quantity.of_micro(min((-(-exact // unit) if up else exact // unit) * quantum, part.quantity.micro))
    return replace(part, quantity=mine), replace(part, quantity=part.quantity - mine)


def _demand_products(
    outputs: Iterable[tuple[ItemPart, ItemPart]],
    content: Content,
    over: Quantity,
    under: Quantity,
    quanta: Quanta,
) -> None:
    """Raise `CannotBeSplit` where a main product would be divided below its quantum, or one run gives none of it."""
    bearing = {output.sku for output in content.outputs if output.role in BEARING}
    for mine, rest in outputs:
        if mine.sku not in bearing:
            continue
        whole = mine.quantity + rest.quantity
        if mine.quantity <= ZERO or rest.quantity <= ZERO:
            raise CannotBeSplit(f"one of the runs would make no {mine.sku}")
        if mine.quantity.micro * under.micro != whole.micro * over.micro:
            quantum = quanta.get(mine.sku, _QUANTUM)
            raise CannotBeSplit(f"that part of {whole} of {mine.sku} is not a multiple of {quantum}")


def _material(run: Run, rest: Run, part: Run) -> tuple[Run, Run]:
    """Where all lies staged, the run keeps what it still needs and the rest goes along; else both wait for theirs.

    Raises `CannotBeSplit` when so much was taken already that the part would lack material.
    """
    if run.staged_runs < run.runs:
        if run.state in AHEAD:
            return _waiting(rest), part
        if run.staged_runs > ZERO or run.floor.consumed:
            raise CannotBeSplit("not all of its material lies staged")
        return rest, part
    needs = wanted(rest.inputs)
    for lot in run.floor.consumed:
        needs[lot.sku] = max(ZERO, needs.get(lot.sku, ZERO) - lot.quantity)
    kept, left = drawn(run.floor.staged, needs)
    mine, spare = drawn(left, wanted(part.inputs))
    short = _short(wanted(part.inputs), mine)
    if short:
        raise CannotBeSplit(f"so much of {short} was taken that the part would lack some")
    rest = replace(rest, staged_runs=rest.runs, floor=replace(rest.floor, staged=kept + spare))
    part = replace(part, state="allowed", staged_runs=part.runs, floor=replace(part.floor, staged=mine))
    return rest, part


def _waiting(run: Run) -> Run:
    return replace(run, state="scheduled", staged_runs=ZERO, floor=replace(run.floor, staged=()))


def wanted(parts: Iterable[ItemPart]) -> dict[str, Quantity]:
    """So much of each item."""
    found: dict[str, Quantity] = {}
    for part in parts:
        found[part.sku] = found.get(part.sku, ZERO) + part.quantity
    return found


def _short(needs: Mapping[str, Quantity], lots: Iterable[LotPart]) -> str | None:
    left = dict(needs)
    for lot in lots:
        left[lot.sku] -= lot.quantity
    return next((sku for sku, quantity in left.items() if quantity > ZERO), None)


def merge(run: Run, others: Sequence[Run]) -> tuple[Run, list[Run], RunsMerged]:
    """The run with what others were asked for, these others over, and what all hear; raises `CannotBeMerged`."""
    every = [run, *others]
    _demand_mergeable(every)
    staged = all(each.state == "allowed" and each.staged_runs == each.runs for each in every)
    lots = merged([lot for each in every for lot in each.floor.staged]) if staged else ()
    runs = Quantity.of_micro(sum(each.runs.micro for each in every))
    whole = replace(
        run,
        runs=runs,
        inputs=_summed([each.inputs for each in every]),
        outputs=_summed([each.outputs for each in every]),
        due_at=min(each.due_at for each in every),
        priority=min(each.priority for each in every),
        material_at=max((each.material_at for each in every if each.material_at is not None), default=None),
        staged_runs=runs if staged else ZERO,
        floor=replace(run.floor, staged=lots),
    )
    gone = [
        each.changed("merged", reason=f"run {run.run_id} makes it", floor=replace(each.floor, staged=()))
        for each in others
    ]
    told = RunsMerged(
        run.run_id,
        run.planned_order_id,
        runs,
        whole.inputs,
        whole.outputs,
        whole.due_at,
        tuple(MergedRun(each.run_id, each.planned_order_id) for each in others),
        lots,
    )
    return whole.changed("allowed" if staged else "scheduled"), gone, told


def _demand_mergeable(every: Sequence[Run]) -> None:
    first = every[0]
    for each in every:
        if each.state not in AHEAD:
            raise CannotBeMerged(f"{each.name} is {each.state}")
        if each.floor.bought is not None:
            raise CannotBeMerged(f"the work of {each.name} is ordered from a vendor, as it is")
        if each.rework_lot_id is not None:
            raise CannotBeMerged(f"{each.name} puts a lot of its own right")
        if _made_by(each) != _made_by(first):
            raise CannotBeMerged(
                f"{each.name} is made at another site, by another recipe or of other material"
            )


def _made_by(run: Run) -> tuple[object, ...]:
    return (
        run.recipe_id,
        run.recipe_version,
        run.site_id,
        tuple((part.sku, part.window) for part in sorted(run.inputs, key=_kind)),
        tuple((part.sku, part.window) for part in run.outputs),
    )


def _kind(part: ItemPart) -> tuple[str, str]:
    return part.sku, repr(part.window)


def _summed(parts: Iterable[Sequence[ItemPart]]) -> tuple[ItemPart, ...]:
    """What several runs take or give together; inputs in another order are the same."""
    lists = list(parts)
    found = list(lists[0])
    for more in lists[1:]:
        left = list(more)
        for place, part in enumerate(found):
            other = next(each for each in left if (each.sku, each.window) == (part.sku, part.window))
            left.remove(other)
            found[place] = replace(part, quantity=part.quantity + other.quantity)
    return tuple(found)
