"""What somebody who meddles has in hand: the doors, the moment, chance, and what the company has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any, TypeVar

from simulator.doors import Doors, Person

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Planned:
    """An item that is planned at a site: as usual by the first of the sources."""

    sku: str
    sources: tuple[str, ...]
    site_id: str = "plant-1"
    from_site_id: str | None = None

    def parameters(self, source: str, **more: Any) -> dict[str, Any]:
        """A body of planning parameters."""
        body = {"sku": self.sku, "site_id": self.site_id, "source": source, **more}
        return body | {"from_site_id": self.from_site_id} if source == "transfer" else body


class NothingThere(Exception):
    """There is nothing to meddle with; the words say of what kind."""


@dataclass(slots=True)
class Scene:
    """`asked` are the changes of orders that were asked for and not decided: who, order, change."""

    seed: int
    planned: Sequence[Planned]
    sold: Sequence[str]
    customer_ids: Sequence[str]
    chance: Random
    doors: Doors
    now: datetime
    asked: list[tuple[Person, str, str]] = field(default_factory=list)

    @property
    def skus(self) -> list[str]:
        """All items."""
        return sorted({each.sku for each in self.planned})

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


Act = Callable[[Scene], Awaitable[str]]
