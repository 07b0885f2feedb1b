"""What a report is about: how many runs, what they take and give by plan, what is too much, and the work on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from backbone.errors import Invalid, Pointer
from contracts.values import MICRO, ZERO, CostVector, Quantity
from production.domain.act import Outcome, Report, Scrap, Time, minutes
from production.domain.costing import Effort, effort
from production.domain.material import Cut, drawn, taken
from production.domain.recipe import BEARING, MINUTES_MAX, POINTS_WHOLE
from production.domain.routing import milestones, placed
from production.domain.run import Run
from production.domain.shop import Shop
from production.domain.standard import kept

# Of what bears no cost more may come than planned; ten times as much is a slip of the pen.
INCIDENTAL_OVER_POINTS: Final = 9 * POINTS_WHOLE


def nothing(shop: Shop) -> CostVector:
    """No cost, in the currency of the work centres."""
    return CostVector(0, 0, 0, 0, next(iter(shop.centres.values())).currency)


def runs_of(run: Run, said: Report, shop: Shop, at: str) -> Quantity:
    """How many of the runs this report is about; told by what came out when the report does not say."""
    rest = run.staged_runs - run.through(said.operation_no)
    wrong = _wrong(said, shop)
    if said.runs is not None and not ZERO < said.runs <= rest:
        wrong.append(("/runs", f"above 0, at most the {rest} that are staged and not done"))
    if wrong:
        raise Invalid("this is no report of this run", [(f"{at}{place}", why) for place, why in wrong])
    if said.runs is not None or not said.produces:
        return said.runs or ZERO
    come = _come(said)
    unsaid = any(outcome.quantity is None for outcome in said.outcomes)
    if not any(come.values()) and (unsaid or said.operation_no is not None):
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


def _wrong(said: Report, shop: Shop) -> list[Pointer]:
    number = said.operation_no
    found: list[Pointer] = []
    if number is not None and number not in milestones(shop.content.operations):
        found.append(("/operation_no", "an operation of this recipe that all before it lead to"))
    # What comes later does not come by then.
    here = {
        output.sku
        for output in shop.content.outputs
        if number is None or (output.operation_no is not None and output.operation_no <= number)
    }
    entries: list[tuple[str, Outcome | Scrap]] = [
        *((f"/outcomes/{place}", each) for place, each in enumerate(said.outcomes)),
        *((f"/scraps/{place}", each) for place, each in enumerate(said.scraps)),
    ]
    for pointer, each in entries:
        if each.sku not in here:
            by_then = "" if number is None else f" that comes by operation {number}"
            found.append((f"{pointer}/sku", f"no output of this recipe{by_then}"))
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
    numbers = {
        operation.operation_no
        for operation in shop.content.operations
        if said.operation_no is None or operation.operation_no <= said.operation_no
    }
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


def demand_tolerable(before: Run, after: Run, said: Report, shop: Shop, at: str) -> None:
    """Raise `Invalid` for what is beyond the recipe's tolerance, counted over all reports, good or not."""
    come = good_of(before, after, said, shop)
    for made in before.floor.made:
        come[made.sku] = come.get(made.sku, ZERO) + made.quantity
    for scrap in (*before.floor.scrapped, *said.scraps):
        come[scrap.sku] = come.get(scrap.sku, ZERO) + scrap.quantity
    found: list[Pointer] = []
    for output in shop.content.outputs:
        planned = sum(part.quantity.micro for part in before.outputs if part.sku == output.sku)
        over = shop.content.over_points if output.role in BEARING else INCIDENTAL_OVER_POINTS
        most = planned * (POINTS_WHOLE + over) // POINTS_WHOLE
        if come.get(output.sku, ZERO).micro > most:
            found.append((f"{at}/outcomes", f"of {output.sku} at most {Quantity.of_micro(most)} may come"))
    if found:
        raise Invalid("this is no report of this run", found)


