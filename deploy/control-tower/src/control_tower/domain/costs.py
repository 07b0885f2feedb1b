"""What a run cost, from its standard through five variances to what was paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

Json = Mapping[str, Any]
VARIANCES: Final = (
    ("price", "Price", "what was consumed cost more than the standard says"),
    ("usage", "Usage", "more was consumed than the runs that are done allow"),
    ("rate", "Rate", "an hour of work cost more than the standard says"),
    ("efficiency", "Efficiency", "more minutes were needed than the recipe allows"),
    ("yielded", "Yield", "less good output came than the runs should have given"),
)


@dataclass(frozen=True, slots=True)
class VarianceRow:
    """A step from the standard to the actual: the amount (a loss is positive), and the sum up to here."""

    name: str
    says: str
    minor: int
    sum_minor: int


def variances_of(cost: Json) -> list[VarianceRow]:
    """From what the good output should have cost to what the run did cost; empty where there is no standard."""
    given = cost["variances"]
    if given is None:
        return []
    sum_minor: int = given["standard"]
    rows = [VarianceRow("Standard", "what the good output should have cost", sum_minor, sum_minor)]
    for key, name, says in VARIANCES:
        sum_minor += given[key]
        rows.append(VarianceRow(name, says, given[key], sum_minor))
    return rows
