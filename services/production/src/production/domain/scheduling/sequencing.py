"""Times of fixed sequences: each machine does its loads in an order, each as early as that allows, or as late.

The loads of a shop and the arcs between them (an operation before the next of its job, a load before the next on its
machine) are a graph; times are its longest paths, with hours, setups and blocks in between.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from production.domain.scheduling.precedence import (
    Overlap,
    Placed,
    bounds,
    earliest,
    latest_end,
    not_before,
)
from production.domain.scheduling.shop import NO_FAMILY, Schedule, Shop


@dataclass(slots=True)
class Timed:
    """Begin, setup and end of each load, and which load each had to wait for (-1: none; its job's or its machine's)."""

    begins: list[int]
    setups: list[int]
    ends: list[int]
    waited_for: list[int]
    on_machine: list[bool]
    order: list[int]


@dataclass(slots=True)
class Sequences:
    """The loads of a schedule with what they wait for; `rows` are the loads of each machine in their order.

    A load waits for the end of those `before` it and goes on `beside` others, by the load behind and the one before.
    """

    shop: Shop
    loads: Sequence[tuple[int, ...]]
    rows: list[list[int]]
    machine: list[int]
    span: list[int]
    release: list[int]
    before: list[list[int]]
    after: list[list[int]]
    due: list[int | None]
    # The one stretch of machines that are always open, always free, and never set up; empty for others.
    plain: list[tuple[int, ...]]
    beside: dict[int, dict[int, Overlap]]

    @classmethod
    def of(cls, shop: Shop, schedule: Schedule) -> Sequences:
        """The sequences that a schedule has."""
        loads, steps = schedule.loads, shop.steps
        load_of = [0] * len(steps)
        for place, load in enumerate(loads):
            for number in load:
                load_of[number] = place
        rows: list[list[int]] = [[] for _ in shop.machines]
        machine = [schedule.machines[load[0]] for load in loads]
        for place, one in enumerate(machine):
            if one >= 0:
                rows[one].append(place)
        before = [sorted({load_of[b] for number in load for b in steps[number].after}) for load in loads]
        after: list[list[int]] = [[] for _ in loads]
        for place, some in enumerate(before):
            for one in some:
                after[one].append(place)
        beside: dict[int, dict[int, Overlap]] = {}
        for (one, other), overlap in shop.overlaps().items():
            beside.setdefault(load_of[other], {})[load_of[one]] = overlap
            before[load_of[other]].remove(load_of[one])
        followed = {number for step in steps for number in step.after}
        dues = [
            [shop.jobs[steps[number].job].due for number in load if number not in followed] for load in loads
        ]
        return cls(
            shop, loads, rows, machine,
            [max(steps[number].span for number in load) for load in loads],
            [max(shop.jobs[steps[number].job].release for number in load) for load in loads],
            before, after, [min(some) if some else None for some in dues],
            [_stretch(shop, number, row, loads) for number, row in enumerate(rows)], beside,
        )  # fmt: skip

    def earliest(self) -> Timed | None:
        """Each load as early as its row and its job allow; None when the rows go round in a circle or time ends."""
        count = len(self.loads)
        made = Timed([0] * count, [0] * count, [0] * count, [-1] * count, [False] * count, [])
        waits = [len(some) for some in self.before]
        for load, some in self.beside.items():
            waits[load] += len(some)
        previous, following = [-1] * count, [-1] * count
        for row in self.rows:
            for place in range(1, len(row)):
                previous[row[place]], following[row[place - 1]] = row[place - 1], row[place]
                waits[row[place]] += 1
        open_ = [load for load in range(count) if not waits[load]]
        order = made.order
        while open_:
            load = open_.pop()
            order.append(load)
            if not self._time(load, previous[load], made):
                return None
            then = following[load]
            for other in self.after[load]:
                waits[other] -= 1
                if not waits[other]:
                    open_.append(other)
            if then >= 0:
                waits[then] -= 1
                if not waits[then]:
                    open_.append(then)
        return made if len(order) == count else None

    def _time(self, load: int, previous: int, made: Timed) -> bool:
        ready, waited, on_machine, ends = self.release[load], -1, False, made.ends
        for other in self.before[load]:
            if ends[other] >= ready:
                ready, waited = ends[other], other
        number, least, done = self.machine[load], ready, ready
        if load in self.beside:
            ready, least, done, waited = self._bounds(load, ready, waited, made)
        if previous >= 0 and ends[previous] >= ready:
            ready = ends[previous]
            if ready >= least:
                waited, on_machine = previous, True
        made.waited_for[load], made.on_machine[load] = waited, on_machine
        if number < 0 or (self.plain[number] and ready >= self.plain[number][0]):
            made.begins[load] = max(ready, done - self.span[load])
            ends[load] = made.begins[load] + self.span[load]
            return number < 0 or ends[load] <= self.plain[number][1]
        return self._fit(load, number, previous, (ready, done), made)

    def _bounds(self, load: int, ready: int, waited: int, made: Timed) -> tuple[int, int, int, int]:
        """When a load may begin and would, when it may end, and which one it waits for."""
        least, done, hours = ready, ready, self.shop.machines[self.machine[load]].hours
        span = self.span[load] + self.shop.steps[self.loads[load][0]].setup
        for other, overlap in self.beside[load].items():
            before = self._placed(other, overlap, made)
            begin, end = bounds([before], hours, before.begin)
            ready, done = max(ready, begin), max(done, end)
            would = earliest([before], hours, span, before.begin)
            if would >= least:
                least, waited = would, other
        return ready, max(least, ready), done, waited

    def _placed(self, load: int, overlap: Overlap | None, made: Timed) -> Placed[int]:
        hours = self.shop.machines[self.machine[load]].hours
        return Placed(made.begins[load], made.setups[load], made.ends[load], hours, overlap)

    def _fit(self, load: int, number: int, previous: int, at: tuple[int, int], made: Timed) -> bool:
        """The first place on a machine by when it may begin and end, behind the load before it, beside its blocks."""
        ready, done = at
        machine, step = self.shop.machines[number], self.shop.steps[self.loads[load][0]]
        family, blocks, place = machine.family, machine.blocks, 0
        if previous >= 0:
            family = self.shop.steps[self.loads[previous][0]].family
            place = bisect_left(blocks, made.ends[previous], key=lambda block: block.begin)
        while True:
            while place < len(blocks) and blocks[place].begin <= ready:
                ready, family = max(ready, blocks[place].end), blocks[place].family
                place += 1
            setup = step.setup if family == NO_FAMILY else self.shop.setup(machine.centre, family, step)
            span = setup + self.span[load]
            begin = machine.hours.first(ready, span)
            if begin is None:
                return False
            if done > begin and (late := not_before(machine.hours, begin, done, span)) > begin:
                ready = late
                continue
            if place < len(blocks) and blocks[place].begin <= begin:
                ready = begin
                continue
            end = machine.hours.end(begin, span)
            if end is None:
                return False
            if place == len(blocks) or end <= blocks[place].begin:
                made.begins[load], made.setups[load], made.ends[load] = begin, setup, end
                return True
            ready = blocks[place].begin

    def latest(self, made: Timed) -> None:
        """Move each load to as late as what follows it and its due moment allow; what is late already stays."""
        following = [-1] * len(self.loads)
        for row in self.rows:
            for place in range(1, len(row)):
                following[row[place - 1]] = row[place]
        for load in reversed(made.order):
            due, then = self.due[load], following[load]
            limits = [self._latest(load, other, made) for other in self.after[load]]
            if due is not None:
                limits.append(due)
            if then >= 0:
                limits.append(made.begins[then])
            if not limits:
                continue
            limit = min(limits)
            if limit > made.ends[load]:
                self._later(load, limit, made)

    def _latest(self, load: int, other: int, made: Timed) -> int:
        """When a load has to end by what follows it."""
        overlap = self.beside[other].get(load) if other in self.beside else None
        if overlap is None:
            return made.begins[other]
        hours, setup = self.shop.machines[self.machine[load]].hours, made.setups[load]
        after = self._placed(other, overlap, made)
        return latest_end([after], hours, setup, setup + self.span[load], after.end)

    def _later(self, load: int, limit: int, made: Timed) -> None:
        if self.machine[load] < 0:
            made.begins[load] = made.ends[load] = limit
            return
        machine = self.shop.machines[self.machine[load]]
        begins = made.begins[load]
        # Beyond a block it would be set up for another family: it stays on its side.
        place = bisect_right(machine.blocks, begins, key=lambda block: block.begin)
        if place < len(machine.blocks):
            limit = min(limit, machine.blocks[place].begin)
        end, span = machine.hours.last(limit), made.setups[load] + self.span[load]
        if end is None or end <= made.ends[load] or not span:
            return
        begin = machine.hours.latest(end, span)
        if begin is not None and begin > begins:
            made.begins[load], made.ends[load] = begin, end

    def schedule(self, made: Timed) -> Schedule:
        """The times of the loads as those of their operations."""
        whole = Schedule.empty(len(self.shop.steps))
        whole.loads = [
            self.loads[load] for load in sorted(made.order, key=lambda one: (made.begins[one], one))
        ]
        for load, numbers in enumerate(self.loads):
            for number in numbers:
                whole.machines[number] = self.machine[load]
                whole.begins[number], whole.ends[number] = made.begins[load], made.ends[load]
                whole.setups[number] = made.setups[load]
        return whole


def _stretch(
    shop: Shop, number: int, row: Sequence[int], loads: Sequence[tuple[int, ...]]
) -> tuple[int, ...]:
    machine = shop.machines[number]
    set_up = any(shop.steps[loads[load][0]].setup for load in row) or any(shop.changeovers)
    if set_up or machine.blocks or len(machine.hours.opens) != 1:
        return ()
    return machine.hours.opens[0], machine.hours.closes[0]
