"""What work centres and people can do on each day, and what of it planned and scheduled runs take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

# In front of a skill and its site: nobody calls a work centre so.
_PEOPLE: Final = "people for "


class WorkCentre(NamedTuple):
    """A work centre as planning sees it: so many machines on the days and hours of a calendar.

    An hour of its people and of a machine costs so many minor units of the currency (none: nobody knows the rates),
    overhead comes in addition as so many millionths of both.
    """

    work_centre_id: str
    site_id: str
    calendar_id: str
    machines: int
    labour_rate_minor: int = 0
    machine_rate_minor: int = 0
    overhead_micro: int = 0
    currency: str = ""


class Crew(NamedTuple):
    """So many people on the days and hours of a calendar, who are of the `resource_id` of their skill."""

    crew_id: str
    resource_id: str
    people: int
    calendar_id: str


class Units(NamedTuple):
    """So many machines, or people of one crew, on the days and hours of a calendar."""

    number: int
    calendar_id: str


class Load(NamedTuple):
    """What a planned order, or its run, takes of a resource on a day (ISO): minutes of its units, in millionths.

    A resource is a work centre, or the people of one skill at a site.
    """

    planned_order_id: str
    resource_id: str
    day: str
    load_micro: int


@dataclass(frozen=True, slots=True)
class Room:
    """The work centres and resources that a decision may load.

    `taken` is what orders that it does not look at take of each resource by day (ISO). Of a resource without `units`
    nobody was told what it can do.
    """

    centres: Mapping[str, WorkCentre] = field(default_factory=dict)
    units: Mapping[str, tuple[Units, ...]] = field(default_factory=dict)
    taken: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def people_of(site_id: str, skill: str) -> str:
    """The resource of all people of a skill at a site, whatever crew they are of."""
    return f"{_PEOPLE}{skill}@{site_id}"


def said(resource_id: str) -> str:
    """A resource in words."""
    return resource_id.rpartition("@")[0] if resource_id.startswith(_PEOPLE) else resource_id
