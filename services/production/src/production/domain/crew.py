"""Crews: people of one skill at a site, who work by a calendar of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from backbone.errors import Invalid, Pointer
from contracts.crews import CrewDefined
from contracts.recipes import Operation
from production.domain.recipe import Recipe

PEOPLE_COUNT_MAX: Final = 1_000

# A site and what is asked for there.
Skill = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Crew:
    """So many people of one skill are at a site whenever their calendar is open; of a crew that is dissolved, none."""

    crew_id: str
    site_id: str
    title: str
    skill: str
    people: int
    calendar_id: str

    def __post_init__(self) -> None:
        if not 0 <= self.people <= PEOPLE_COUNT_MAX:
            raise Invalid(
                "the crew cannot be as it is described", [("/people", f"0 to {PEOPLE_COUNT_MAX} people")]
            )

    def demand_as_before(self, known: Crew) -> None:
        """Raise `Invalid` where it would be at another site, or of another skill: work may be booked on it."""
        wrong = [
            (f"/{name}", f"it was defined with {getattr(known, name)}")
            for name in ("site_id", "skill")
            if getattr(self, name) != getattr(known, name)
        ]
        if wrong:
            raise Invalid("a crew keeps its site and its skill", wrong)

    def told(self) -> CrewDefined:
        """The crew as others hear of it."""
        return CrewDefined(self.crew_id, self.site_id, self.title, self.skill, self.people, self.calendar_id)


def skills_of(operations: Iterable[Operation]) -> set[str]:
    """The skills that operations ask for."""
    return {each.skill for each in operations if each.skill}


def skills_asked(recipes: Iterable[Recipe]) -> set[Skill]:
    """The skills that recipes ask for, each at its site."""
    said = [recipe.content for recipe in recipes]
    return {(each.site_id, skill) for each in said for skill in skills_of(each.operations)}


def demand_manned(operations: Sequence[Operation], site_id: str, crews: Iterable[Crew]) -> None:
    """Raise `Invalid` for operations that no crew of a site could do: none has their skill, or so many people."""
    most: dict[str, int] = {}
    for crew in crews:
        if crew.site_id == site_id:
            most[crew.skill] = max(most.get(crew.skill, 0), crew.people)
    wrong: list[Pointer] = []
    for place, operation in enumerate(operations):
        if operation.skill and operation.skill not in most:
            wrong.append((f"/operations/{place}/skill", f"no crew of {site_id} has it"))
        elif operation.skill and operation.people > most[operation.skill]:
            wrong.append(
                (f"/operations/{place}/people", f"no crew of {site_id} has more than {most[operation.skill]}")
            )
    if wrong:
        raise Invalid("nobody at the site could do it", wrong)
