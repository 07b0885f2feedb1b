"""A run at its inspection points: it is looked at, goes on, or stands still until quality has decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from backbone.errors import Invalid
from contracts.values import ZERO, Quantity
from production.domain.act import Decide, Inspect, Report, Scrap
from production.domain.points import InspectionPoint, Point, Waiting, demand_inspected
from production.domain.recipe import BEARING, Content, SecondPersonNeeded
from production.domain.reckoning import planned_of
from production.domain.reporting import Moved, gone_on, report
from production.domain.run import Facts, Run
from production.domain.shop import Shop
from production.domain.states import WrongState


def points_of(planned: Sequence[InspectionPoint], recipe_id: str, content: Content) -> tuple[Point, ...]:
    """Where a run by this recipe is inspected, in the order of its operations."""
    numbers = {step.operation_no for step in content.operations}
    here = [each for each in planned if (each.recipe_id, each.in_force) == (recipe_id, True)]
    return tuple(
        Point(each.operation_no, each.sku)
        for each in sorted(here, key=lambda each: (each.operation_no, each.sku))
        if each.operation_no in numbers
    )


def demand_place(point: InspectionPoint, content: Content | None) -> None:
    """Raise `Invalid` for a point that is none of its recipe's: another operation or item, or work of a vendor."""
    if content is None:
        raise Invalid("there is no such recipe", [("/recipe_id", "no recipe")])
    step = next((each for each in content.operations if each.operation_no == point.operation_no), None)
    if step is None:
        raise Invalid("the recipe has no such operation", [("/operation_no", "no operation of it")])
    if step.outside is not None:
        raise Invalid(
            "what a vendor does is inspected as it comes back", [("/operation_no", "done by a vendor")]
        )
    taken, made = {part.sku for part in content.inputs}, {part.sku for part in content.outputs}
    if point.sku not in taken | made:
        raise Invalid("the recipe has no such item", [("/sku", "neither taken nor made by it")])


def looked_at(run: Run, operation_no: int, sku: str, runs: Quantity | None) -> tuple[Quantity, Quantity]:
    """How many of a run, and how much of an item that is, are to be inspected.

    Raises `WrongState`, `NotInspectedYet` where a point before has not let so many through, `Invalid`.
    """
    run.demand_running("inspected")
    point = _point(run, operation_no, sku)
    rest = run.staged_runs - point.passed
    if runs is not None and not ZERO < runs <= rest:
        raise Invalid(
            "so many do not wait there", [("/runs", f"above 0, at most the {rest} that have not passed")]
        )
    if rest <= ZERO:
        raise Invalid("nothing waits there", [("/operation_no", "all of its runs have passed")])
    looked = rest if runs is None else runs
    whole = next(part.quantity for part in (*run.outputs, *run.inputs) if part.sku == sku)
    demand_inspected(run.floor.points, point.passed + looked, operation_no)
    return looked, Quantity.of_micro(max(whole.micro * looked.micro // run.runs.micro, 1))


def inspected(run: Run, said: Inspect, at: datetime) -> tuple[Run, Facts]:
    """The run after a sample: so much more of it may go on, or it stands still; raises as `looked_at` does."""
    runs, _ = looked_at(run, said.operation_no, said.sku, said.runs)
    point = _point(run, said.operation_no, said.sku)
    bad = [str(each) for each in said.found if not each.passed]
    if not bad:
        return _at(run, replace(point, passed=point.passed + runs, waiting=None)), ()
    reason = f"operation {point.operation_no} failed its inspection: {', '.join(bad)}"
    run = _at(run, replace(point, waiting=Waiting(runs, reason, said.inspection_id)))
    return run.held(reason, at)


def decided(run: Run, said: Decide, shop: Shop, at: datetime) -> Moved:
    """What quality decides of runs that wait at a point; to use them as they are takes two people.

    Raises `WrongState` where nothing waits, `SecondPersonNeeded`, `Invalid`.
    """
    point = _point(run, said.operation_no, said.sku)
    if run.state not in {"running", "held"}:
        raise WrongState(f"{run.name} is {run.state}: nothing of it waits for a decision")
    if said.runs is not None and said.verdict != "scrap":
        raise Invalid("so many are scrapped, and nothing else is", [("/runs", "of what is scrapped alone")])
    if said.verdict == "use-as-is":
        return (*_used_as_is(run, point, said, shop.by, at), ())
    if point.waiting is None or not point.failed:
        raise WrongState(f"nothing has failed at operation {point.operation_no} of {run.name}")
    if said.verdict == "abort":
        return (*_at(run, replace(point, waiting=None)).aborted(said.reason, at), ())
    if said.verdict == "rework":
        return (*_at(run, replace(point, waiting=None)).resumed(at), ())
    return _scrapped(run, point, point.waiting, said, shop, at)


def _used_as_is(run: Run, point: Point, said: Decide, by: str, at: datetime) -> tuple[Run, Facts]:
    """One person proposes to go on as it is, with what failed or without an inspection; a second one says the same."""
    waiting = point.waiting
    if waiting is None or waiting.proposed_by is None:
        rest = run.staged_runs - point.passed
        if waiting is None and rest <= ZERO:
            raise WrongState(f"nothing of {run.name} waits at operation {point.operation_no}")
        proposed = waiting or Waiting(rest, said.reason)
        return _at(run, replace(point, waiting=replace(proposed, proposed_by=by))), ()
    if waiting.proposed_by == by:
        raise SecondPersonNeeded("a second person decides whether the run goes on as it is")
    run = _at(run, replace(point, passed=point.passed + waiting.runs, waiting=None))
    # What nobody has held for this goes on, or stands still, as before.
    return run.resumed(at) if point.failed else (run, ())


def _scrapped(run: Run, point: Point, waiting: Waiting, said: Decide, shop: Shop, at: datetime) -> Moved:
    """So many of what failed are scrapped, the rest goes on: what is bad was sorted out."""
    runs = waiting.runs if said.runs is None else said.runs
    if not ZERO < runs <= waiting.runs:
        raise Invalid("so many did not fail", [("/runs", f"above 0, at most the {waiting.runs} that failed")])
    run = _at(run, replace(point, passed=point.passed + waiting.runs, waiting=None))
    for later in run.floor.points:
        if later.operation_no > point.operation_no:
            # What is scrapped here does not come there.
            run = _at(run, replace(later, passed=later.passed + runs))
    run, facts = run.resumed(at)
    planned = planned_of(run, gone_on(run, None, runs, shop)[0], shop)
    bearing = [output.sku for output in shop.content.outputs if output.role in BEARING]
    scraps = tuple(Scrap(sku, planned[sku], said.reason) for sku in bearing if planned.get(sku, ZERO) > ZERO)
    run, more, lots = report(run, Report(runs=runs, scraps=scraps), shop)
    return run, (*facts, *more), lots


def _point(run: Run, operation_no: int, sku: str) -> Point:
    for point in run.floor.points:
        if (point.operation_no, point.sku) == (operation_no, sku):
            return point
    raise Invalid(
        "the run is not inspected there", [("/operation_no", "no inspection point of this run by this item")]
    )


def _at(run: Run, point: Point) -> Run:
    here = (point.operation_no, point.sku)
    points = tuple(point if (each.operation_no, each.sku) == here else each for each in run.floor.points)
    return run.changed(run.state, floor=replace(run.floor, points=points))
