"""A technician: skills, working hours, leaves, the way to clients, and what an hour costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from backbone.errors import Invalid
from contracts.service_desk import CapacityChanged
from contracts.values import ZERO, Quantity
from service_desk.domain.form import MINOR_MAX, counted, number
from service_desk.domain.hours import Hours

SKILLS_COUNT_MAX: Final = 50
LEAVES_COUNT_MAX: Final = 500
TRAVEL_MINUTES_MAX: Final = 480
YEAR_MIN: Final = 2000
YEAR_MAX: Final = 2200


class LeaveIsWrong(Invalid):
    """A leave ends after it begins."""


@dataclass(frozen=True, slots=True, order=True)
class Leave:
    """A stretch of time in which a technician does not work."""

    starts_at: datetime
    ends_at: datetime

    def meets(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether it lies inside, across or around that stretch."""
        return self.starts_at < ends_at and self.ends_at > starts_at


@dataclass(frozen=True, slots=True)
class Technician:
    """Somebody who goes to clients from a site; who is not active takes no new visits.

    `travel_minutes` lie between two visits at different addresses; an hour costs `labour_minor`.
    """

    technician_id: str
    title: str
    site_id: str
    skills: frozenset[str]
    hours: Hours
    leaves: tuple[Leave, ...] = ()
    travel_minutes: int = 0
    labour_minor: int = 0
    active: bool = True
    version: int = 0

    @property
    def travel(self) -> timedelta:
        """The time between two addresses."""
        return timedelta(minutes=self.travel_minutes)

    def checked(self) -> Technician:
        """The same technician with everything in order; raises `HoursAreWrong`, `LeaveIsWrong`, `Invalid`."""
        counted(sorted(self.skills), "/skills", SKILLS_COUNT_MAX)
        counted(self.leaves, "/leaves", LEAVES_COUNT_MAX, least=0)
        number(self.travel_minutes, "/travel_minutes", 0, TRAVEL_MINUTES_MAX)
        number(self.labour_minor, "/labour_minor", 0, MINOR_MAX)
        for place, leave in enumerate(self.leaves):
            years = (leave.starts_at.year, leave.ends_at.year)
            if leave.ends_at <= leave.starts_at or min(years) < YEAR_MIN or max(years) > YEAR_MAX:
                raise LeaveIsWrong(
                    "a leave ends after it begins, in our time", [(f"/leaves/{place}", "when?")]
                )
        return replace(self, hours=self.hours.checked(), leaves=tuple(sorted(set(self.leaves))))

    def can(self, skills: Iterable[str]) -> bool:
        """Whether they have every skill that is asked."""
        return self.active and self.skills.issuperset(skills)

    def away(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether any leave meets that stretch."""
        return any(leave.meets(starts_at, ends_at) for leave in self.leaves)


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many hours of a skill there are in a week."""

    skill: str
    hours_per_week: Quantity
    from_at: datetime

    def told(self) -> CapacityChanged:
        """The fact for those who plan with it."""
        return CapacityChanged(self.skill, self.from_at, self.hours_per_week)


def hours_by_skill(technicians: Iterable[Technician]) -> Mapping[str, Quantity]:
    """Hours of each skill in a week, of all who work; who has two skills counts under both."""
    hours: dict[str, Quantity] = defaultdict(lambda: ZERO)
    for technician in technicians:
        if technician.active:
            for skill in technician.skills:
                hours[skill] += technician.hours.per_week
    return hours
