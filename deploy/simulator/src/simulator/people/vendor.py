"""A vendor's people: they promise what is ordered, as asked, and send it in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.doors import Doors, Person
from simulator.people.person import Turn, moment


@dataclass(slots=True)
class Vendor:
    """`delay` is how much later than asked this vendor promises; it sends a day before its goods are to arrive.

    One that `refuses` supplies nothing.
    """

    vendor_id: str
    delay: timedelta = timedelta(0)
    refuses: bool = False
    on_the_road: timedelta = timedelta(days=1)

    @property
    def title(self) -> str:
        """Who it is."""
        return f"vendor {self.vendor_id}"

    @property
    def person(self) -> Person:
        """As whom it asks."""
        return Person("vendor", f"{self.vendor_id}-sales", self.vendor_id)

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Answer what was ordered; send what was promised."""
        turn = Turn()
        for order in await doors.items(self.person, "vendors", "/v1/purchase-orders?state=ordered"):
            order_id = order["purchase_order_id"]
            if self.refuses:
                path = f"/v1/purchase-orders/{order_id}/refusal"
                await doors.post(self.person, "vendors", path, {"reason": "sold out"})
                turn.done(f"refuses purchase order {order_id}")
                continue
            lines = [
                {
                    "purchase_line_id": line["purchase_line_id"],
                    "at": (max(now, moment(line["wanted_at"])) + self.delay).isoformat(),
                }
                for line in order["lines"]
            ]
            path = f"/v1/purchase-orders/{order_id}/acknowledgement"
            await doors.post(self.person, "vendors", path, {"lines": lines})
            turn.done(f"acknowledges purchase order {order_id}")
        for order in await doors.items(self.person, "vendors", "/v1/purchase-orders?state=acknowledged"):
            order_id = order["purchase_order_id"]
            arrives = max(moment(line["answer"]["at"]) for line in order["lines"])
            if not turn.due(arrives - self.on_the_road, now):
                continue
            lines = [
                {"purchase_line_id": line["purchase_line_id"], "quantity": line["answer"]["quantity"]}
                for line in order["lines"]
            ]
            body = {"lines": lines, "expected_at": max(arrives, now).isoformat()}
            await doors.post(self.person, "vendors", f"/v1/purchase-orders/{order_id}/shipments", body)
            turn.done(f"ships purchase order {order_id}")
        return turn
