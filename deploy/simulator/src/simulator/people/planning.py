"""The planner's desk: asks what could be promised, runs the plan of the site twice, compares, publishes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulator.doors import Doors, Person
from simulator.people.person import Turn


@dataclass(slots=True)
class PlanDesk:
    """Inquires about the lines of `asks` once; makes one version of the plan at each of two moments, and publishes the
    second, also where lines come later by it."""

    asks: Sequence[dict[str, Any]]
    first_at: datetime
    second_at: datetime
    asked: bool = False
    plans: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Who it is."""
        return "planner"

    @property
    def person(self) -> Person:
        """As whom it acts."""
        return Person("planner", "paula")

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Ask and plan what is due."""
        turn = Turn()
        if not self.asked:
            self.asked = True
            await self._ask(doors, turn)
        for number, at in enumerate((self.first_at, self.second_at)):
            if len(self.plans) == number and turn.due(at, now):
                await self._plan(doors, turn)
        return turn

    async def _ask(self, doors: Doors, turn: Turn) -> None:
        for line in self.asks:
            answer = await doors.post(self.person, "materials", "/v1/promises", {"lines": [line]})
            dates = ", ".join(f"{step['quantity']} by {step['at'][:10]}" for step in answer["steps"])
            why = "; ".join(answer["reasons"]) or answer["refused"] or "as wanted"
            turn.done(f"asks for {line['quantity']} {line['sku']}: {dates or 'no date'} ({why})")

    async def _plan(self, doors: Doors, turn: Turn) -> None:
        again = str(len(self.plans))
        body = {"site_id": "plant-1", "keeps": "firm"}
        asked = await doors.post(
            self.person, "materials", "/v1/plans", body, again=f"{again} {self.first_at}"
        )
        await doors.ended(self.person, "materials", asked["id"])
        plan = await doors.get(self.person, "materials", f"/v1/plans/{asked['id']}")
        self.plans.append(asked["id"])
        turn.done(
            f"plans the site: version {plan['plan_no']} has {plan['orders']} orders for {plan['demands']} demands, "
            f"{plan['late']} late, {plan['missing']} missing"
        )
        if len(self.plans) > 1:
            await self._publish(doors, turn)

    async def _publish(self, doors: Doors, turn: Turn) -> None:
        first, second = self.plans
        path = f"/v1/plans/{first}/difference/{second}"
        kinds: dict[str, int] = {}
        for each in await doors.items(self.person, "materials", path):
            kinds[each["kind"]] = kinds.get(each["kind"], 0) + 1
        words = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        turn.done(f"compares the two versions: {words or 'no difference'}")
        body = {"accepts_later": True, "replaces": True}
        await doors.post(self.person, "materials", f"/v1/plans/{second}/publication", body)
        turn.done("publishes the second version, which replaces what is only planned")
