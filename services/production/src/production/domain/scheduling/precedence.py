"""When an operation may begin and may end, by those of its run that come before it: all schedulers ask here.

It waits for the end of those that go on together. Beside one that sends ahead (lot streaming, in the literature) it
begins when the first transfer batch is through and goes on without a pause, so it may not end before it has done the
last one, which is there when all are. Between operations that work in the same hours that is exact: Potts and Baker,
"Flow shop scheduling with lot streaming", Operations Research Letters 8, 1989; Baker and Jia, "A comparative study of
lot streaming procedures", Omega 21, 1993 (without idle time). A last transfer batch that is smaller counts as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from contracts.recipes import Operation
from contracts.values import Quantity
from production.domain.routing import befores_of, whole_loads

# A moment: one on a calendar, or seconds.
T = TypeVar("T", int, datetime)


class Hours(Protocol[T]):
    """Hours of work, in which spans are seconds."""

    def end(self, begin: T, span: int, /) -> T | None:
        """When work ends that begins at a moment or, while it is closed, after it; None when there is no end."""

    def latest(self, end: T, span: int, /) -> T | None:
        """When work begins at the latest that ends at a moment at the latest; None when there is no begin."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """How two operations go on side by side, in seconds of work: each in the hours of its own place.

    `first` after its setup, the first transfer batch of the one before is through; the one behind needs `last` for the
    last one.
    """

    first: int
    last: int

    @property
    def mirrored(self) -> Overlap:
        """The same with time running backward."""
        return Overlap(self.last, self.first)


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """An operation where it is, its setup in seconds within, and how it overlaps with the one that is looked at."""

    begin: T
    setup: int
    end: T
    hours: Hours[T]
    overlap: Overlap | None = None


def bounds(befores: Iterable[Placed[T]], hours: Hours[T], at: T) -> tuple[T, T]:
    """When an operation that works in these hours may begin and may end at the earliest, not before `at`."""
    begin = end = at
    for before in befores:
        overlap = before.overlap
        if overlap is None:
            begin = max(begin, before.end)
            continue
        through = before.hours.end(before.begin, before.setup + overlap.first)
        begin = max(begin, before.end if through is None else min(through, before.end))
        done = hours.end(before.end, overlap.last)
        end = max(end, before.end if done is None else done)
    return begin, end


def earliest(befores: Iterable[Placed[T]], hours: Hours[T], span: int, at: T) -> T:
    """When an operation of a span (with its setup) may begin at the earliest, so that it does not end too early."""
    begin, end = bounds(befores, hours, at)
    return begin if end == at else not_before(hours, begin, end, span)


def not_before(hours: Hours[T], begin: T, end: T, span: int) -> T:
    """A begin that is late enough for an end."""
    latest = hours.latest(end, span)
    return begin if latest is None else max(begin, latest)


def latest_end(followers: Iterable[Placed[T]], hours: Hours[T], setup: int, span: int, due: T) -> T:
    """When an operation of a span (with its setup) may end at the latest, by those that follow it: `due` at most."""
    end = due
    for after in followers:
        overlap = after.overlap
        if overlap is None:
            end = min(end, after.begin)
            continue
        handed = after.hours.latest(after.end, overlap.last)
        end = min(end, after.begin if handed is None else handed)
        begin = hours.latest(after.begin, setup + overlap.first)
        through = None if begin is None else hours.end(begin, span)
        end = min(end, after.begin if through is None else through)
    return end


def seconds_of(minutes: Quantity) -> int:
    """Minutes as whole seconds, rounded up: a schedule is read by people."""
    return -(-minutes.micro * 60 // 1_000_000)


Before = tuple[int, Overlap | None]


def befores_with(operations: Sequence[Operation], runs: Quantity) -> list[tuple[Before, ...]]:
    """Of each operation the places of those that come before it, and how they overlap when so many runs are made."""
    return [
        tuple((before, _overlap(operations[before], operations[place], runs)) for before in befores)
        for place, befores in enumerate(befores_of(operations))
    ]


def _overlap(before: Operation, after: Operation, runs: Quantity) -> Overlap | None:
    """How these overlap; None where all has to be there: in one transfer batch, in one load, or in no time."""
    if before.send_ahead is None:
        return None
    batch = _transferred(before.send_ahead, after.batch_runs)
    through, all_of_them = whole_loads(before, batch), whole_loads(before, runs)
    if through >= all_of_them or batch >= runs:
        return None
    first = seconds_of(before.run_minutes.times(through))
    last = seconds_of(after.run_minutes.times(whole_loads(after, batch)))
    return Overlap(first, last) if first and last else None


def _transferred(send_ahead: Quantity, load: Quantity | None) -> Quantity:
    """Whole transfer batches, as many as the first load of what follows needs."""
    if load is None or load <= send_ahead:
        return send_ahead
    return Quantity.of_micro(-(-load.micro // send_ahead.micro) * send_ahead.micro)
