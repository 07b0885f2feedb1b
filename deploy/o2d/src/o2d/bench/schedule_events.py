"""A machine stands still on a busy site: how long it takes until what was to be done there has another place."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import median, quantiles
from typing import Any, Final

from contracts.recipes import Operation
from contracts.values import Quantity
from o2d.bench.ground import Wrong
from production.domain.plant import Calendar, WorkCentre
from production.domain.run import Run
from production.domain.scheduling import Board, Booking
from production.domain.scheduling.giving_way import Shift
from production.domain.scheduling.hours import moment
from production.domain.scheduling.shop import Schedule, Shop

STOP: Final = timedelta(hours=2)
ONE: Final = Quantity(1)
# Weekdays of the site's hours, whose first day, 1970-01-01, was a Thursday.
_DAYS: Final = {6: (3, 4, 5, 6, 0, 1), 5: (3, 4, 5, 6, 0), 7: tuple(range(7))}


def measured(shop: Shop, schedule: Schedule, events: int) -> dict[str, Any]:
    """Milliseconds of so many events, each on the schedule as it was; every answer is looked through."""
    plant = _Plant(shop, schedule)
    machines = [number for number, one in enumerate(schedule.machines) if one >= 0]
    samples = []
    for event in range(events):
        kept = plant.bookings[machines[event * len(machines) // events]]
        began = time.process_time()
        shift = plant.stopped(kept)
        samples.append((time.process_time() - began) * 1e3)
        _look(shift)
    return {"event_p50_ms": round(median(samples), 2), "event_p95_ms": round(quantiles(samples, n=20)[-1], 2)}


class _Plant:
    """The runs of a shop with what is kept for them, as the service has them."""

    def __init__(self, shop: Shop, schedule: Schedule) -> None:
        first = [machines[0] for machines in shop.centres]
        hours = [shop.machines[number].hours for number in first]
        days = [
            7 if len(one.opens) == 1 else 6 if one.closes[0] - one.opens[0] == 8 * 3600 else 5
            for one in hours
        ]
        shifts = {7: (0, 24), 6: (8, 16), 5: (6, 22)}
        self.calendars = {f"{each}": Calendar(f"{each}", _DAYS[each], *shifts[each]) for each in _DAYS}
        self.centres = {
            f"c{number}": WorkCentre(
                f"c{number}", "plant", "Centre", f"{days[number]}", len(machines), 0, 0, Quantity(0), "EUR"
            )
            for number, machines in enumerate(shop.centres)
        }
        self.bookings = [self._booking(shop, schedule, first, number) for number in range(len(shop.steps))]
        self.of_run: dict[str, list[Booking]] = defaultdict(list)
        self.operations: dict[str, list[Operation]] = defaultdict(list)
        self.at_centre: dict[str, list[tuple[str, Booking]]] = defaultdict(list)
        self.due = [moment(job.due) for job in shop.jobs]
        for number, (step, booking) in enumerate(zip(shop.steps, self.bookings, strict=True)):
            run_id, names = f"r{step.job}", [f"c{centre}" for centre in step.centres]
            self.of_run[run_id].append(booking)
            self.operations[run_id].append(
                Operation(
                    booking.operation_no, "Do", names[0], _minutes(schedule.setups[number]), _minutes(step.span), 1,
                    ONE, alternates=tuple(names[1:]),
                )
            )  # fmt: skip
            self.at_centre[booking.work_centre_id].append((run_id, booking))

    def _booking(self, shop: Shop, schedule: Schedule, first: Sequence[int], number: int) -> Booking:
        machine = schedule.machines[number]
        centre = shop.machines[machine].centre
        return Booking(
            number, f"c{centre}", machine - first[centre] + 1, moment(schedule.begins[number]),
            moment(schedule.ends[number]),
        )  # fmt: skip

    def stopped(self, at: Booking) -> Shift:
        """What moves when a machine stands still from the begin of a booking on."""
        stop = Booking(0, at.work_centre_id, at.machine_no, at.starts_at, at.starts_at + STOP)

        def hit(booking: Booking) -> bool:
            return (
                (booking.work_centre_id, booking.machine_no) == (stop.work_centre_id, stop.machine_no)
                and booking.starts_at < stop.ends_at
                and booking.ends_at > stop.starts_at
            )

        hurt = {run_id for run_id, booking in self.at_centre[stop.work_centre_id] if hit(booking)}
        needed = {
            name
            for run_id in hurt
            for operation in self.operations[run_id]
            for name in (operation.work_centre_id, *operation.alternates)
        }
        board = Board(self.centres, self.calendars)
        board.book([stop])
        for name in needed | {stop.work_centre_id}:
            board.book(booking for run_id, booking in self.at_centre[name] if run_id not in hurt)
        runs = {run_id: self._run(run_id) for run_id in hurt}
        kept = {run_id: tuple(self.of_run[run_id]) for run_id in hurt}
        shift = Shift(board, runs, self.operations, kept, at.starts_at)
        shift.give_way(shift.keep(sorted(hurt), hit))
        return shift

    def _run(self, run_id: str) -> Run:
        due = self.due[int(run_id[1:])]
        return Run(run_id, run_id, "r", 1, "plant", ONE, (), (), due, 1, "scheduled", None)


def _minutes(seconds: int) -> Quantity:
    return Quantity.of_micro(seconds * 1_000_000 // 60)


def _look(shift: Shift) -> None:
    """Raise `Wrong` when a machine is taken twice, except by those that share a load, or nothing moved."""
    if not shift.moved:
        raise Wrong("a machine stands still and nothing gives way")
    for spans in shift.board.taken.values():
        if any(one[1] > other[0] and one != other for one, other in pairwise(spans)):
            raise Wrong("a machine is taken twice")
