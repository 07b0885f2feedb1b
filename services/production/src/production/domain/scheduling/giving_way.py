"""One thing moves, and what was in its place gives way: a manual move, a machine that stands still."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from backbone.errors import Invalid, Refusal
from contracts.production import ScheduledOperation
from contracts.recipes import Operation
from contracts.values import Quantity
from production.domain.routing import centres_of
from production.domain.run import Run
from production.domain.scheduling.board import Board, Booking
from production.domain.scheduling.places import load_of, place_from, place_within, put
from production.domain.scheduling.precedence import Placed, befores_with, bounds, earliest, seconds_of
from production.domain.scheduling.site import MOVABLE
from production.domain.scheduling.working import WorkingHours

# A run that moves no further is not told of.
DAMPING_SPAN: Final = timedelta(minutes=30)
# What begins so soon is moved by those alone who may answer for it.
FROZEN_SPAN: Final = timedelta(hours=24)


class MachineTaken(Refusal):
    """A run that has begun is on that machine, and gives way to nobody."""


class InsideFrozenTime(Refusal):
    """What begins so soon is moved only with a reason, by somebody who may."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a move does to a run: where it was and would be, and whether it is late before and after.

    `places` are those of its operations that move, where they would be.
    """

    run_id: str
    starts_was_at: datetime
    ends_was_at: datetime
    starts_at: datetime
    ends_at: datetime
    due_at: datetime
    late_was: bool
    late: bool
    places: tuple[Booking, ...] = ()


@dataclass(slots=True)
class Shift:
    """Runs with their operations and bookings, and those that move; the board has what all others keep."""

    board: Board
    runs: Mapping[str, Run]
    operations: Mapping[str, Sequence[Operation]]
    bookings: Mapping[str, tuple[Booking, ...]]
    now: datetime
    moved: dict[str, tuple[Booking, ...]] = field(default_factory=dict)
    _whole: frozenset[str] = frozenset()

    def demand_movable(self, run_id: str) -> None:
        """Raise `MachineTaken` for a run that has begun."""
        run = self.runs[run_id]
        if run.state not in MOVABLE:
            raise MachineTaken(f"run {run_id} is {run.state} and stays where it is")

    def put(self, run_id: str, operation_no: int, wanted: Booking) -> None:
        """Put an operation on a machine, with its people, from a moment on; the later ones of its run follow it.

        Raises `Invalid` where it cannot be done, before it can be, or before what comes before it has ended;
        `MachineTaken` for a run that has begun.
        """
        self.demand_movable(run_id)
        operations, kept = self.operations[run_id], self.bookings[run_id]
        place = _place(operations, operation_no)
        operation = operations[place]
        centre, starts_at = self.board.centres.get(wanted.work_centre_id), wanted.starts_at
        demand_done_at(operation, wanted.work_centre_id)
        if centre is None or not 1 <= wanted.machine_no <= centre.machines:
            raise Invalid("no such machine", [("/machine_no", "one that the work centre has")])
        load = load_of(operation, self.runs[run_id].runs)
        befores = self._befores(run_id, place, kept)
        ready = earliest(befores, self._hours(wanted), seconds_of(load), self.now)
        if starts_at < ready:
            raise Invalid("too early", [("/starts_at", f"not before {ready:%Y-%m-%d %H:%M} (UTC)")])
        span = place_within(self.board, wanted.work_centre_id, load, starts_at, wanted.crew_id)
        first = replace(
            wanted, operation_no=operation_no, starts_at=span[0], ends_at=span[1],
            setup_minutes=operation.setup_minutes,
        )  # fmt: skip
        self.board.book([*kept[:place], first])
        self._follow(run_id, (*kept[:place], first), place + 1)

    def keep(
        self, run_ids: Sequence[str], in_the_way: Callable[[Booking], bool], wanted: Booking | None = None
    ) -> list[tuple[str, int]]:
        """Book what stays of these runs; each that gives way, with the place of its first operation that does.

        What has begun in front, then those due first: they choose first. Who has people that are `wanted`, or that
        their crew has not any more, is in the way, too. Raises `MachineTaken` when one of them has begun.
        """
        found = []
        if wanted is not None:
            self.board.man(wanted)
        for run_id in sorted(run_ids, key=self._choosing):
            for place, each in enumerate(self.bookings[run_id]):
                if in_the_way(each) or not self.board.has_people(each):
                    self.demand_movable(run_id)
                    found.append((run_id, place))
                    break
                self.board.book([each])
        if wanted is not None:
            self.board.unman(wanted)
        return found

    def _choosing(self, run_id: str) -> tuple[bool, datetime, str]:
        run = self.runs[run_id]
        return run.state in MOVABLE, run.due_at, run_id

    def give_way(self, found: Sequence[tuple[str, int]]) -> None:
        """Put what gives way at the next free places, a load that does so as a whole at one.

        Raises `CannotBeScheduled`.
        """
        self._whole = self._moving_whole(dict(found))
        for run_id, place in found:
            self._follow(run_id, self.bookings[run_id][:place], place, again=True)

    def _moving_whole(self, places: Mapping[str, int]) -> frozenset[str]:
        """The loads of which every operation may move: those from these places on, of runs that give way."""
        moving: dict[str, bool] = {}
        for run_id in self.bookings.keys() - self.moved.keys():
            for number, each in enumerate(self.bookings[run_id]):
                if each.load_id is not None:
                    gives_way = run_id in places and number >= places[run_id]
                    moving[each.load_id] = moving.get(each.load_id, True) and gives_way
        return frozenset(
            load_id for load_id, whole in moving.items() if whole and load_id not in self.board.loads
        )

    def expect(self, run_id: str, material_at: datetime) -> None:
        """The material of a run will be there then."""
        self.runs = {**self.runs, run_id: replace(self.runs[run_id], material_at=material_at)}

    def wait(self, run_id: str) -> None:
        """Let a run begin when its material is there, at the next free places; nobody gives way to it.

        Raises `CannotBeScheduled`.
        """
        self._follow(run_id, (), 0, ready_at=self.runs[run_id].material_at)

    def _follow(
        self,
        run_id: str,
        kept: tuple[Booking, ...],
        place: int,
        *,
        again: bool = False,
        ready_at: datetime | None = None,
    ) -> None:
        """The operations from a place on: where they are, if that is late enough and free, else at the next place."""
        begin = self.now if ready_at is None else max(self.now, ready_at)
        run, operations = self.runs[run_id], self.operations[run_id]
        found = list(kept)
        for number in range(place, len(operations)):
            befores = self._befores(run_id, number, found)
            booking = self.bookings[run_id][number]
            ready, done = bounds(befores, self._hours(booking), begin)
            too_early = booking.starts_at < ready or booking.ends_at < done
            if again or too_early or not self._has_room(booking):
                at = max(ready, booking.starts_at, self.now)
                booking = self._placed(booking, operations[number], run.runs, at, befores)
                again = False
            self.board.book([booking])
            found.append(booking)
        if tuple(found) != self.bookings[run_id]:
            self.moved[run_id] = tuple(found)

    def _befores(self, run_id: str, place: int, found: Sequence[Booking]) -> list[Placed[datetime]]:
        """What comes before an operation, where it is now."""
        befores = befores_with(self.operations[run_id], self.runs[run_id].runs)[place]
        return [put(self.board, found[before], overlap) for before, overlap in befores]

    def _hours(self, booking: Booking) -> WorkingHours:
        return WorkingHours(self.board.days(booking.work_centre_id, booking.crew_id))

    def _has_room(self, booking: Booking) -> bool:
        """Whether it may stay where it is: in its load, if that does, else on its machine alone."""
        load = self.board.loads.get(booking.load_id or "")
        return self.board.free(booking) if load is None else load.place == booking.place

    def _placed(
        self,
        booking: Booking,
        operation: Operation,
        runs: Quantity,
        at: datetime,
        befores: Sequence[Placed[datetime]],
    ) -> Booking:
        """The next free place of an operation, or that of its load where this has moved and comes late enough."""
        load = self.board.loads.get(booking.load_id or "")
        if load is not None and load.place != booking.place and load.starts_at >= at:
            return booking.joined(load)
        found = place_from(self.board, operation, runs, at, befores)
        return (
            replace(found, load_id=booking.load_id)
            if booking.load_id in self._whole and load is None
            else found
        )

    def after(self, run_id: str) -> Run:
        """A moved run with its new operations."""
        run, operations = self.runs[run_id], self.operations[run_id]
        scheduled = tuple(
            ScheduledOperation(
                each.operation_no,
                each.work_centre_id,
                each.starts_at,
                each.ends_at,
                load_of(operation, run.runs),
            )
            for each, operation in zip(self.moved[run_id], operations, strict=True)
        )
        return run.changed(run.state, operations=scheduled)

    def effects(self) -> tuple[Effect, ...]:
        """What moves, by run."""
        found = []
        for run_id in sorted(self.moved):
            was, run = self.runs[run_id], self.after(run_id)
            found.append(
                Effect(
                    run_id, was.starts_at, was.ends_at, run.starts_at, run.ends_at, run.due_at,
                    was.ends_at > was.due_at, run.ends_at > run.due_at, self._moving(run_id),
                )
            )  # fmt: skip
        return tuple(found)

    def _moving(self, run_id: str) -> tuple[Booking, ...]:
        return tuple(
            after
            for before, after in zip(self.bookings[run_id], self.moved[run_id], strict=True)
            if after != before
        )


def demand_thawed(effects: Sequence[Effect], now: datetime) -> None:
    """Raise `InsideFrozenTime` when anything that moves begins within 24 hours, before or after."""
    soon = now + FROZEN_SPAN
    frozen = [each.run_id for each in effects if min(each.starts_was_at, each.starts_at) < soon]
    if frozen:
        raise InsideFrozenTime(
            f"run {frozen[0]} begins before {soon:%Y-%m-%d %H:%M} (UTC), and {len(frozen) - 1} others"
            if len(frozen) > 1
            else f"run {frozen[0]} begins before {soon:%Y-%m-%d %H:%M} (UTC)"
        )


def beyond_damping(was: Run, run: Run) -> bool:
    """Whether a run moved so far that others should hear of it."""
    return max(abs(run.starts_at - was.starts_at), abs(run.ends_at - was.ends_at)) > DAMPING_SPAN


def demand_done_at(operation: Operation, work_centre_id: str) -> None:
    """Raise `Invalid` for a work centre at which the operation cannot be done."""
    if work_centre_id not in centres_of([operation]):
        raise Invalid("that operation is not done there", [("/work_centre_id", "one that its recipe names")])


def operation_of(operations: Sequence[Operation], operation_no: int) -> Operation:
    """The operation of that number; raises `Invalid`."""
    return operations[_place(operations, operation_no)]


def _place(operations: Sequence[Operation], operation_no: int) -> int:
    for place, operation in enumerate(operations):
        if operation.operation_no == operation_no:
            return place
    raise Invalid("the run has no such operation", [("/operation_no", "one of its recipe")])
