"""Quality: inspects what arrived or came back, and decides over lots that are blocked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from simulator.doors import Doors, Person
from simulator.people.person import Turn


@dataclass(slots=True)
class Quality:
    """Passes what is to be inspected, or not; sends blocked lots to be reworked by a recipe, or scraps them."""

    disposition: Literal["rework", "scrap", "release"] = "rework"
    recipe_id: str | None = None
    passes: bool = False
    reason: str = "measured out of limits"

    @property
    def title(self) -> str:
        """Who it is."""
        return "quality"

    @property
    def person(self) -> Person:
        """As whom it acts."""
        return Person("quality", "quinn")

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Decide on every lot that is blocked."""
        turn = Turn()
        for lot in await doors.items(self.person, "production", "/v1/lots?state=in-inspection"):
            path = f"/v1/lots/{lot['lot_id']}/inspection"
            await doors.post(self.person, "production", path, {"passed": self.passes})
            turn.done(f"inspects lot {lot['lot_id']}")
        for lot in await doors.items(self.person, "production", "/v1/lots?state=blocked"):
            body: dict[str, Any] = {"disposition": self.disposition, "reason": self.reason}
            if self.disposition == "rework":
                body["recipe_id"] = self.recipe_id
            path = f"/v1/lots/{lot['lot_id']}/disposition"
            await doors.post(self.person, "production", path, body)
            turn.done(f"sends lot {lot['lot_id']} to {self.disposition}")
        return turn
