"""What a scenario is: masters that are put in by those who may, people who act, and what is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from simulator.doors import Doors, Person, Refused
from simulator.people.customer import Customer
from simulator.people.person import Plays
from simulator.scenarios.staff import APPROVER, ENGINEER
from simulator.sights.sight import Looks, nothing_more

CONFLICT: Final = 409


@dataclass(frozen=True, slots=True)
class Put:
    """A master that somebody puts in: by whom, where, with what body."""

    who: Person
    service: str
    path: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Masters are the same at any time; needs and people are asked for from the business time at the beginning on.

    `looks` reads through the public doors what came of it since that time, when every order has ended.
    """

    name: str
    title: str
    masters: Callable[[], Sequence[Put]]
    customers: Callable[[datetime], Sequence[Customer]]
    people: Callable[[datetime], Sequence[Plays]]
    looks: Looks = nothing_more


def approved(recipe: Mapping[str, Any]) -> list[Put]:
    """A recipe that one person writes and another approves."""
    place = f"/v1/recipes/{recipe['recipe_id']}/versions/1"
    return [
        Put(ENGINEER, "production", "/v1/recipes", recipe),
        Put(ENGINEER, "production", f"{place}/submission", {}),
        Put(APPROVER, "production", f"{place}/approval", {}),
    ]


async def seed(doors: Doors, scenario: Scenario, watch: Callable[[str], None]) -> int:
    """Put in the masters of a scenario, in order; what is there already stays. The answer is how many there are."""
    return await put_in(doors, scenario.masters(), watch)


async def put_in(doors: Doors, puts: Sequence[Put], watch: Callable[[str], None]) -> int:
    """Put in masters, in order; what is there already stays. The answer is how many there are."""
    for number, put in enumerate(puts, start=1):
        try:
            await doors.post(put.who, put.service, put.path, put.body)
        except Refused as refused:
            # Another scenario, or an earlier day, has put the same thing in.
            if refused.status != CONFLICT:
                raise
        watch(f"{number}/{len(puts)} {put.service} {put.path}")
    return len(puts)
