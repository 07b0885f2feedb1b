"""The warehouse: takes in what is at the gate, measures it, sends and takes transfers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from simulator.doors import Doors, Person
from simulator.people.person import Turn, moment


@dataclass(slots=True)
class Warehouse:
    """`measures` are the properties that lots of an item are found to have, as the receipt's body names them.

    Of an item in `rejects` so much is turned away when it comes for the first time.
    """

    measures: Mapping[str, list[dict[str, str]]] = field(default_factory=dict)
    rejects: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Who it is."""
        return "warehouse"

    @property
    def person(self) -> Person:
        """As whom it asks."""
        return Person("warehouse", "wanda")

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Take in everything that has arrived."""
        turn = Turn()
        for state in ("shipped", "part-received"):
            for order in await doors.items(self.person, "vendors", f"/v1/purchase-orders?state={state}"):
                await self._take_in(doors, now, turn, order["purchase_order_id"])
        return turn

    async def _take_in(self, doors: Doors, now: datetime, turn: Turn, order_id: str) -> None:
        detail = await doors.get(self.person, "vendors", f"/v1/purchase-orders/{order_id}")
        arrives = max((moment(each["expected_at"]) for each in detail["shipments"]), default=now)
        if not turn.due(arrives, now):
            return
        lines = [self._arrived(detail["order"], line) for line in detail["order"]["lines"] if _waiting(line)]
        if lines:
            path = f"/v1/purchase-orders/{order_id}/receipts"
            await doors.post(
                self.person, "vendors", path, {"lines": lines}, again=str(len(detail["receipts"]))
            )
            turn.done(f"takes in purchase order {order_id}")

    def _arrived(self, order: Mapping[str, Any], line: Mapping[str, Any]) -> dict[str, Any]:
        bad = Decimal(0) if Decimal(line["rejected"]) else Decimal(self.rejects.get(line["sku"], "0"))
        arrived = {"purchase_line_id": line["purchase_line_id"], "lots": self._lots(order, line, bad)}
        return {**arrived, "rejected": [{"quantity": str(bad), "reason": "damaged"}]} if bad else arrived

    def _lots(self, order: Mapping[str, Any], line: Mapping[str, Any], bad: Decimal) -> list[dict[str, Any]]:
        measured = self.measures.get(line["sku"], [])
        if order["vendor_kind"] == "internal":
            return [{"vendor_lot": lot["lot_id"], "quantity": lot["quantity"]} for lot in line["on_the_way"]]
        name = f"{order['vendor_id']}-{line['purchase_line_id'][-6:]}"
        good = _waiting(line) - bad
        return [{"vendor_lot": name, "quantity": str(good), "properties": measured}] if good else []


def _waiting(line: Mapping[str, Any]) -> Decimal:
    """What was sent and has not been taken in or turned away yet."""
    sent, taken = Decimal(line["shipped"]), Decimal(line["accepted"])
    return sent - taken - Decimal(line["rejected"])
