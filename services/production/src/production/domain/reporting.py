"""Reports of a run: what it took and made for so many of its runs, what that cost, and how it is reconciled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from backbone.errors import Invalid, Pointer
from contracts.production import MaterialConsumed, MaterialProduced, ProducedLot, RunClosed, RunEnded
from contracts.shapes import LotPart
from contracts.values import ZERO, CostVector, Quantity, total
from production.domain.act import End, Outcome, Report, Scrap
from production.domain.costing import Effort, added, effort
from production.domain.lots import produced
from production.domain.material import drawn, merged, taken
from production.domain.plant import WorkCentre
from production.domain.recipe import BEARING, Content
from production.domain.run import Facts, Run, counted


@dataclass(frozen=True, slots=True)
class Shop:
    """What a report is reckoned by: the recipe version of the run, its work centres, and a source of lot ids."""

    content: Content
    centres: Mapping[str, WorkCentre]
    new_id: Callable[[], str]


def report(run: Run, said: Report, shop: Shop) -> tuple[Run, Facts, tuple[ProducedLot, ...]]:
    """The run after a report, its facts and its new lots; raises `Invalid`, `WrongState`, `CurrenciesMixed`."""
    run.demand_running("reported on")
    runs = _runs(run, said, shop.content)
    gone, left = _consumed(run, said, runs)
    facts: list[object] = []
    if gone:
        rework = run.rework_lot_id is not None
        facts.append(MaterialConsumed(run.run_id, run.planned_order_id, run.site_id, merged(gone), rework))
    floor = replace(
        run.floor, staged=left, open=(*run.floor.open, *gone), consumed=merged((*run.floor.consumed, *gone))
    )
    run = run.changed("running", floor=floor)
    if not said.produces:
        return run, tuple(facts), ()
    run = _worked(run, runs, shop)
    run, lots = _made(run, said, runs, shop)
    if lots:
        facts.append(MaterialProduced(run.run_id, run.planned_order_id, run.site_id, lots))
    return run, tuple(facts), lots


def end(run: Run, said: End, shop: Shop, at: datetime) -> tuple[Run, Facts, tuple[ProducedLot, ...]]:
    """The run is over: its rest is reported, and its times, costs and quantities are told."""
    facts: Facts = ()
    lots: tuple[ProducedLot, ...] = ()
    rest = run.runs - run.done_runs
    if said.rest == "complete" and rest > ZERO:
        whole = replace(said.report, runs=rest if said.report.runs is None else said.report.runs)
        run, facts, lots = report(run, whole, shop)
    run.demand_running("ended")
    if not any(made.quantity > ZERO for made in run.floor.made):
        raise Invalid("a run that made no product is aborted, not ended", [("/report", "no product")])
    run = run.changed("closed", floor=replace(run.floor, staged=(), ended_at=at))
    ended = RunEnded(run.run_id, run.planned_order_id)
    return run, (*facts, ended, _closed(run, shop)), lots


def _closed(run: Run, shop: Shop) -> RunClosed:
    bearing = {output.sku for output in shop.content.outputs if output.role in BEARING}
    floor = run.floor
    return RunClosed(
        run.run_id,
        run.planned_order_id,
        floor.labour_minutes,
        floor.machine_minutes,
        floor.work or _nothing(shop),
        total(part.quantity for part in run.outputs if part.sku in bearing),
        total(made.quantity - made.blocked for made in floor.made if made.sku in bearing),
    )


def _nothing(shop: Shop) -> CostVector:
    return CostVector(0, 0, 0, 0, next(iter(shop.centres.values())).currency)


def _runs(run: Run, said: Report, content: Content) -> Quantity:
    """How many of the runs this report is about; told by what came out when the report does not say."""
    rest = run.runs - run.done_runs
    wrong = _wrong(said, content)
    if said.runs is not None and (said.runs <= ZERO or said.runs > rest):
        wrong.append(("/runs", f"above 0, at most the {rest} that are left"))
    if wrong:
        raise Invalid("this is no report of this run", wrong)
    if said.runs is not None or not said.produces:
        return said.runs or ZERO
    asked = {part.sku: part.quantity for part in run.outputs}
    come: dict[str, Quantity] = {}
    entries: tuple[Outcome | Scrap, ...] = (*said.outcomes, *said.scraps)
    for each in entries:
        come[each.sku] = come.get(each.sku, ZERO) + (each.quantity or ZERO)
    shares = [
        Quantity.of_micro(-(-quantity.micro * run.runs.micro // asked[sku].micro))
        for sku, quantity in come.items()
        if asked.get(sku, ZERO) > ZERO
    ]
    return min(max(shares, default=ZERO), rest)


def _wrong(said: Report, content: Content) -> list[Pointer]:
    known = {output.sku for output in content.outputs}
    found: list[Pointer] = []
    entries: list[tuple[str, Outcome | Scrap]] = [
        *((f"/outcomes/{place}", each) for place, each in enumerate(said.outcomes)),
        *((f"/scraps/{place}", each) for place, each in enumerate(said.scraps)),
    ]
    for pointer, each in entries:
        if each.sku not in known:
            found.append((f"{pointer}/sku", "no output of this recipe"))
        if each.quantity is not None and each.quantity < ZERO:
            found.append((f"{pointer}/quantity", "a quantity is not negative"))
    if len({outcome.sku for outcome in said.outcomes}) != len(said.outcomes):
        found.append(("/outcomes", "each output is named once"))
    return found


def _consumed(run: Run, said: Report, runs: Quantity) -> tuple[tuple[LotPart, ...], tuple[LotPart, ...]]:
    named, left = taken(run.floor.staged, said.takes)
    if not said.backflush or runs <= ZERO:
        return named, left
    done = run.done_runs + runs
    needs: dict[str, Quantity] = {}
    for part in run.inputs:
        # Whole so far less what was taken: rounding never adds up over many reports.
        so_far = Quantity.of_micro(-(-part.quantity.micro * done.micro // run.runs.micro))
        needs[part.sku] = needs.get(part.sku, ZERO) + so_far
    for lot in (*run.floor.consumed, *named):
        if lot.sku in needs:
            needs[lot.sku] = needs[lot.sku] - lot.quantity
    flushed, left = drawn(left, {sku: quantity for sku, quantity in needs.items() if quantity > ZERO})
    return (*named, *flushed), left


def _worked(run: Run, runs: Quantity, shop: Shop) -> Run:
    """Work up to now by the recipe's minutes; setup counts once, with the first report."""
    done = run.done_runs + runs
    before, now = _effort(run.done_runs, shop), _effort(done, shop)
    floor, nothing = run.floor, _nothing(shop)
    cost = now.cost - before.cost
    floor = replace(
        floor,
        work=(floor.work or nothing) + cost,
        pending=(floor.pending or nothing) + cost,
        labour_minutes=now.labour_minutes,
        machine_minutes=now.machine_minutes,
    )
    return run.changed("running", done_runs=done, floor=floor)


