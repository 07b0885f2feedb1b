"""What a run has cost beside what it should have: five variances that add up to the difference, step by step.

As in Horngren, Datar, Rajan: Cost Accounting, chapter 7 (price and efficiency variances of a flexible budget), each
compares two amounts that differ in one thing only. Price: what was consumed, at its own cost and at the standard.
Usage: what was consumed and what the done runs allow, at the standard. Rate: the minutes at their own rates and at
the standard; the standard is the planned work centre's, so work at a dearer alternate is a loss of rate. Efficiency:
the minutes needed and those the done runs allow, at the standard. Yield: what the done runs should have cost and the
part of it that good output bears. A positive variance is a loss.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

from contracts.production import ScheduledOperation
from contracts.shapes import ItemPart
from contracts.values import MICRO, ZERO, CostVector, Quantity, total
from production.domain.act import minutes
from production.domain.costing import allocate, effort, split
from production.domain.floor import Floor
from production.domain.plant import WorkCentre
from production.domain.recipe import BEARING, Content
from production.domain.routing import placed
from production.domain.stages import gone_through
from production.domain.standard import Intensity, Node, Standards, intensity


class Ran(Protocol):
    """What has to be known of a run to reckon it."""

    @property
    def runs(self) -> Quantity: ...
    @property
    def done_runs(self) -> Quantity: ...
    @property
    def inputs(self) -> tuple[ItemPart, ...]: ...
    @property
    def outputs(self) -> tuple[ItemPart, ...]: ...
    @property
    def operations(self) -> tuple[ScheduledOperation, ...]: ...
    @property
    def floor(self) -> Floor: ...


@dataclass(frozen=True, slots=True)
class Variances:
    """Minor units by which a run cost more than its good output should have; together `actual - standard`."""

    standard: int
    price: int
    usage: int
    rate: int
    efficiency: int
    yielded: int

    @property
    def total(self) -> int:
        """All five together."""
        return self.price + self.usage + self.rate + self.efficiency + self.yielded


@dataclass(frozen=True, slots=True)
class StepCost:
    """The value that an operation of a run has added at the centre where it was done: minutes, minor units by kind.

    `planned_at` is the centre of the recipe, whose rates are the standard.
    """

    operation_no: int
    title: str
    work_centre_id: str
    planned_at: str
    labour_minutes: Quantity
    machine_minutes: Quantity
    added: CostVector
    intensity: Intensity


@dataclass(frozen=True, slots=True)
class RunCost:
    """What a run has cost so far: the material that it consumed, the work on it, step by step, and the variances.

    Work that a vendor did is bought as material is.
    `unpriced` names what was consumed and has no standard cost; there are no variances then, nor without a roll-up.
    """

    material: CostVector
    work: CostVector
    steps: tuple[StepCost, ...]
    intensity: Intensity
    scrap: int
    variances: Variances | None
    unpriced: tuple[str, ...] = ()


def reckoned(
    run: Ran, content: Content, centres: Mapping[str, WorkCentre], standards: Standards | None
) -> RunCost:
    """The cost of a run; `centres` are its work centres at the rates of its beginning. Raises `CurrenciesMixed`."""
    currency = next(iter(centres.values())).currency
    nothing = CostVector(0, 0, 0, 0, currency)
    bought = replace(nothing, bought_in=run.floor.work.bought_in if run.floor.work else 0)
    material = sum((part.cost for part in run.floor.consumed), start=bought)
    work = replace(run.floor.work or nothing, bought_in=0)
    rates = {**centres, **(standards.rates if standards else {})}
    skus = {sku for sku, _ in (*_planned(run), *_used(run))}
    unpriced = (
        () if standards is None else tuple(sorted(sku for sku in skus if not _known(sku, content, standards)))
    )
    compared = standards is not None and not unpriced and run.done_runs > ZERO
    variances = None
    if standards is not None and compared:
        variances = _variances(run, content, rates, standards, material.total, work.total)
    return RunCost(
        material,
        work,
        _steps(run, content, rates, work),
        intensity(work),
        _scrapped(run, content, material.total + work.total),
        variances,
        unpriced,
    )


def _known(sku: str, content: Content, standards: Standards) -> bool:
    return _node(sku, content, standards) in standards.costs


def _node(sku: str, content: Content, standards: Standards) -> Node:
    window = next((part.window for part in content.inputs if part.sku == sku), ())
    return standards.node(sku, window)


def _variances(
    run: Ran,
    content: Content,
    rates: Mapping[str, WorkCentre],
    standards: Standards,
    material: int,
    work: int,
) -> Variances:
    def at_standard(quantities: Mapping[str, Fraction]) -> int:
        parts = (
            quantity * standards.costs[_node(sku, content, standards)].cost.total
            for sku, quantity in quantities.items()
        )
        return round(sum(parts, start=Fraction(0)) / MICRO / MICRO)

    done = Fraction(run.done_runs.micro, run.runs.micro)
    consumed = at_standard(_by_item((sku, Fraction(quantity.micro)) for sku, quantity in _used(run)))
    allowed = at_standard(_by_item((sku, quantity.micro * done) for sku, quantity in _planned(run)))
    beyond = minutes(run.floor.beyond)
    further = _further(run, content)
    needed = effort(content.operations, run.done_runs, rates, beyond, further=further).cost.total
    planned = effort(content.operations, run.done_runs, rates, further=further).cost.total
    good = _good(run, content, done, CostVector(allowed + planned, 0, 0, 0, standards.currency))
    return Variances(
        good,
        material - consumed,
        consumed - allowed,
        work - needed,
        needed - planned,
        allowed + planned - good,
    )


def _further(run: Ran, content: Content) -> dict[int, Quantity] | None:
    """How many runs went through each operation; None where none waits behind one."""
    stages = run.floor.stages
    if not stages:
        return None
    numbers = [step.operation_no for step in content.operations]
    return {number: run.done_runs + gone_through(stages, number) for number in numbers}


def _planned(run: Ran) -> list[tuple[str, Quantity]]:
    """What was asked for of each input, and of the work that a vendor does."""
    bought = run.floor.bought
    work = [(bought.sku, bought.quantity)] if bought is not None else []
    return [*((part.sku, part.quantity) for part in run.inputs), *work]


def _used(run: Ran) -> list[tuple[str, Quantity]]:
    """What was consumed, and how much of the work a vendor has done."""
    bought = run.floor.bought
    work = [(bought.sku, bought.done)] if bought is not None else []
    return [*((part.sku, part.quantity) for part in run.floor.consumed), *work]


def _by_item(quantities: Iterable[tuple[str, Fraction]]) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for sku, quantity in quantities:
        found[sku] = found.get(sku, Fraction(0)) + quantity
    return found


def _good(run: Ran, content: Content, done: Fraction, whole: CostVector) -> int:
    """The part of what the done runs should have cost that their good output bears."""
    expected = {part.sku: Fraction(part.quantity.micro) * done for part in run.outputs}
    came = {made.sku: made.quantity.micro - made.blocked.micro for made in run.floor.made}
    outputs = [
        (output, Quantity.of_micro(int(expected[output.sku])))
        for output in content.outputs
        if expected.get(output.sku)
    ]
    shares = allocate(whole, outputs, content.cost_rule, content.fixed_shares)
    parts = (
        share.total * Fraction(came.get(output.sku, 0)) / expected[output.sku]
        for (output, _), share in zip(outputs, shares, strict=True)
    )
    return round(sum(parts, start=Fraction(0)))


def _steps(
    run: Ran, content: Content, rates: Mapping[str, WorkCentre], work: CostVector
) -> tuple[StepCost, ...]:
    """The work of a run by operation, where each was done; each kind shared by what its minutes cost, to the cent."""
    further = _further(run, content)
    if run.done_runs <= ZERO and not further:
        return ()
    beyond = minutes(run.floor.beyond)
    steps = placed(content.operations, run.operations)
    efforts = [
        effort([step], run.done_runs, rates, beyond, minor_parts=MICRO, further=further) for step in steps
    ]
    kinds = [
        split(amount, [max(getattr(each.cost, kind), 0) for each in efforts])
        for kind, amount in (("labour", work.labour), ("capital", work.capital), ("overhead", work.overhead))
    ]
    return tuple(
        StepCost(
            step.operation_no, step.title, step.work_centre_id, plan.work_centre_id, each.labour_minutes,
            each.machine_minutes,
            added := CostVector(0, labour, capital, overhead, work.currency), intensity(added),
        )
        for step, plan, each, labour, capital, overhead in zip(
            steps, content.operations, efforts, *kinds, strict=True
        )
    )  # fmt: skip


def _scrapped(run: Ran, content: Content, cost: int) -> int:
    """The part of a run's cost that went into what is no good, by quantity of its main and co-products."""
    bearing = {output.sku for output in content.outputs if output.role in BEARING}
    bad = total(scrap.quantity for scrap in run.floor.scrapped if scrap.sku in bearing).micro
    good = total(made.quantity - made.blocked for made in run.floor.made if made.sku in bearing).micro
    return cost * bad // (good + bad) if bad else 0
