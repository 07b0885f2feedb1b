"""What machines report of runs: a series for each parameter, kept once however often and in whatever order it comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contracts.recipes import ParameterLimit
from contracts.values import Quantity
from production.domain.act import Reading
from production.domain.recipe import Content
from production.domain.run import Run

READINGS_COUNT_MAX: Final = 1_000
# Clocks of machines may be so much ahead of ours.
AHEAD_SPAN_MAX: Final = timedelta(minutes=1)

# Run, operation, parameter, machine, moment: of each there is one reading.
Key = tuple[str, int, str, str, datetime]


@dataclass(frozen=True, slots=True)
class MachineReading:
    """A parameter of an operation of a run as a machine saw it at one moment, in the unit of the recipe."""

    run_id: str
    operation_no: int
    name: str
    machine: str
    at: datetime
    value: Quantity
    unit: str

    @property
    def key(self) -> Key:
        """What makes it the same reading when it comes again."""
        return self.run_id, self.operation_no, self.name, self.machine, self.at


@dataclass(frozen=True, slots=True)
class ReadingRefused:
    """A reading (by its place in the batch, from 0) that was not taken, and why."""

    place: int
    detail: str


@dataclass(frozen=True, slots=True)
class Taking:
    """What came of a batch: how many readings are new, how many were there already, and which were refused."""

    taken: int
    known: int
    refused: tuple[ReadingRefused, ...]


def limits(content: Content) -> dict[tuple[int, str], ParameterLimit]:
    """The limits of a recipe by operation and parameter."""
    return {
        (step.operation_no, limit.name): limit for step in content.operations for limit in step.parameters
    }


def refused(
    readings: Sequence[MachineReading],
    known: Mapping[str, Mapping[tuple[int, str], ParameterLimit]],
    now: datetime,
) -> tuple[ReadingRefused, ...]:
    """Readings that cannot be: of no run (`known` are the limits by run), of no parameter, or from the future."""
    found = []
    for place, each in enumerate(readings):
        of_run = known.get(each.run_id)
        limit = None if of_run is None else of_run.get((each.operation_no, each.name))
        if of_run is None:
            found.append(ReadingRefused(place, f"no run {each.run_id}"))
        elif limit is None:
            found.append(ReadingRefused(place, f"operation {each.operation_no} has no parameter {each.name}"))
        elif limit.unit != each.unit:
            found.append(ReadingRefused(place, f"{each.name} is measured in {limit.unit}"))
        elif each.at > now + AHEAD_SPAN_MAX:
            found.append(ReadingRefused(place, f"from the future: it is {now:%Y-%m-%dT%H:%M:%SZ}"))
    return tuple(found)


def excursions(
    run: Run, readings: Sequence[MachineReading], of_run: Mapping[tuple[int, str], ParameterLimit]
) -> tuple[Reading, ...]:
    """The first new reading out of its limits of each parameter for which the run has none yet.

    One is enough to block what the run makes; all of them are in the series. What was measured while the run stood
    still says nothing of what it makes: a furnace without power cools down.
    """
    told = {(each.operation_no, each.name) for each in run.floor.recorded if not each.within}
    found: dict[tuple[int, str], Reading] = {}
    for each in sorted(readings, key=lambda reading: reading.at):
        place = each.operation_no, each.name
        limit = of_run[place]
        if (
            place not in told
            and not _still(run, each.at)
            and not limit.minimum <= each.value <= limit.maximum
        ):
            found.setdefault(place, Reading(each.operation_no, each.name, each.value))
    return tuple(found.values())


def out_since(run: Run, moments: Iterable[datetime]) -> datetime | None:
    """The first of these moments at which the run was at work; None when it was not at any."""
    return next((at for at in sorted(moments) if not _still(run, at)), None)


def _still(run: Run, at: datetime) -> bool:
    ended_at = run.floor.ended_at
    return (ended_at is not None and at > ended_at) or any(
        stop.from_at <= at and (stop.to_at is None or at < stop.to_at) for stop in run.floor.stops
    )
