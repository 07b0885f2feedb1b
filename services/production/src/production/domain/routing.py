"""How the operations of a recipe hang together: alternates, branches, loads of several runs, overlaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from backbone.errors import Pointer
from contracts.production import ScheduledOperation
from contracts.recipes import Operation, RecipeOutput
from contracts.values import NAME_CHARS_MAX, ZERO, Quantity

# What bears the cost of the last operation.
LASTING: Final = frozenset({"main", "co-product"})
ALTERNATES_COUNT_MAX: Final = 20
BATCH_RUNS_MAX: Final = Quantity(1_000_000)


def places_of(operation: Operation, at: str) -> Iterator[tuple[str, str]]:
    """The work centres that an operation names, each with its place in the body."""
    yield f"{at}/work_centre_id", operation.work_centre_id
    for number, work_centre_id in enumerate(operation.alternates):
        yield f"{at}/alternates/{number}", work_centre_id


def centres_of(operations: Sequence[Operation]) -> set[str]:
    """All work centres at which the operations may be done."""
    return {place for each in operations for _, place in places_of(each, "")}


def placed(operations: Sequence[Operation], scheduled: Iterable[ScheduledOperation]) -> tuple[Operation, ...]:
    """The operations, each at the work centre where it is done: an alternate, or the planned one."""
    places = {each.operation_no: each.work_centre_id for each in scheduled}
    return tuple(
        each
        if (place := places.get(each.operation_no, each.work_centre_id)) == each.work_centre_id
        else replace(each, work_centre_id=place)
        for each in operations
    )


def wrong_routing(operation: Operation, earlier: Sequence[int], at: str) -> list[Pointer]:
    """What keeps an operation from having its place behind the `earlier` ones of its recipe."""
    found: list[Pointer] = []
    if len(set(operation.alternates) - {operation.work_centre_id}) < len(operation.alternates):
        found.append((f"{at}/alternates", "each work centre is named once"))
    if len(operation.alternates) > ALTERNATES_COUNT_MAX:
        found.append((f"{at}/alternates", f"at most {ALTERNATES_COUNT_MAX} alternates"))
    if operation.after is not None and not set(operation.after) <= set(earlier):
        found.append((f"{at}/after", "operations with smaller numbers"))
    if len(operation.setup_family) > NAME_CHARS_MAX:
        found.append((f"{at}/setup_family", f"at most {NAME_CHARS_MAX} characters"))
    if len(operation.skill) > NAME_CHARS_MAX:
        found.append((f"{at}/skill", f"at most {NAME_CHARS_MAX} characters"))
    if operation.skill and not operation.people:
        found.append((f"{at}/people", "who has the skill is somebody"))
    if operation.batch_runs is not None and not ZERO < operation.batch_runs <= BATCH_RUNS_MAX:
        found.append((f"{at}/batch_runs", f"above 0 to {BATCH_RUNS_MAX} runs"))
    return found + _wrong_sending(operation, at)


def _wrong_sending(operation: Operation, at: str) -> list[Pointer]:
    if operation.send_ahead is None:
        return []
    if not ZERO < operation.send_ahead <= BATCH_RUNS_MAX:
        return [(f"{at}/send_ahead", f"above 0 to {BATCH_RUNS_MAX} runs")]
    if operation.batch_runs is not None and operation.batch_runs > operation.send_ahead:
        return [(f"{at}/send_ahead", f"at least one load of {operation.batch_runs} runs")]
    return []


def wrong_ends(operations: Sequence[Operation]) -> list[Pointer]:
    """Operations that send ahead to none; asked once each has its place."""
    followed = {before for befores in befores_of(operations) for before in befores}
    return [
        (f"/operations/{place}/send_ahead", "to an operation that follows it, and none does")
        for place, operation in enumerate(operations)
        if operation.send_ahead is not None and operation.outside is None and place not in followed
    ]


def befores_of(operations: Sequence[Operation]) -> list[tuple[int, ...]]:
    """Of each operation the places of those that come before it."""
    places = {operation.operation_no: place for place, operation in enumerate(operations)}
    return [
        tuple(places[number] for number in operation.after)
        if operation.after is not None
        else ((place - 1,) if place else ())
        for place, operation in enumerate(operations)
    ]


def milestones(operations: Sequence[Operation]) -> frozenset[int]:
    """The numbers of the operations that all with smaller numbers come before: when one is done, so are these."""
    before: list[set[int]] = []
    for places in befores_of(operations):
        before.append({*places, *(each for place in places for each in before[place])})
    return frozenset(
        step.operation_no for place, step in enumerate(operations) if before[place] == set(range(place))
    )


def wrong_places(outputs: Sequence[RecipeOutput], operations: Sequence[Operation]) -> list[Pointer]:
    """What keeps outputs from coming where they are said to: at operations that end all before, never all of them."""
    last = max((step.operation_no for step in operations), default=0)
    named = {output.operation_no for output in outputs} - {None}
    if not named or wrong_order(operations):
        return []
    there = milestones(operations)
    found = [
        (f"/outputs/{place}/operation_no", "an operation of this recipe that all before it lead to")
        for place, output in enumerate(outputs)
        if output.operation_no is not None and output.operation_no not in there
    ]
    if not any(output.role in LASTING and output.operation_no in {None, last} for output in outputs):
        found.append(("/outputs", "a main or co-product comes at the last operation"))
    return found


def wrong_order(operations: Sequence[Operation]) -> bool:
    """Whether operations name some before them that are not there."""
    numbers = [step.operation_no for step in operations]
    return numbers != sorted(set(numbers)) or any(
        not set(step.after or ()) <= set(numbers[:place]) for place, step in enumerate(operations)
    )


def whole_loads(operation: Operation, runs: Quantity) -> Quantity:
    """The runs that a machine is busy for: whole loads, where there are loads."""
    if operation.batch_runs is None:
        return runs
    load = operation.batch_runs.micro
    return Quantity.of_micro(-(-runs.micro // load) * load)
