"""Reports of a run: what it took and made for so many of its runs, and what that cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from backbone.errors import Invalid, Pointer
from contracts.production import MaterialConsumed, MaterialProduced
from contracts.recipes import Operation
from contracts.values import ZERO, CostVector, Quantity
from production.domain.act import Outcome, Report, Scrap, Time, minutes
from production.domain.costing import Effort, added, effort
from production.domain.floor import counted, kept
from production.domain.lots import MadeLot, produced
from production.domain.material import Cut, drawn, merged, shared, taken
from production.domain.points import demand_inspected
from production.domain.recipe import BEARING, MINUTES_MAX, POINTS_WHOLE
from production.domain.routing import placed
from production.domain.run import Facts, Run
from production.domain.shop import Shop

# Of what bears no cost more may come than planned; ten times as much is a slip of the pen.
INCIDENTAL_OVER_POINTS: Final = 9 * POINTS_WHOLE


Moved = tuple[Run, Facts, tuple[MadeLot, ...]]


def report(run: Run, said: Report, shop: Shop, *, at: str = "", last: bool = False) -> Moved:
    """The run after a report, its facts and its new lots; `at` is where the report lies in the body.

    After the `last` report nothing is left open: its lots bear all that no lot bears yet. Raises `Invalid`,
    `WrongState`, `NotInspectedYet`, `CurrenciesMixed`.
    """
    run.demand_running("reported on")
    runs = _runs(run, said, shop, at)
    if runs > ZERO:
        demand_inspected(run.floor.points, run.done_runs + runs)
    run, facts = take(run, said, runs, shop, at)
    if not said.produces:
        return run, facts, ()
    _demand_tolerable(run, said, runs, shop, at)
    run = _worked(run, said, runs, shop)
    good = _good(run, said, runs, shop)
    scrapped = kept((*run.floor.scrapped, *said.scraps), "entries of scrap")
    run = run.changed("running", floor=replace(run.floor, scrapped=scrapped))
    if not any(
        good.get(output.sku, ZERO) > ZERO for output in shop.content.outputs if output.role in BEARING
    ):
        return run, facts, ()
    run, made, lots = make(run, good, said.outcomes, shop, runs=None if last else runs)
    return run, (*facts, made), lots


def take(run: Run, said: Report, runs: Quantity, shop: Shop, at: str = "") -> tuple[Run, Facts]:
    """The run after it took what the report names, and with `backflush` what `runs` of it need beyond that."""
    gone, left = _consumed(run, said, runs, shop, at)
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
    parents = floor.open or floor.consumed
    if not parents:
        raise Invalid("a run that took nothing makes nothing", [("/consumed", "nothing was consumed yet")])
    bearing, left = _borne(run, runs)
    cost = added([part.cost for part in bearing], floor.pending or nothing(shop))
    blocked = blocked or run.out_of_limits or any(part.lot_id in floor.recalled for part in parents)
    lots = produced(shop.content, good, parents, cost, tuple(outcomes), blocked=blocked, new_id=shop.new_id)
    floor = replace(floor, open=left, pending=None, made=counted(floor.made, lots))
    fact = MaterialProduced(run.run_id, run.planned_order_id, run.site_id, lots)
    kept_here = tuple(MadeLot.of(lot, run.run_id, run.site_id, run.root_id) for lot in lots)
    return run.changed("running", floor=floor), fact, kept_here


def nothing(shop: Shop) -> CostVector:
    """No cost, in the currency of the work centres."""
    return CostVector(0, 0, 0, 0, next(iter(shop.centres.values())).currency)


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


def _runs(run: Run, said: Report, shop: Shop, at: str) -> Quantity:
    """How many of the runs this report is about; told by what came out when the report does not say."""
    rest = run.left
    wrong = _wrong(run, said, shop)
    if said.runs is not None and not ZERO < said.runs <= rest:
        wrong.append(("/runs", f"above 0, at most the {rest} that are staged and not done"))
    if wrong:
        raise Invalid("this is no report of this run", [(f"{at}{place}", why) for place, why in wrong])
    if said.runs is not None or not said.produces:
        return said.runs or ZERO
    come = _come(said)
    if not any(come.values()) and any(outcome.quantity is None for outcome in said.outcomes):
        return rest
    planned = {part.sku: part.quantity for part in run.outputs}
    shares = [
        Quantity.of_micro(-(-quantity.micro * run.runs.micro // planned[sku].micro))
        for sku, quantity in come.items()
        if planned.get(sku, ZERO) > ZERO
    ]
    return min(max(shares, default=ZERO), rest)


def _come(said: Report) -> dict[str, Quantity]:
    """All that came out of each output that is named, good or not."""
    come: dict[str, Quantity] = {}
    for each in tuple[Outcome | Scrap, ...]((*said.outcomes, *said.scraps)):
        come[each.sku] = come.get(each.sku, ZERO) + (each.quantity or ZERO)
    return come


def _wrong(run: Run, said: Report, shop: Shop) -> list[Pointer]:
    roles = {output.sku: output.role for output in shop.content.outputs}
    found: list[Pointer] = []
    entries: list[tuple[str, Outcome | Scrap]] = [
        *((f"/outcomes/{place}", each) for place, each in enumerate(said.outcomes)),
        *((f"/scraps/{place}", each) for place, each in enumerate(said.scraps)),
    ]
    for pointer, each in entries:
        if each.sku not in roles:
            found.append((f"{pointer}/sku", "no output of this recipe"))
        if each.quantity is not None and each.quantity < ZERO:
            found.append((f"{pointer}/quantity", "a quantity is not negative"))
        quantum = shop.quantum(each.sku)
        if each.quantity and each.quantity.micro % quantum.micro:
            found.append((f"{pointer}/quantity", f"a multiple of {quantum}"))
    if len({outcome.sku for outcome in said.outcomes}) != len(said.outcomes):
        found.append(("/outcomes", "each output is named once"))
    found += _wrong_times(said, shop)
    return found


def _wrong_times(said: Report, shop: Shop) -> list[Pointer]:
    found: list[Pointer] = []
    numbers = {operation.operation_no for operation in shop.content.operations}
    for place, time in enumerate(said.times):
        if time.operation_no not in numbers:
            found.append((f"/times/{place}/operation_no", "no operation of this recipe"))
        if not all(ZERO <= each <= MINUTES_MAX for each in (time.labour_minutes, time.machine_minutes)):
            found.append((f"/times/{place}", f"minutes are 0 to {MINUTES_MAX}"))
    if len({time.operation_no for time in said.times}) != len(said.times):
        found.append(("/times", "each operation is named once"))
    if said.times and not said.produces:
        found.append(("/times", "work is told with what it made"))
    return found


def _demand_tolerable(run: Run, said: Report, runs: Quantity, shop: Shop, at: str) -> None:
    """Raise `Invalid` for what is beyond the recipe's tolerance, counted over all reports, good or not."""
    come = _good(replace(run, done_runs=run.done_runs + runs), said, runs, shop)
    for made in run.floor.made:
        come[made.sku] = come.get(made.sku, ZERO) + made.quantity
    for scrap in (*run.floor.scrapped, *said.scraps):
        come[scrap.sku] = come.get(scrap.sku, ZERO) + scrap.quantity
    found: list[Pointer] = []
    for output in shop.content.outputs:
        planned = sum(part.quantity.micro for part in run.outputs if part.sku == output.sku)
        over = shop.content.over_points if output.role in BEARING else INCIDENTAL_OVER_POINTS
        most = planned * (POINTS_WHOLE + over) // POINTS_WHOLE
        if come.get(output.sku, ZERO).micro > most:
            found.append((f"{at}/outcomes", f"of {output.sku} at most {Quantity.of_micro(most)} may come"))
    if found:
        raise Invalid("this is no report of this run", found)


