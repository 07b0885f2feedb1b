"""Sales: closes order lines of which no more will be delivered."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from simulator.doors import Doors, Person
from simulator.people.person import Turn


class Sales:
    """Closes lines at whose door nobody was found for good, and lines of which the client took a part only."""

    @property
    def title(self) -> str:
        """Who it is."""
        return "sales"

    @property
    def person(self) -> Person:
        """As whom it acts."""
        return Person("sales", "sam")

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Close what waits for nothing that will come."""
        turn = Turn()
        for order in await doors.items(self.person, "orders", "/v1/orders?state=open"):
            for line in order["lines"]:
                if reason := _reason(line):
                    path = f"/v1/orders/{order['order_id']}/lines/{line['line_id']}/short-close"
                    await doors.post(self.person, "orders", path, {"reason": reason})
                    turn.done(f"closes line {line['line_id']} of {order['order_id']} short: {reason}")
        return turn


def _reason(line: dict[str, Any]) -> str | None:
    if line["lifecycle"] == "short-closed":
        return None
    if (line["held"] or "").startswith("nobody was there"):
        return str(line["held"])
    return (
        "the client does without the rest"
        if 0 < Decimal(line["fulfilled"]) < Decimal(line["quantity"])
        else None
    )