def _effort(runs: Quantity, shop: Shop) -> Effort:
    if runs <= ZERO:
        return Effort(ZERO, ZERO, _nothing(shop))
    return effort(shop.content.operations, runs, dict(shop.centres))


def _made(run: Run, said: Report, runs: Quantity, shop: Shop) -> tuple[Run, tuple[ProducedLot, ...]]:
    """The lots of a report; without any good product their cost stays open for the next one."""
    good = _good(run, said, runs)
    floor = replace(run.floor, scrapped=(*run.floor.scrapped, *said.scraps))
    bearing = [output for output in shop.content.outputs if output.role in BEARING]
    if not any(good.get(output.sku, ZERO) > ZERO for output in bearing):
        return run.changed("running", floor=floor), ()
    cost = added([part.cost for part in floor.open], floor.pending or _nothing(shop))
    lots = produced(
        shop.content, good, floor.open, cost, said.outcomes, blocked=run.out_of_limits, new_id=shop.new_id
    )
    floor = replace(floor, open=(), pending=None, made=counted(floor.made, lots))
    return run.changed("running", floor=floor), lots


def _good(run: Run, said: Report, runs: Quantity) -> dict[str, Quantity]:
    outcomes = {outcome.sku: outcome.quantity for outcome in said.outcomes}
    scrapped: dict[str, Quantity] = {}
    for scrap in said.scraps:
        scrapped[scrap.sku] = scrapped.get(scrap.sku, ZERO) + scrap.quantity
    good: dict[str, Quantity] = {}
    for part in run.outputs:
        given = outcomes.get(part.sku)
        planned = Quantity.of_micro(part.quantity.micro * runs.micro // run.runs.micro)
        come = planned - scrapped.get(part.sku, ZERO) if given is None else given
        good[part.sku] = max(come, ZERO)
    return good
