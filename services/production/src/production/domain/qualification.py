"""Who may do what: people with skills, until when, and the refusal of who has not the one that is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backbone.errors import Refusal
from contracts.recipes import Operation
from production.domain.act import Act, End, Report, Start
from production.domain.crew import Skill
from production.domain.routing import befores_of
from production.domain.run import Run


class NotQualified(Refusal):
    """Whoever begins a run, or reports on it, has the skill that its operation asks for."""


@dataclass(frozen=True, slots=True)
class Qualification:
    """A person (as tokens name them) has a skill at a site until a moment, or until somebody says otherwise."""

    person: str
    site_id: str
    skill: str
    valid_until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether the person has it then."""
        return self.valid_until is None or at < self.valid_until


# By site and skill everybody who ever had it there; where nobody ever had, nobody is asked for it.
Qualified = Mapping[Skill, Mapping[str, Qualification]]


def demand_qualified(
    run: Run, act: Act, operations: Sequence[Operation], by: str, known: Qualified, at: datetime
) -> None:
    """Raise `NotQualified` for who begins a run, or reports on it, without a skill that is asked for.

    A run is begun by who may do one of the operations that wait for no other, and reported on by who may do the
    operation that is named, else one of those that no other waits for. Who was let by name is not asked.
    """
    if by in run.floor.let:
        return
    asked = _asked(act, operations)
    missing = [why for each in asked if (why := _missing(each, run.site_id, by, known, at))]
    if asked and len(missing) == len(asked):
        raise NotQualified(f"{by} may not do this at {run.name}: {missing[0]}")


def _asked(act: Act, operations: Sequence[Operation]) -> list[Operation]:
    befores = befores_of(operations)
    if isinstance(act, Start):
        return [each for each, some in zip(operations, befores, strict=True) if not some]
    if isinstance(act, Report) and act.operation_no is not None:
        return [each for each in operations if each.operation_no == act.operation_no]
    if isinstance(act, Report | End):
        followed = {place for some in befores for place in some}
        return [each for place, each in enumerate(operations) if place not in followed]
    return []


def _missing(operation: Operation, site_id: str, by: str, known: Qualified, at: datetime) -> str | None:
    """Why a person may not do an operation; None for who may."""
    people = known.get((site_id, operation.skill)) if operation.skill else None
    if not people:
        return None
    found = people.get(by)
    asked = f"operation {operation.operation_no} asks for {operation.skill}"
    if found is None:
        return asked
    if not found.holds(at):
        return f"{asked}, which they had until {found.valid_until:%Y-%m-%d %H:%M} (UTC)"
    return None