def _consumed(run: Run, said: Report, runs: Quantity, shop: Shop, at: str) -> Cut:
    named, left = taken(run.floor.staged, said.takes, at)
    if not said.backflush or runs <= ZERO:
        return named, left
    done = run.done_runs + runs
    if done == run.runs:
        return (*named, *left), ()
    needs: dict[str, Quantity] = {}
    for part in run.inputs:
        # Whole so far less what was taken: rounding never adds up over many reports.
        so_far = Quantity.of_micro(-(-part.quantity.micro * done.micro // run.runs.micro))
        so_far = so_far.rounded_up(shop.quantum(part.sku))
        needs[part.sku] = needs.get(part.sku, ZERO) + so_far
    for lot in (*run.floor.consumed, *named):
        if lot.sku in needs:
            needs[lot.sku] = needs[lot.sku] - lot.quantity
    flushed, left = drawn(left, {sku: quantity for sku, quantity in needs.items() if quantity > ZERO})
    return (*named, *flushed), left


def _worked(run: Run, said: Report, runs: Quantity, shop: Shop) -> Run:
    """Work up to now by the recipe's minutes or the real ones, where it was done; setup counts at the first report."""
    done = run.done_runs + runs
    floor, none = run.floor, nothing(shop)
    beyond = _beyond(run, said, done, shop)
    steps = placed(shop.content.operations, run.operations)
    before, now = _effort(steps, run.done_runs, floor.beyond, shop), _effort(steps, done, beyond, shop)
    cost = now.cost - before.cost
    floor = replace(
        floor,
        beyond=beyond,
        work=(floor.work or none) + cost,
        pending=(floor.pending or none) + cost,
        labour_minutes=now.labour_minutes,
        machine_minutes=now.machine_minutes,
    )
    return run.changed("running", done_runs=done, floor=floor)


def _beyond(run: Run, said: Report, done: Quantity, shop: Shop) -> tuple[Time, ...]:
    """By how much all reports together differ from the recipe's minutes."""
    found = {time.operation_no: time for time in run.floor.beyond}
    for time in said.times:
        step = next(each for each in shop.content.operations if each.operation_no == time.operation_no)
        planned = step.run_minutes.times(done) - step.run_minutes.times(run.done_runs)
        if run.done_runs <= ZERO and step.operation_no not in found:
            planned = planned + step.setup_minutes
        known = found.get(step.operation_no, Time(step.operation_no, ZERO, ZERO))
        found[step.operation_no] = Time(
            step.operation_no,
            known.labour_minutes + time.labour_minutes - planned.times(step.people),
            known.machine_minutes + time.machine_minutes - planned,
        )
    return tuple(found[number] for number in sorted(found))


def _effort(steps: Sequence[Operation], runs: Quantity, beyond: Iterable[Time], shop: Shop) -> Effort:
    if runs <= ZERO:
        return Effort(ZERO, ZERO, nothing(shop))
    return effort(steps, runs, shop.centres, minutes(beyond))


def _good(run: Run, said: Report, runs: Quantity, shop: Shop) -> dict[str, Quantity]:
    """How much of each output is good: as the report says, else as planned for these runs, less its scrap."""
    outcomes = {outcome.sku: outcome.quantity for outcome in said.outcomes}
    scrapped = {scrap.sku: ZERO for scrap in said.scraps}
    for scrap in said.scraps:
        scrapped[scrap.sku] = scrapped[scrap.sku] + scrap.quantity
    planned = planned_of(run, run.done_runs - runs, run.done_runs, shop)
    good: dict[str, Quantity] = {}
    for part in run.outputs:
        given = outcomes.get(part.sku)
        come = planned[part.sku] - scrapped.get(part.sku, ZERO) if given is None else given
        good[part.sku] = max(come, ZERO)
    return good


def planned_of(run: Run, before: Quantity, done: Quantity, shop: Shop) -> dict[str, Quantity]:
    """How much of each output is planned for the runs from `before` up to `done`."""
    planned: dict[str, Quantity] = {}
    for part in run.outputs:
        quantum = shop.quantum(part.sku).micro
        # Whole quanta up to now less those up to the report before: parts add up to the whole.
        ends = [part.quantity.micro * each.micro // run.runs.micro // quantum for each in (before, done)]
        planned[part.sku] = Quantity.of_micro((ends[1] - ends[0]) * quantum)
    return planned
