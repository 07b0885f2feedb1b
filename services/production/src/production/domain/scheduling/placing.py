"""A run's operations in time, on free machines: backward from the due moment, else forward from the first possible one.

Each operation takes one machine of its work centre for setup + run minutes x runs, inside the hours of the centre's
calendar; it rests when the centre is closed, and nothing else is put on its machine meanwhile. Runs that have their
place keep it. Branches go on side by side, and operations that send ahead beside those that follow them. An alternate
is taken where the run would be late at the planned work centres, or has no place there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.production import ScheduledOperation
from contracts.recipes import Operation
from contracts.values import Quantity
from production.domain.scheduling.board import Board, Booking
from production.domain.scheduling.places import Step, centres_in_order, load_of, no_place, put
from production.domain.scheduling.precedence import Before, Placed, befores_with, seconds_of


def schedule(
    operations: Sequence[Operation],
    runs: Quantity,
    board: Board,
    *,
    now: datetime,
    begin: datetime,
    due: datetime,
) -> tuple[Booking, ...]:
    """The operations on free machines, each behind those that come before it, ending as late as `due` allows.

    They begin at `begin`, when their material is there, or later; when that is too late, at `now` or later; when
    that is too late as well, they are put forward from `begin` and end late. Each time at the planned work centres
    first. Raises `CannotBeScheduled` when a work centre or its calendar is unknown, or the work does not fit into a
    year.
    """
    begin = max(now, begin)
    ways = [_Way.of(operations, runs, board, anywhere=False)]
    if any(each.alternates for each in operations):
        ways.append(_Way.of(operations, runs, board, anywhere=True))
    for first in dict.fromkeys((begin, now)):
        for way in ways:
            if (found := way.backward(first, due)) is not None:
                return found
    late = [found for way in ways if (found := way.forward(begin)) is not None]
    if not late:
        raise no_place(begin)
    return min(late, key=lambda found: max(each.ends_at for each in found))


def told(
    bookings: Sequence[Booking], operations: Sequence[Operation], runs: Quantity
) -> tuple[ScheduledOperation, ...]:
    """Bookings as others hear of them, with their load in minutes."""
    return tuple(
        ScheduledOperation(
            each.operation_no, each.work_centre_id, each.starts_at, each.ends_at, load_of(operation, runs)
        )
        for each, operation in zip(bookings, operations, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Way:
    """The operations of a run on their way through a board, at the planned work centres or at alternates, too."""

    board: Board
    steps: Sequence[Step]
    befores: Sequence[Sequence[Before]]
    # Whether anything of a run goes on beside something else of it.
    together: bool

    @classmethod
    def of(cls, operations: Sequence[Operation], runs: Quantity, board: Board, *, anywhere: bool) -> _Way:
        """Raises `CannotBeScheduled` for a work centre of which nobody knows when it works."""
        steps = []
        for each in operations:
            centres = centres_in_order(each) if anywhere else (each.work_centre_id,)
            for name in centres:
                board.ways(each, name)
            steps.append(Step(each, seconds_of(load_of(each, runs)), centres))
        befores = befores_with(operations, runs)
        chain = [((place - 1, None),) if place else () for place in range(len(steps))]
        return cls(board, steps, befores, befores != chain)

    def backward(self, first: datetime, due: datetime) -> tuple[Booking, ...] | None:
        """Each operation as late as those that follow it and `due` allow; None when one begins before `first`."""
        found: dict[int, Booking] = {}
        followers: dict[int, list[Placed[datetime]]] = {}
        for place in reversed(range(len(self.steps))):
            booking = self.steps[place].latest(
                self.board, first, due, followers.get(place, ()), self._besides(found)
            )
            if booking is None:
                return None
            found[place] = booking
            for before, overlap in self.befores[place]:
                followers.setdefault(before, []).append(put(self.board, booking, overlap))
        return tuple(found[place] for place in range(len(self.steps)))

    def forward(self, first: datetime) -> tuple[Booking, ...] | None:
        """Each operation as soon as those before it allow; None beyond a year."""
        found: dict[int, Booking] = {}
        for place, step in enumerate(self.steps):
            befores = [put(self.board, found[before], overlap) for before, overlap in self.befores[place]]
            booking = step.soonest(self.board, first, befores, self._besides(found))
            if booking is None:
                return None
            found[place] = booking
        return tuple(found.values())

    def _besides(self, found: dict[int, Booking]) -> Sequence[Booking]:
        """What of the same run may be in the way: nothing where all comes one after another."""
        return tuple(found.values()) if self.together else ()
