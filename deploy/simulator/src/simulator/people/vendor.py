"""A vendor's people: they promise what is ordered, as asked, and send it in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from simulator.doors import Doors, Person
from simulator.people.person import Turn, moment


@dataclass(slots=True)
class Vendor:
    """`delay` is how much later than asked this vendor promises; it sends a day before its goods are to arrive.

    One that `refuses` supplies nothing; one that thinks answers so long after it was asked. What was turned away is
    sent anew.
    """

    vendor_id: str
    delay: timedelta = timedelta(0)
    refuses: bool = False
    thinks: timedelta = timedelta(0)
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
            if not turn.due(moment(order["issued_at"]) + self.thinks, now):
                continue
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
        for state in ("part-received", "rejected"):
            for order in await doors.items(self.person, "vendors", f"/v1/purchase-orders?state={state}"):
                await self._send_again(doors, turn, now, order)
        return turn

    async def _send_again(self, doors: Doors, turn: Turn, now: datetime, order: Mapping[str, Any]) -> None:
        """Replace what was turned away, unless that is on its way already."""
        owed = {line["purchase_line_id"]: _owed(line) for line in order["lines"]}
        lines = [{"purchase_line_id": key, "quantity": str(much)} for key, much in owed.items() if much > 0]
        if lines:
            body = {"lines": lines, "expected_at": (now + self.on_the_road).isoformat()}
            path = f"/v1/purchase-orders/{order['purchase_order_id']}/shipments"
            await doors.post(self.person, "vendors", path, body)
            turn.done(f"replaces goods of purchase order {order['purchase_order_id']}")


def _owed(line: Mapping[str, Any]) -> Decimal:
    """What is still to come and not on its way."""
    on_its_way = Decimal(line["shipped"]) - Decimal(line["accepted"]) - Decimal(line["rejected"])
    return Decimal(line["balance"]) - on_its_way
