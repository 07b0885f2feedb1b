"""Who says what a currency is worth when somebody waits for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from o2d.asking import Services
from simulator.doors import Doors
from simulator.people.person import Turn

PATIENCE: Final = timedelta(days=2)


@dataclass(slots=True)
class Bookkeeper:
    """Says a rate, two days after somebody was found to wait for it."""

    services: Services
    asked: dict[str, datetime] = field(default_factory=dict)
    title: str = "bookkeeper"

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Say what is missing."""
        turn = Turn()
        for one in (await self.services.get("orders", "/v1/missing-rates"))["items"]:
            path = f"/v1/exchange-rates/{one['currency']}/{one['into']}/{one['day']}"
            if turn.due(self.asked.setdefault(path, now) + PATIENCE, now):
                await self.services.put("orders", path, {"rate": "1.1"}, 0)
                turn.done(f"says {one['currency']} in {one['into']} of {one['day']}")
        return turn
