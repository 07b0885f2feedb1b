"""Second thoughts: a customer wants less of a promised order, or none of it, and takes what is possible."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulator.doors import Doors, Person
from simulator.people.person import Turn


@dataclass(slots=True)
class SecondThoughts:
    """Once for each promised order: with a `quantity` so much of each line is asked for, else its cancellation.

    `after` is the moment before which nobody thinks of it. `answers` keeps how each change ended, by order.
    """

    customer_id: str
    quantity: str | None = None
    after: datetime | None = None
    asked: dict[str, str] = field(default_factory=dict)
    answers: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Who it is."""
        return f"customer {self.customer_id}"

    @property
    def person(self) -> Person:
        """As whom it asks."""
        return Person("customer", f"{self.customer_id}-buyer", self.customer_id)

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Ask once, and take what is offered."""
        turn = Turn()
        for order in await doors.items(self.person, "orders", "/v1/orders?state=open"):
            order_id = order["order_id"]
            promised = all(line["lifecycle"] == "promised" for line in order["lines"])
            if order_id not in self.asked and promised and turn.due(self.after or now, now):
                self.asked[order_id] = await self._ask(doors, order)
                turn.done(f"has second thoughts about order {order_id}")
        for order_id, change_id in self.asked.items():
            if order_id not in self.answers:
                await self._decide(doors, order_id, change_id, turn)
        return turn

    async def _ask(self, doors: Doors, order: dict[str, Any]) -> str:
        path = f"/v1/orders/{order['order_id']}"
        if self.quantity is None:
            wish: dict[str, Any] = {"reason": "it is not needed any more"}
            answer = await doors.post(self.person, "orders", f"{path}/cancellation-requests", wish)
        else:
            # Of work there is all or nothing.
            goods = [line["line_id"] for line in order["lines"] if line["kind"] == "good"]
            lines = [{"line_id": line_id, "quantity": self.quantity} for line_id in goods]
            answer = await doors.post(self.person, "orders", f"{path}/amendments", {"lines": lines})
        return str(answer["id"])

    async def _decide(self, doors: Doors, order_id: str, change_id: str, turn: Turn) -> None:
        path = f"/v1/orders/{order_id}/changes/{change_id}"
        change = await doors.get(self.person, "orders", path)
        if change["state"] == "offered":
            await doors.post(self.person, "orders", f"{path}/commit")
            change["state"] = "committed"
        if change["state"] != "asked":
            self.answers[order_id] = (change["state"], change["reason"])
            turn.done(f"reads that the change of order {order_id} is {change['state']}")
