"""Runs whose work a vendor does: asked for, agreed, received and reported; or not wanted any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from contracts.outside import OutsideWork, WorkRequested, WorkWithdrawn
from contracts.units import Counted
from contracts.values import ZERO, Quantity, total
from production.domain.act import End, Outcome, Receive, Report
from production.domain.costing import added
from production.domain.ending import end
from production.domain.lots import MadeLot, common
from production.domain.outside import Bought
from production.domain.recipe import BEARING
from production.domain.reckoning import nothing
from production.domain.reporting import Moved, report
from production.domain.run import Facts, Run
from production.domain.scheduling.giving_way import DAMPING_SPAN
from production.domain.shop import Shop

# Nothing of it has left the house yet.
HERE: Final = frozenset({"scheduled", "allowed"})
NO_MORE: Final = "its vendor did no more of it"


def buying(run: Run, work: OutsideWork, items: Mapping[str, Counted]) -> Run:
    """The run with what is bought for it; refused where nobody knows in what that is counted."""
    counted = items.get(work.sku)
    if counted is None:
        return run.refused(f"nobody knows in what {work.sku} is counted")
    quantity = work.quantity.times(run.runs).rounded_up(counted.quantum)
    bought = Bought(work.sku, quantity, counted.unit, run.ends_at)
    return replace(run, floor=replace(run.floor, bought=bought))


def followed(before: Run | None, run: Run) -> tuple[Run, Facts]:
    """The run, and what whoever buys its work hears: that it is wanted, at another moment, or not any more."""
    work = run.floor.bought
    if work is None or (before is not None and before.over):
        return run, ()
    if run.over:
        over = WorkWithdrawn(run.run_id, run.planned_order_id, run.reason or NO_MORE)
        return run, () if work.done >= work.quantity else (over,)
    moved = run.state in HERE and abs(run.ends_at - work.needed_at) > DAMPING_SPAN
    if before is not None and not moved:
        return run, ()
    asked = WorkRequested(
        run.run_id,
        run.planned_order_id,
        work.sku,
        work.quantity,
        work.unit,
        run.site_id,
        run.ends_at,
        run.inputs,
    )
    return replace(run, floor=replace(run.floor, bought=replace(work, needed_at=run.ends_at))), (asked,)


def asked_of(run: Run, purchase_order_id: str, vendor_id: str) -> Run:
    """A vendor is asked to do the work; what another one had agreed to counts no more."""
    return _bought(run, purchase_order_id=purchase_order_id, vendor_id=vendor_id, agreed_at=None)


def let_go(run: Run, purchase_order_id: str) -> Run:
    """A vendor does not do the work any more; where another one was asked meanwhile, that one stays."""
    work = run.floor.bought
    if work is None or work.purchase_order_id != purchase_order_id:
        return run
    return _bought(run, purchase_order_id=None, vendor_id=None, agreed_at=None)


def agreed(run: Run, at: datetime) -> Run:
    """The vendor names the moment at which the work is done and the goods are back."""
    return _bought(run, agreed_at=at)


def moved_to(run: Run, at: datetime) -> Run:
    """The run whose place is moved to what its vendor has agreed to: nobody has to be asked again for that."""
    return _bought(run, needed_at=at)


def _bought(run: Run, **changes: object) -> Run:
    work = run.floor.bought
    if work is None or run.over:
        return run
    return run.changed(run.state, floor=replace(run.floor, bought=replace(work, **changes)))  # type: ignore[arg-type]


def received(run: Run, act: Receive, shop: Shop, at: datetime) -> Moved:
    """The run after so much of its work is done: it has cost that, has taken and made so much, and ends with the last.

    Whoever receives goods that nobody had told to be sent tells it by that. Raises what `report` and `end` do.
    """
    facts: Facts = ()
    lots: tuple[MadeLot, ...] = ()
    if run.state == "allowed":
        run, facts = run.started(at)
    run.demand_running("worked on by a vendor")
    before = _done(run)
    run = _charged(run, act, shop)
    whole = _done(run) == run.runs
    now = run.left if whole else min(_done(run) - before, run.left)
    said = Report(runs=now, outcomes=_outcomes(act, shop))
    if now > ZERO and now == run.left and (whole or act.complete):
        run, more, lots = end(run, End(said), shop, at)
        return run, (*facts, *more), lots
    if now > ZERO:
        run, more, lots = report(run, said, shop)
        facts = (*facts, *more)
    if whole or act.complete:
        run, more, scrap = end(run, End(Report(backflush=False), "nothing", NO_MORE), shop, at)
        return run, (*facts, *more), (*lots, *scrap)
    return run, facts, lots


def _done(run: Run) -> Quantity:
    """How many of its runs what was done of the work is for."""
    work = run.floor.bought
    if work is None:
        return ZERO
    return Quantity.of_micro(
        run.runs.micro * min(work.done.micro, work.quantity.micro) // work.quantity.micro
    )


def _charged(run: Run, act: Receive, shop: Shop) -> Run:
    """The run with what the work has cost: bought in, and borne by what is made next."""
    floor, none = run.floor, nothing(shop)
    assert floor.bought is not None
    cost = added([part.cost for part in act.parts], none)
    bought = replace(floor.bought, done=floor.bought.done + total(part.quantity for part in act.parts))
    floor = replace(
        floor, bought=bought, work=(floor.work or none) + cost, pending=(floor.pending or none) + cost
    )
    return run.changed(run.state, floor=floor)


def _outcomes(act: Receive, shop: Shop) -> tuple[Outcome, ...]:
    """What was measured of the goods: properties on which all parts agree are those of the product."""
    measured = tuple(value for _, value in sorted(common(act.parts).items()))
    product = next(output.sku for output in shop.content.outputs if output.role in BEARING)
    return (Outcome(product, properties=measured),) if measured else ()
