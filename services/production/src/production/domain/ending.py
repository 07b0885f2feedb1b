"""How a run ends: its rest is made or left, what bears no cost yet is written off, and all of it is reconciled."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from backbone.errors import Invalid
from contracts.production import LotDisposed, RunClosed, RunEnded
from contracts.values import ZERO, Quantity, total
from production.domain.act import End
from production.domain.floor import kept
from production.domain.recipe import BEARING, POINTS_WHOLE
from production.domain.reckoning import nothing
from production.domain.record import goods
from production.domain.reporting import Moved, gathered, make, report, take
from production.domain.run import Run
from production.domain.shop import Shop


def end(run: Run, said: End, shop: Shop, at: datetime) -> Moved:
    """The run is over: its rest is reported, and its times, costs and quantities are told.

    Raises `WrongState` unless it runs, `Invalid` for one that made nothing and scrapped nothing: that one is
    aborted; and for one that made much less than planned, unless it says why.
    """
    run.demand_running("ended")
    if said.report.operation_no is not None:
        raise Invalid("the end is of all operations", [("/report/operation_no", "none at the end")])
    run, facts, lots = _completed(run, said, shop) if said.rest == "complete" else _left(run, said, shop)
    run = gathered(run)
    if run.floor.open or (run.floor.pending is not None and run.floor.pending.total):
        run, more, scrap = _written_off(run, shop)
        facts, lots = (*facts, *more), (*lots, *scrap)
    if not any(made.quantity > ZERO for made in run.floor.made):
        raise Invalid("a run that made nothing is aborted, not ended", [("/report", "no product")])
    _demand_enough(run, said, shop)
    closed = _closed(run, shop)
    run = run.changed("closed", floor=replace(run.floor, staged=(), ended_at=at))
    return run, (*facts, RunEnded(run.run_id, run.planned_order_id), closed), lots


def _demand_enough(run: Run, said: End, shop: Shop) -> None:
    """Raise `Invalid` for much less than was planned, unless somebody says why."""
    for sku, planned, good in goods(run, shop.content):
        least = planned.micro * (POINTS_WHOLE - shop.content.under_points)
        if good.micro * POINTS_WHOLE < least and not said.reason:
            raise Invalid(
                f"{good} of {sku} came, {planned} were planned: say why",
                [("/reason", "less than the recipe tolerates")],
            )


def _completed(run: Run, said: End, shop: Shop) -> Moved:
    """All that is staged and not done is reported now."""
    whole = said.report
    if run.left > ZERO and whole.runs is None:
        whole = replace(whole, runs=run.left)
    if not whole.produces and not whole.takes:
        return run, (), ()
    return report(run, whole, shop, at="/report", last=True)


def _left(run: Run, said: End, shop: Shop) -> Moved:
    """Nothing more is done; what was taken beyond the reports, and what is no good, may still be said."""
    if said.report.outcomes or said.report.times or said.report.runs is not None:
        raise Invalid(
            "what is not done has no outcome", [("/report", "consumed and scraps alone, or rest complete")]
        )
    run, facts = take(run, run, replace(said.report, backflush=False), shop, "/report")
    scrapped = kept((*run.floor.scrapped, *said.report.scraps), "entries of scrap")
    return run.changed("running", floor=replace(run.floor, scrapped=scrapped)), facts, ()


def _written_off(run: Run, shop: Shop) -> Moved:
    """What was taken and worked without a product to bear it becomes lots of scrap, so that no cost is lost."""
    bearing = {output.sku for output in shop.content.outputs if output.role in BEARING}
    bad: dict[str, Quantity] = {}
    reasons: dict[str, str] = {}
    for scrap in run.floor.scrapped:
        if scrap.sku in bearing and scrap.quantity > ZERO:
            bad[scrap.sku] = bad.get(scrap.sku, ZERO) + scrap.quantity
            reasons[scrap.sku] = scrap.reason
    if not bad:
        raise Invalid(
            "material was consumed that became no product: say what is scrap, or abort the run",
            [("/report/scraps", "a main or co-product")],
        )
    run, made, lots = make(run, bad, (), shop, runs=None, blocked=True)
    gone = tuple(replace(lot, state="scrapped", reason=reasons[lot.sku]) for lot in lots)
    disposed = tuple(
        LotDisposed(lot.lot_id, lot.sku, lot.site_id, "scrap", reasons[lot.sku], shop.by) for lot in gone
    )
    return run, (made, *disposed), gone


def _closed(run: Run, shop: Shop) -> RunClosed:
    bearing = {output.sku for output in shop.content.outputs if output.role in BEARING}
    floor = run.floor
    return RunClosed(
        run.run_id,
        run.planned_order_id,
        floor.labour_minutes,
        floor.machine_minutes,
        floor.work or nothing(shop),
        total(part.quantity for part in run.outputs if part.sku in bearing),
        total(made.quantity - made.blocked for made in floor.made if made.sku in bearing),
        floor.back,
    )
