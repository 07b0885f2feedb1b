"""Reports of a run: what so many of its runs took and made, up to an operation or their end, and what that cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from backbone.errors import Invalid
from contracts.production import MaterialConsumed, MaterialProduced
from contracts.shapes import LotPart
from contracts.values import ZERO, CostVector, Quantity
from production.domain.act import Outcome, Report
from production.domain.costing import added, allocate
from production.domain.floor import counted, kept
from production.domain.lots import MadeLot, produced
from production.domain.material import Cut, merged, shared
from production.domain.points import demand_inspected
from production.domain.recipe import BEARING
from production.domain.reckoning import (
    consumed,
    demand_tolerable,
    good_of,
    needed_by,
    nothing,
    runs_of,
    worked,
)
from production.domain.run import Facts, Run
from production.domain.shop import Shop
from production.domain.stages import Stage, Stages, arrived, relieved, taken_on

Moved = tuple[Run, Facts, tuple[MadeLot, ...]]


def report(run: Run, said: Report, shop: Shop, *, at: str = "", last: bool = False) -> Moved:
    """The run after a report, its facts and its new lots; `at` is where the report lies in the body.

    After the `last` report nothing is left open: its lots bear all that no lot bears yet. Raises `Invalid`,
    `WrongState`, `NotInspectedYet`, `CurrenciesMixed`.
    """
    run.demand_running("reported on")
    before, runs = run, runs_of(run, said, shop, at)
    if runs > ZERO:
        demand_inspected(run.floor.points, run.through(said.operation_no) + runs, said.operation_no)
    after, going = gone_on(run, said.operation_no, runs, shop)
    run, facts = take(run, after, said, shop, at)
    if not said.produces:
        return run, facts, ()
    demand_tolerable(before, after, said, shop, at)
    run = worked(run, after, said, shop)
    good = good_of(before, after, said, shop)
    scrapped = kept((*run.floor.scrapped, *said.scraps), "entries of scrap")
    run = run.changed("running", floor=replace(run.floor, scrapped=scrapped))
    come = any(good.get(output.sku, ZERO) > ZERO for output in shop.content.outputs if output.role in BEARING)
    if said.operation_no is not None or going:
        run, borne = _carried(run, before, going, runs, shop, last=last)
        if said.operation_no is not None:
            run, more, lots = _passed(run, borne, good, said, shop)
            return run, (*facts, *more), lots
        if come:
            run, made, lots = _made(run, good, said.outcomes, shop, borne.open, borne.cost)
            return run, (*facts, made), lots
        floor = replace(run.floor, open=(*run.floor.open, *borne.open), pending=borne.pending)
        return replace(run, floor=floor), facts, ()
    if not come:
        return run, facts, ()
    run, made, lots = make(run, good, said.outcomes, shop, runs=None if last else runs)
    return run, (*facts, made), lots


def take(run: Run, after: Run, said: Report, shop: Shop, at: str = "") -> tuple[Run, Facts]:
    """The run after it took what the report names, and what it needs to be as far as `after`, if that is wanted."""
    gone, left = consumed(run, after, said, shop, at)
    if not gone:
        return run, ()
    floor = replace(
        run.floor, staged=left, open=(*run.floor.open, *gone), consumed=merged((*run.floor.consumed, *gone))
    )
    rework = run.rework_lot_id is not None
    fact = MaterialConsumed(run.run_id, run.planned_order_id, run.site_id, merged(gone), rework)
    return run.changed("running", floor=floor), (fact,)


def make(
    run: Run,
    good: Mapping[str, Quantity],
    outcomes: Iterable[Outcome],
    shop: Shop,
    *,
    runs: Quantity | None,
    blocked: bool = False,
) -> tuple[Run, MaterialProduced, tuple[MadeLot, ...]]:
    """New lots that bear what `runs` of the run have taken and cost, all that is open when `runs` is None.

    Raises `Invalid` for a run that has taken nothing: what it makes would be made of nothing.
    """
    floor = run.floor
    bearing, left = _borne(run, runs)
    cost = added([part.cost for part in bearing], floor.pending or nothing(shop))
    run = run.changed("running", floor=replace(floor, open=left, pending=None))
    return _made(run, good, outcomes, shop, floor.open, cost, blocked=blocked)


def _made(
    run: Run,
    good: Mapping[str, Quantity],
    outcomes: Iterable[Outcome],
    shop: Shop,
    parents: tuple[LotPart, ...],
    cost: CostVector,
    *,
    blocked: bool = False,
) -> tuple[Run, MaterialProduced, tuple[MadeLot, ...]]:
    floor = run.floor
    parents = parents or floor.consumed
    if not parents:
        raise Invalid("a run that took nothing makes nothing", [("/consumed", "nothing was consumed yet")])
    blocked = blocked or run.out_of_limits or any(part.lot_id in floor.recalled for part in parents)
    lots = produced(shop.content, good, parents, cost, tuple(outcomes), blocked=blocked, new_id=shop.new_id)
    fact = MaterialProduced(run.run_id, run.planned_order_id, run.site_id, lots)
    kept_here = tuple(MadeLot.of(lot, run.run_id, run.site_id, run.root_id) for lot in lots)
    floor = replace(floor, made=counted(floor.made, lots))
    return run.changed("running", floor=floor), fact, kept_here


def _borne(run: Run, runs: Quantity | None) -> Cut:
    """The open material that `runs` done runs bear; what was taken ahead for later ones stays open."""
    if runs is None:
        return run.floor.open, ()
    so_far: dict[str, int] = {}
    for part in run.floor.consumed:
        so_far[part.sku] = so_far.get(part.sku, 0) + part.quantity.micro
    covered = max(
        (
            so_far.get(part.sku, 0) * run.runs.micro // part.quantity.micro
            for part in run.inputs
            if part.quantity
        ),
        default=0,
    )
    ahead = min(covered, run.staged_runs.micro) - (run.done_runs - runs).micro
    return shared(run.floor.open, runs.micro, ahead)


def gone_on(run: Run, operation_no: int | None, runs: Quantity, shop: Shop) -> tuple[Run, Stages]:
    """The run with so many of its runs through an operation, or done; and what these bear that waited on the way."""
    if runs <= ZERO:
        return run, ()
    left, going, _ = taken_on(run.floor.stages, runs, operation_no)
    if operation_no is None:
        floor = replace(run.floor, stages=left)
        return replace(run, done_runs=run.done_runs + runs, floor=floor), going
    here = arrived(left, Stage(operation_no, runs, (), nothing(shop)))
    return replace(run, floor=replace(run.floor, stages=here)), going


def gathered(run: Run) -> Run:
    """The run of which nothing goes on any more: what waits on its way is as open as what was never reported."""
    floor = run.floor
    if not floor.stages:
        return run
    parts = merged((*floor.open, *(part for stage in floor.stages for part in stage.open)))
    none = replace(floor.stages[0].pending, bought_in=0, labour=0, capital=0, overhead=0)
    pending = sum((stage.pending for stage in floor.stages), start=floor.pending or none)
    return replace(run, floor=replace(floor, open=parts, pending=pending, stages=()))


def _carried(
    run: Run, before: Run, going: Stages, runs: Quantity, shop: Shop, *, last: bool
) -> tuple[Run, Stage]:
    """The run, and what these runs bear: what waited on the way, and their part of what was taken and worked since.

    The `last` ones bear all, as do those after which nothing that is staged is left to do.
    """
    if last or (run.left == ZERO and not run.floor.stages):
        run = gathered(run)
        now: Cut = (run.floor.open, ())
    else:
        now = _since(run, before, shop)
    parts = merged((*(part for stage in going for part in stage.open), *now[0]))
    pending = sum((stage.pending for stage in going), start=run.floor.pending or nothing(shop))
    floor = replace(run.floor, open=now[1], pending=None)
    return replace(run, floor=floor), Stage(0, runs, parts, pending)


def _since(run: Run, before: Run, shop: Shop) -> Cut:
    """The open material that the runs between need, item by item; what was taken beyond stays open."""
    mine, left = list[LotPart](), list[LotPart]()
    open_now: dict[str, list[LotPart]] = {}
    for part in run.floor.open:
        open_now.setdefault(part.sku, []).append(part)
    for sku, parts in open_now.items():
        asked = sum(part.quantity.micro for part in run.inputs if part.sku == sku)
        (over, under), (was, _) = needed_by(run, sku, shop), needed_by(before, sku, shop)
        need = -(-asked * (over - was) // (run.runs.micro * under))
        first, rest = shared(parts, need, sum(part.quantity.micro for part in parts))
        mine, left = [*mine, *first], [*left, *rest]
    return tuple(mine), tuple(left)


def _passed(run: Run, borne: Stage, good: Mapping[str, Quantity], said: Report, shop: Shop) -> Moved:
    """What comes at an operation bears its planned share; what is left waits behind it with these runs."""
    number = said.operation_no
    assert number is not None
    now = {
        output.sku: good[output.sku]
        for output in shop.content.outputs
        if output.operation_no is not None and good.get(output.sku, ZERO) > ZERO
    }
    facts: Facts = ()
    lots: tuple[MadeLot, ...] = ()
    if now:
        cost = _share(run, borne, now, number, shop)
        run, fact, lots = _made(run, now, said.outcomes, shop, borne.open, cost)
        borne, facts = relieved(borne, cost), (fact,)
    stages = arrived(run.floor.stages, replace(borne, operation_no=number, runs=ZERO))
    return replace(run, floor=replace(run.floor, stages=stages)), facts, lots


def _share(run: Run, borne: Stage, now: Mapping[str, Quantity], number: int, shop: Shop) -> CostVector:
    """What those outputs bear that come now, beside what is planned to come later of the same runs."""
    planned = {part.sku: part for part in run.outputs}
    later = [
        (output, Quantity.of_micro(planned[output.sku].quantity.micro * borne.runs.micro // run.runs.micro))
        for output in shop.content.outputs
        if output.sku in planned and (output.operation_no is None or output.operation_no > number)
    ]
    here = [(output, now[output.sku]) for output in shop.content.outputs if output.sku in now]
    shares = allocate(borne.cost, [*here, *later], shop.content.cost_rule, shop.content.fixed_shares)
    return sum(shares[: len(here)], start=nothing(shop))
