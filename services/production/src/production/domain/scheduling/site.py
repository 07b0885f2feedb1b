"""The open runs of a site as a shop to be scheduled, and what a schedule of it would move."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from contracts.production import ScheduledOperation
from contracts.recipes import Operation
from contracts.shapes import LateCause
from contracts.values import Quantity
from production.domain.crew import Crew
from production.domain.plant import Calendar, WorkCentre
from production.domain.recipe import Content
from production.domain.routing import whole_loads
from production.domain.run import Run
from production.domain.scheduling.board import Booking
from production.domain.scheduling.hours import Hours, moment, seconds
from production.domain.scheduling.places import centres_in_order
from production.domain.scheduling.precedence import Placed, befores_with, earliest, seconds_of
from production.domain.scheduling.shop import LOAD_WHOLE, NO_FAMILY, Block, Job, Machine, Schedule, Shop, Step
from production.domain.scheduling.working import HORIZON_DAYS_MAX

MOVABLE: Final = frozenset({"scheduled", "allowed"})
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Changeover:
    """How many minutes a work centre is set up for a family after another."""

    from_family: str
    to_family: str
    minutes: Quantity


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of a site: open runs, recipes, bookings, centres and their hours, downtimes, crews asked for."""

    runs: Sequence[Run]
    contents: Mapping[tuple[str, int], Content]
    bookings: Mapping[str, Sequence[Booking]]
    centres: Mapping[str, WorkCentre]
    calendars: Mapping[str, Calendar]
    downtimes: Sequence[Booking] = ()
    changeovers: Mapping[str, Sequence[Changeover]] = field(default_factory=dict)
    crews: Mapping[str, Crew] = field(default_factory=dict)

    def operations(self, run: Run) -> Sequence[Operation]:
        """The operations of a run's recipe."""
        return self.contents[run.recipe_id, run.recipe_version].operations


@dataclass(frozen=True, slots=True)
class Move:
    """Where a run would be: its operations and bookings; without bookings it stays, and is late for `cause`."""

    run_id: str
    run_version: int
    starts_was_at: datetime
    ends_was_at: datetime
    starts_at: datetime
    ends_at: datetime
    due_at: datetime
    cause: LateCause | None
    operations: tuple[ScheduledOperation, ...] = ()
    bookings: tuple[Booking, ...] = ()

    def beyond(self, damping: timedelta) -> bool:
        """Whether it moves so far that others should hear of it."""
        return max(abs(self.starts_at - self.starts_was_at), abs(self.ends_at - self.ends_was_at)) > damping


def movable(run: Run, now: datetime, frozen_until: datetime) -> bool:
    """Whether a run may be moved: it has not begun, and begins after the frozen time or should have begun already.

    What is agreed with a vendor is not moved for the sake of a schedule.
    """
    return (
        run.state in MOVABLE
        and bool(run.operations)
        and run.floor.bought is None
        and (run.starts_at >= frozen_until or run.starts_at < now)
    )


