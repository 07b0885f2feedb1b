"""What people and machines do at a run, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from contracts.shapes import LotPart
from contracts.values import PropertyValue, Quantity
from production.domain.material import Take
from production.domain.quality import Judged


@dataclass(frozen=True, slots=True)
class Start:
    """Begin."""


@dataclass(frozen=True, slots=True)
class Override:
    """Begin although the material does not lie ready; what is made waits for it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Let the run stand still."""

    reason: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on."""


@dataclass(frozen=True, slots=True)
class Abort:
    """Give the run up."""

    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A parameter of an operation, measured."""

    operation_no: int
    name: str
    value: Quantity


@dataclass(frozen=True, slots=True)
class Measure:
    """Note what was measured."""

    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of one output: how much is good (as planned if absent), what was measured of it, its serials."""

    sku: str
    quantity: Quantity | None = None
    properties: tuple[PropertyValue, ...] = ()
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scrap:
    """So much of an output is no good, and why."""

    sku: str
    quantity: Quantity
    reason: str


@dataclass(frozen=True, slots=True)
class Time:
    """The minutes that people and machines really needed at an operation, for what a report is about."""

    operation_no: int
    labour_minutes: Quantity
    machine_minutes: Quantity


def minutes(times: Iterable[Time]) -> dict[int, tuple[Quantity, Quantity]]:
    """Minutes of people and of machines, by operation."""
    return {time.operation_no: (time.labour_minutes, time.machine_minutes) for time in times}


@dataclass(frozen=True, slots=True)
class Report:
    """What a run took and gave so far.

    `runs` of it are done; if absent they are told by the quantities that came out, and are all that are left where
    outputs are named without quantities. Named lots are consumed; with `backflush` so is what the done runs need
    beyond them. Outputs that are not named came as planned for these runs. A report without runs, outcomes and scraps
    is about consumption alone. `times` stand instead of the recipe's minutes. One of an operation says that these runs
    went through it and all before it, and no further.
    """

    runs: Quantity | None = None
    takes: tuple[Take, ...] = ()
    backflush: bool = True
    outcomes: tuple[Outcome, ...] = ()
    scraps: tuple[Scrap, ...] = ()
    times: tuple[Time, ...] = ()
    operation_no: int | None = None

    @property
    def produces(self) -> bool:
        """Whether something was made, be it scrap, or went on."""
        wrought = self.runs is not None or self.operation_no is not None
        return wrought or bool(self.outcomes) or bool(self.scraps)


@dataclass(frozen=True, slots=True)
class End:
    """The run is over: its rest is done as reported, or nothing more was done; `reason` says why so little came."""

    report: Report
    rest: Literal["complete", "nothing"] = "complete"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Receive:
    """So much of the work that a vendor does was done well: its parts, with what they cost; `complete` is the last."""

    parts: tuple[LotPart, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Let:
    """A person may begin the run and report on it, although they have not the skill that it asks for."""

    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class Inspect:
    """What a sample showed of the work of an operation, for so many runs: all that have not passed there if absent."""

    operation_no: int
    sku: str
    found: tuple[Judged, ...]
    inspection_id: str
    runs: Quantity | None = None


Verdict = Literal["use-as-is", "rework", "scrap", "abort"]


@dataclass(frozen=True, slots=True)
class Decide:
    """What becomes of runs that wait at an inspection point; `runs` of them are scrapped, all if absent."""

    operation_no: int
    sku: str
    verdict: Verdict
    reason: str
    runs: Quantity | None = None


Act = Start | Override | Hold | Resume | Abort | Measure | Report | End | Receive | Let | Inspect | Decide
