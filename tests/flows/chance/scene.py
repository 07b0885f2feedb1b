"""What somebody who meddles has in hand: the doors, the moment, chance, and what the company has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any, TypeVar

from simulator.doors import Doors, Person

T = TypeVar("T")


class NothingThere(Exception):
    """There is nothing to meddle with; the words say of what kind."""


@dataclass(slots=True)
class Scene:
    """`asked` are the changes of orders that were asked for and not decided: who, order, change."""

    seed: int
    skus: Sequence[str]
    customer_ids: Sequence[str]
    chance: Random
    doors: Doors
    now: datetime
    asked: list[tuple[Person, str, str]] = field(default_factory=list)

    async def post(
        self, who: Person, service: str, path: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Act, as if for the first time. Raises `Refused`."""
        answer: dict[str, Any] = await self.doors.post(who, service, path, body, again=str(self.now))
        return answer

    async def items(self, who: Person, service: str, *paths: str) -> list[Any]:
        """What lies at all of these."""
        return [each for path in paths for each in await self.doors.items(who, service, path)]

    def one_of(self, found: Sequence[T], what: str) -> T:
        """Any of these. Raises `NothingThere`."""
        if not found:
            raise NothingThere(what)
        return self.chance.choice(found)
