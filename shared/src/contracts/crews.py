"""The fact of production about crews, and the topic that carries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from contracts.topic import Topic


@dataclass(frozen=True, slots=True)
class CrewDefined:
    """So many people of one skill are at a site whenever their calendar is open."""

    crew_id: str
    site_id: str
    title: str
    skill: str
    people: int
    calendar_id: str


CREW: Final = Topic("production.crew.v1", "production", "crew_id", (CrewDefined,))
