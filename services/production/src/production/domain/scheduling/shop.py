"""A whole site to be scheduled: jobs of operations, machines with their hours, and the schedule that comes of it.

Moments and spans are whole seconds; jobs, operations, centres and machines are numbered from 0 in the order of their
tuples. Nothing here knows what a run is: who asks turns runs into jobs, and places back into bookings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from production.domain.scheduling.hours import Hours
from production.domain.scheduling.precedence import Overlap

# Backward, work that should have begun long ago has its place in the past.
ENDLESS_SECONDS: Final = 10 * 366 * 86_400
# What one load takes, in parts; an operation that fills it goes alone.
LOAD_WHOLE: Final = 1_000_000
# The family of what has none: a setup is never saved after it.
NO_FAMILY: Final = 0


@dataclass(frozen=True, slots=True)
class Step:
    """An operation of a job: where it may be done (the first centre is the planned one) and for how long.

    `span` is without the setup; `setup` is what it takes after anything that the matrix of its centre does not know.
    Operations of one `load_key` (0: none) have the same setup and family and may share a load as long as their sizes
    fit. `after` are the operations of the same job that come before it; `overlaps` how it goes on beside each of them,
    empty where it waits for the end of all. What overlaps shares no load.
    """

    job: int
    centres: tuple[int, ...]
    span: int
    setup: int = 0
    family: int = NO_FAMILY
    after: tuple[int, ...] = ()
    load_key: int = 0
    size: int = LOAD_WHOLE
    overlaps: tuple[Overlap | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """What has to be done between two moments; `due` is missed rather than that it is not done."""

    release: int
    due: int


@dataclass(frozen=True, slots=True)
class Block:
    """A time in which a machine is not to be had, and the family that it is set up for afterwards."""

    begin: int
    end: int
    family: int = NO_FAMILY


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine of a centre, its hours, when it is not to be had (in order), and what it is set up for now."""

    centre: int
    hours: Hours
    blocks: tuple[Block, ...] = ()
    family: int = NO_FAMILY


Changeovers = Mapping[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Shop:
    """A site: `changeovers` are setup seconds by (family before, family after), a mapping for each centre."""

    jobs: Sequence[Job]
    steps: Sequence[Step]
    machines: Sequence[Machine]
    centres: Sequence[tuple[int, ...]]
    changeovers: Sequence[Changeovers] = ()

    def setup(self, centre: int, before: int, step: Step) -> int:
        """How long a centre is set up for an operation after a family; after its own, for no time by itself."""
        if NO_FAMILY in (before, step.family):
            return step.setup
        usual = 0 if before == step.family else step.setup
        known = self.changeovers[centre] if self.changeovers else {}
        return known.get((before, step.family), usual)

    def followers(self) -> list[list[int]]:
        """Of each operation those that come after it."""
        found: list[list[int]] = [[] for _ in self.steps]
        for number, step in enumerate(self.steps):
            for before in step.after:
                found[before].append(number)
        return found

    def overlaps(self) -> dict[tuple[int, int], Overlap]:
        """How operations go on side by side, by the number of the one before and of the one behind."""
        return {
            (before, number): overlap
            for number, step in enumerate(self.steps)
            if step.overlaps
            for before, overlap in zip(step.after, step.overlaps, strict=True)
            if overlap is not None
        }

    def hours(self, centre: int) -> Hours:
        """When a centre works."""
        return self.machines[self.centres[centre][0]].hours

    def mirrored(self) -> Shop:
        """The same site with time running backward: what was due is released, what came first comes last."""
        jobs = [Job(-job.due, -job.release) for job in self.jobs]
        beside = {(after, before): each.mirrored for (before, after), each in self.overlaps().items()}
        steps = [
            Step(
                step.job, step.centres, step.span, step.setup, step.family, tuple(after), step.load_key,
                step.size, tuple(beside.get((each, number)) for each in after) if beside else (),
            )
            for number, (step, after) in enumerate(zip(self.steps, self.followers(), strict=True))
        ]  # fmt: skip
        machines = [
            Machine(
                machine.centre,
                machine.hours.mirrored(ENDLESS_SECONDS),
                tuple(Block(-block.end, -block.begin, block.family) for block in reversed(machine.blocks)),
            )
            for machine in self.machines
        ]
        turned = [
            {(after, before): span for (before, after), span in known.items()} for known in self.changeovers
        ]
        return Shop(jobs, steps, machines, self.centres, turned)


@dataclass(slots=True)
class Schedule:
    """Where and when each operation is done: its machine (-1: none), from the begin of its setup to its end.

    `loads` are the operations of each load in the order in which they were given their places; those of one load have
    the same place. `setups` are seconds within the place.
    """

    machines: list[int]
    begins: list[int]
    ends: list[int]
    setups: list[int]
    loads: list[tuple[int, ...]] = field(default_factory=list)

    @classmethod
    def empty(cls, count: int) -> Schedule:
        """No operation has its place."""
        return cls([-1] * count, [0] * count, [0] * count, [0] * count)


@dataclass(frozen=True, slots=True, order=True)
class Lateness:
    """How late a schedule is: seconds beyond due in all, jobs beyond due, and when the last one ends."""

    tardiness: int
    late: int
    last: int

    def no_worse(self, other: Lateness) -> bool:
        """Whether neither the delay nor the count of late jobs is greater."""
        return self.tardiness <= other.tardiness and self.late <= other.late


def job_ends(shop: Shop, schedule: Schedule) -> list[int]:
    """When each job ends; its release for one without operations."""
    ends = [job.release for job in shop.jobs]
    for step, end in zip(shop.steps, schedule.ends, strict=True):
        ends[step.job] = max(ends[step.job], end)
    return ends


def lateness(shop: Shop, schedule: Schedule) -> Lateness:
    """How late the jobs of a schedule are."""
    ends = job_ends(shop, schedule)
    delays = [end - job.due for job, end in zip(shop.jobs, ends, strict=True) if end > job.due]
    return Lateness(sum(delays), len(delays), max(ends, default=0))