def consumed(before: Run, after: Run, said: Report, shop: Shop, at: str) -> Cut:
    """What a report takes of what lies staged, and what is left: what it names, and what its runs need beyond that."""
    named, left = taken(before.floor.staged, said.takes, at)
    if not said.backflush or before is after:
        return named, left
    if after.done_runs == before.runs:
        return (*named, *left), ()
    needs: dict[str, Quantity] = {}
    for part in before.inputs:
        # Whole so far less what was taken: rounding never adds up over many reports.
        over, under = needed_by(after, part.sku, shop)
        so_far = Quantity.of_micro(-(-part.quantity.micro * over // (before.runs.micro * under)))
        so_far = so_far.rounded_up(shop.quantum(part.sku))
        needs[part.sku] = needs.get(part.sku, ZERO) + so_far
    for lot in (*before.floor.consumed, *named):
        if lot.sku in needs:
            needs[lot.sku] = needs[lot.sku] - lot.quantity
    flushed, left = drawn(left, {sku: quantity for sku, quantity in needs.items() if quantity > ZERO})
    return (*named, *flushed), left


def needed_by(run: Run, sku: str, shop: Shop) -> tuple[int, int]:
    """The runs (millionths, over and under) for which an item was needed so far, operation by operation.

    What stands in for an item of the recipe is needed as the first operation begins.
    """
    weights = [
        (part.quantity.micro * over * MICRO // under, part.operation_no)
        for part in shop.content.inputs
        for over, under in (kept(shop.content, part.operation_no),)
        if part.sku == sku
    ]
    whole = sum(weight for weight, _ in weights)
    if not whole:
        return run.through(0).micro, 1
    return sum(weight * run.through(number).micro for weight, number in weights), whole


def worked(before: Run, after: Run, said: Report, shop: Shop) -> Run:
    """Work up to now by the recipe's minutes or the real ones, where it was done; setup counts at the first report."""
    floor, none = before.floor, nothing(shop)
    beyond = _beyond(before, after, said, shop)
    was, now = _effort(before, floor.beyond, shop), _effort(after, beyond, shop)
    cost = now.cost - was.cost
    floor = replace(
        floor,
        beyond=beyond,
        work=(floor.work or none) + cost,
        pending=(floor.pending or none) + cost,
        labour_minutes=now.labour_minutes,
        machine_minutes=now.machine_minutes,
        stages=after.floor.stages,
    )
    return before.changed("running", done_runs=after.done_runs, floor=floor)


def _beyond(before: Run, after: Run, said: Report, shop: Shop) -> tuple[Time, ...]:
    """By how much all reports together differ from the recipe's minutes."""
    found = {time.operation_no: time for time in before.floor.beyond}
    for time in said.times:
        step = next(each for each in shop.content.operations if each.operation_no == time.operation_no)
        was, now = before.through(step.operation_no), after.through(step.operation_no)
        planned = step.run_minutes.times(now) - step.run_minutes.times(was)
        if was <= ZERO and step.operation_no not in found:
            planned = planned + step.setup_minutes
        known = found.get(step.operation_no, Time(step.operation_no, ZERO, ZERO))
        found[step.operation_no] = Time(
            step.operation_no,
            known.labour_minutes + time.labour_minutes - planned.times(step.people),
            known.machine_minutes + time.machine_minutes - planned,
        )
    return tuple(found[number] for number in sorted(found))


def _effort(run: Run, beyond: Iterable[Time], shop: Shop) -> Effort:
    steps = placed(shop.content.operations, run.operations)
    further = further_of(run, shop)
    if run.done_runs <= ZERO and not further:
        return Effort(ZERO, ZERO, nothing(shop))
    return effort(steps, run.done_runs, shop.centres, minutes(beyond), further=further)


def further_of(run: Run, shop: Shop) -> dict[int, Quantity] | None:
    """How many runs went through each operation; None where none waits behind one."""
    if not run.floor.stages:
        return None
    return {step.operation_no: run.through(step.operation_no) for step in shop.content.operations}


def good_of(before: Run, after: Run, said: Report, shop: Shop) -> dict[str, Quantity]:
    """How much of each output is good: as the report says, else as planned for these runs, less its scrap."""
    outcomes = {outcome.sku: outcome.quantity for outcome in said.outcomes}
    scrapped = {scrap.sku: ZERO for scrap in said.scraps}
    for scrap in said.scraps:
        scrapped[scrap.sku] = scrapped[scrap.sku] + scrap.quantity
    planned = planned_of(before, after, shop)
    good: dict[str, Quantity] = {}
    for part in before.outputs:
        given = outcomes.get(part.sku)
        come = planned[part.sku] - scrapped.get(part.sku, ZERO) if given is None else given
        good[part.sku] = max(come, ZERO)
    return good


def planned_of(before: Run, after: Run, shop: Shop) -> dict[str, Quantity]:
    """How much of each output is planned for the runs that went through where it comes."""
    numbers = {output.sku: output.operation_no for output in shop.content.outputs}
    planned: dict[str, Quantity] = {}
    for part in before.outputs:
        quantum = shop.quantum(part.sku).micro
        # Whole quanta up to now less those up to the report before: parts add up to the whole.
        ends = [
            part.quantity.micro * run.through(numbers.get(part.sku)).micro // before.runs.micro // quantum
            for run in (before, after)
        ]
        planned[part.sku] = Quantity.of_micro((ends[1] - ends[0]) * quantum)
    return planned
