"""The second person: agrees to purchases above the limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from simulator.doors import Doors, Person
from simulator.people.person import Turn


@dataclass(slots=True)
class Approver:
    """Agrees to everything that waits for a second person."""

    @property
    def title(self) -> str:
        """Who it is."""
        return "approver"

    @property
    def person(self) -> Person:
        """As whom it acts."""
        return Person("approver", "ava")

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Agree to purchase orders that wait."""
        turn = Turn()
        for order in await doors.items(self.person, "vendors", "/v1/purchase-orders?state=requested"):
            path = f"/v1/purchase-orders/{order['purchase_order_id']}/approval"
            body = {"accepted": True, "reason": "needed for a customer's order"}
            await doors.post(self.person, "vendors", path, body)
            turn.done(f"approves purchase order {order['purchase_order_id']}")
        return turn
