"""What machines count at runs: kept once however often and in whatever order it comes, and added up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.values import ZERO, Quantity
from production.domain.readings import AHEAD_SPAN_MAX, ReadingRefused

COUNTED_MAX: Final = Quantity(1_000_000)

# Run, operation, machine, moment: of each there is one count.
Key = tuple[str, int, str, datetime]


@dataclass(frozen=True, slots=True)
class MachineCount:
    """How much of what a run makes a machine has counted at an operation since its count before, good and bad."""

    run_id: str
    operation_no: int
    machine: str
    at: datetime
    good: Quantity
    bad: Quantity = ZERO

    @property
    def key(self) -> Key:
        """What makes it the same count when it comes again."""
        return self.run_id, self.operation_no, self.machine, self.at


def refused_counts(
    counts: Sequence[MachineCount], known: Mapping[str, Set[int]], now: datetime
) -> tuple[ReadingRefused, ...]:
    """Counts that cannot be: of no run (`known` are the operations by run), of no operation, or from the future."""
    found = []
    for place, each in enumerate(counts):
        operations = known.get(each.run_id)
        if operations is None:
            found.append(ReadingRefused(place, f"no run {each.run_id}"))
        elif each.operation_no not in operations:
            found.append(ReadingRefused(place, f"the run has no operation {each.operation_no}"))
        elif not all(ZERO <= much <= COUNTED_MAX for much in (each.good, each.bad)):
            found.append(ReadingRefused(place, f"a count is 0 to {COUNTED_MAX}"))
        elif each.at > now + AHEAD_SPAN_MAX:
            found.append(ReadingRefused(place, f"from the future: it is {now:%Y-%m-%dT%H:%M:%SZ}"))
    return tuple(found)
