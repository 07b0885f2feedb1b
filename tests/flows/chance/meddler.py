"""Somebody who meddles: at moments of chance does what any of the people may, whether or not it makes sense.

In the end what only a person can put right is put right: nothing stands still, everything has a source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from random import Random
from typing import Any, Final

from simulator.doors import Doors, Person, Refused
from simulator.people.person import Turn
from simulator.scenarios.staff import QUALITY
from tests.flows.chance import aftermath, planning, production, wishes
from tests.flows.chance.scene import Act, NothingThere, Planned, Scene

ACTS_COUNT: Final = 60
TRIES_COUNT: Final = 5
DAYS_COUNT: Final = 45
SHOWN_COUNT: Final = 300
ACTS: Final = (*production.ACTS, *planning.ACTS, *wishes.ACTS, *aftermath.ACTS)


@dataclass(slots=True)
class Meddler:
    """What is refused is no fault of anybody; what a service has no answer to is."""

    seed: int
    begins: datetime
    planned: Sequence[Planned]
    sold: Sequence[str]
    customer_ids: Sequence[str]
    acts: Sequence[Act] = ()
    chance: Random = field(init=False)
    moments: list[datetime] = field(init=False)
    asked: list[tuple[Person, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = Random(f"{self.seed} meddler")
        hours = sorted(self.chance.randint(12, 24 * DAYS_COUNT) for _ in range(ACTS_COUNT))
        self.moments = [self.begins + timedelta(hours=each) for each in hours]

    @property
    def title(self) -> str:
        """Who it is."""
        return "meddler"

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Decide about what is offered; do one thing for each moment that has come."""
        turn = Turn()
        scene = Scene(
            self.seed, self.planned, self.sold, self.customer_ids, self.chance, doors, now, self.asked
        )
        for words in await wishes.decide(scene):
            turn.done(words)
        while self.moments and turn.due(self.moments[0], now):
            self.moments.pop(0)
            turn.done(await self._meddle(scene))
            if not self.moments:
                turn.done(await planning.plan_as_usual(scene))
                turn.done(await production.resume_all(scene))
        return turn

    async def _meddle(self, scene: Scene) -> str:
        """Do something, of a few things that come to mind, for which there is something to do it with."""
        for act in self.chance.sample([*ACTS, *self.acts], TRIES_COUNT):
            try:
                return await act(scene)
            except NothingThere:
                continue
            except Refused as refused:
                if refused.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise
                return f"{act.__name__}: {refused}"[:SHOWN_COUNT]
        return "finds nothing to do"


@dataclass(slots=True)
class Decider:
    """Quality: lets most of what is inspected pass, and decides over blocked lots by chance."""

    seed: int
    chance: Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = Random(f"{self.seed} decider")

    @property
    def title(self) -> str:
        """Who it is."""
        return "quality"

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Decide on everything that waits for a decision."""
        turn = Turn()
        for lot in await doors.items(QUALITY, "production", "/v1/lots?state=in-inspection"):
            passed = self.chance.random() < 0.8
            path = f"/v1/lots/{lot['lot_id']}/inspection"
            await doors.post(QUALITY, "production", path, {"passed": passed})
            turn.done(f"inspects lot {lot['lot_id']}: {'passed' if passed else 'failed'}")
        for lot in await doors.items(QUALITY, "production", "/v1/lots?state=blocked"):
            body: dict[str, Any] = {"disposition": "scrap", "reason": "bad"}
            if lot["sku"].startswith("axle") and self.chance.random() < 0.7:
                body |= {"disposition": "rework", "recipe_id": f"harden-{self.seed}"}
            await doors.post(QUALITY, "production", f"/v1/lots/{lot['lot_id']}/disposition", body)
            turn.done(f"sends lot {lot['lot_id']} of {lot['sku']} to {body['disposition']}")
        return turn