class Model:
    """A site in numbers: the shop, and which run and operation each of its jobs and steps is."""

    def __init__(self, site: Site, now: datetime, frozen_until: datetime) -> None:
        self.site, self.now, self.frozen_until = site, now, frozen_until
        self.runs = sorted(
            (run for run in site.runs if movable(run, now, frozen_until)), key=lambda run: run.run_id
        )
        self.names = sorted(site.centres)
        self._numbers = {name: number for number, name in enumerate(self.names)}
        self._families: dict[str, int] = {"": NO_FAMILY}
        self._keys: dict[Hashable, int] = {}
        self.first_step: list[int] = []
        self.machine_nos: list[int] = []
        self.shop = self._shop()

    def _shop(self) -> Shop:
        jobs: list[Job] = []
        steps: list[Step] = []
        for number, run in enumerate(self.runs):
            self.first_step.append(len(steps))
            jobs.append(Job(self._release(run), seconds(run.due_at)))
            steps += self._steps(number, run, len(steps))
        machines, places = self._machines()
        known = [
            {
                (self._family(each.from_family), self._family(each.to_family)): seconds_of(each.minutes)
                for each in self.site.changeovers.get(name, ())
            }
            for name in self.names
        ]
        return Shop(jobs, steps, machines, places, known)

    def _release(self, run: Run) -> int:
        """Not inside the frozen time, and not before its material is there, as far as that is planned."""
        begin = self.now if run.starts_at < self.now else self.frozen_until
        if run.state == "allowed":
            return seconds(begin)
        return seconds(max(begin, run.material_at or run.starts_at))

    def _family(self, name: str) -> int:
        return self._families.setdefault(name, len(self._families))

    def _steps(self, job: int, run: Run, first: int) -> list[Step]:
        operations = self.site.operations(run)
        found = []
        for operation, befores in zip(operations, befores_with(operations, run.runs), strict=True):
            places = centres_in_order(operation)
            span = seconds_of(operation.run_minutes.times(whole_loads(operation, run.runs)))
            step = Step(
                job, tuple(self._numbers[name] for name in places), span, seconds_of(operation.setup_minutes),
                self._family(operation.setup_family), tuple(first + before for before, _ in befores),
                overlaps=overlaps if any(overlaps := tuple(each for _, each in befores)) else (),
            )  # fmt: skip
            found.append(self._shared(step, operation, run.runs))
        return found

    def _shared(self, step: Step, operation: Operation, runs: Quantity) -> Step:
        """An operation that leaves room in its load may share it with others of the same programme."""
        load = operation.batch_runs
        if load is None or runs >= load:
            return step
        people = (operation.skill, operation.people if operation.skill else 0)
        programme = (step.centres, step.span, step.setup, step.family, operation.parameters, people)
        key = self._keys.setdefault(programme, len(self._keys) + 1)
        return replace(step, load_key=key, size=-(-runs.micro * LOAD_WHOLE // load.micro))

    def _machines(self) -> tuple[list[Machine], list[tuple[int, ...]]]:
        blocks = self._blocks()
        first = self.now.date() - _DAY
        hours = {
            key: Hours.of_calendar(calendar, first, HORIZON_DAYS_MAX)
            for key, calendar in self.site.calendars.items()
        }
        machines: list[Machine] = []
        places = []
        for number, name in enumerate(self.names):
            centre = self.site.centres[name]
            places.append(tuple(range(len(machines), len(machines) + centre.machines)))
            for machine_no in range(1, centre.machines + 1):
                taken = blocks.get((name, machine_no), [])
                machines.append(Machine(number, hours[centre.calendar_id], tuple(taken)))
                self.machine_nos.append(machine_no)
        return machines, places

    def _blocks(self) -> dict[tuple[str, int], list[Block]]:
        """What machines are not to be had for, in order; what overlaps is one."""
        moving = {run.run_id for run in self.runs}
        taken: dict[tuple[str, int], list[Block]] = {}
        for run in self.site.runs:
            if run.run_id not in moving:
                families = {each.operation_no: each.setup_family for each in self.site.operations(run)}
                for booking in self.site.bookings.get(run.run_id, ()):
                    block = self._block(booking, families.get(booking.operation_no, ""))
                    taken.setdefault((booking.work_centre_id, booking.machine_no), []).append(block)
        for stop in self.site.downtimes:
            taken.setdefault((stop.work_centre_id, stop.machine_no), []).append(self._block(stop, ""))
        return {key: _joined(found) for key, found in taken.items()}

    def _block(self, booking: Booking, family: str) -> Block:
        return Block(seconds_down(booking.starts_at), seconds(booking.ends_at), self._family(family))

    def moves(self, schedule: Schedule) -> list[Move]:
        """What the schedule would move, and who is late in it and why."""
        found = []
        shared = {
            place: self.runs[self.shop.steps[load[0]].job].run_id
            for load in schedule.loads
            if len(load) > 1
            for place in load
        }
        for number, run in enumerate(self.runs):
            move = self._move(number, run, schedule, shared)
            before = self.site.bookings.get(run.run_id, ())
            if move.bookings == tuple(before):
                move = replace(move, operations=(), bookings=())
            if move.bookings or move.cause:
                found.append(move)
        return found

    def _move(self, number: int, run: Run, schedule: Schedule, shared: Mapping[int, str]) -> Move:
        operations, bookings = [], []
        for place, operation in enumerate(self.site.operations(run), self.first_step[number]):
            machine = schedule.machines[place]
            begins, ends = moment(schedule.begins[place]), moment(schedule.ends[place])
            name, machine_no = operation.work_centre_id, 1
            if machine >= 0:
                name, machine_no = self.names[self.shop.machines[machine].centre], self.machine_nos[machine]
            setup = _minutes(schedule.setups[place])
            load = setup + _minutes(self.shop.steps[place].span)
            operations.append(ScheduledOperation(operation.operation_no, name, begins, ends, load))
            bookings.append(
                Booking(operation.operation_no, name, machine_no, begins, ends, setup, shared.get(place))
            )
        starts, ends = min(each.starts_at for each in bookings), max(each.ends_at for each in bookings)
        cause = self._cause(number, run) if ends > run.due_at else None
        return Move(
            run.run_id, run.version, run.starts_at, run.ends_at, starts, ends, run.due_at, cause,
            tuple(operations), tuple(bookings),
        )  # fmt: skip

    def _cause(self, number: int, run: Run) -> LateCause:
        """Why a run is late: a lot had to be made good, material comes late, it was asked late, or machines lack."""
        if run.rework_lot_id is not None:
            return "quality"
        job = self.shop.jobs[number]
        if self._alone(number, job.release) <= job.due:
            return "capacity"
        waits = run.state == "scheduled" and job.release > seconds(max(self.now, self.frozen_until))
        return "material" if waits else "lead-time"

    def _alone(self, number: int, at: int) -> int:
        """When a run would end if all machines were its own from a moment on."""
        alone: dict[int, Placed[int]] = {}
        last = self.first_step[number + 1] if number + 1 < len(self.runs) else len(self.shop.steps)
        for place in range(self.first_step[number], last):
            step = self.shop.steps[place]
            overlaps = step.overlaps or (None,) * len(step.after)
            befores = [
                replace(alone[before], overlap=overlap)
                for before, overlap in zip(step.after, overlaps, strict=True)
            ]
            alone[place] = min(
                (self._soonest(step, centre, befores, at) for centre in step.centres),
                key=lambda each: each.end,
            )
        return max(each.end for each in alone.values())

    def _soonest(self, step: Step, centre: int, befores: Sequence[Placed[int]], at: int) -> Placed[int]:
        """An operation where it ends first on a free machine of a centre."""
        hours, span = self.shop.hours(centre), step.span + step.setup
        ready = earliest(befores, hours, span, at)
        begin = hours.first(ready)
        end = None if begin is None else hours.end(begin, span)
        if begin is None or end is None:
            return Placed(ready, step.setup, ready + HORIZON_DAYS_MAX * 86_400, hours)
        return Placed(begin, step.setup, end, hours)


def seconds_down(at: datetime) -> int:
    """A moment as whole seconds since 1970, a part of one left out."""
    whole = seconds(at)
    return whole if moment(whole) == at else whole - 1


def _joined(blocks: list[Block]) -> list[Block]:
    found: list[Block] = []
    for block in sorted(blocks, key=lambda one: (one.begin, one.end)):
        if found and block.begin < found[-1].end:
            last = found.pop()
            block = Block(last.begin, max(last.end, block.end), block.family)
        found.append(block)
    return found


def _minutes(count: int) -> Quantity:
    return Quantity.of_micro(count * 1_000_000 // 60)
