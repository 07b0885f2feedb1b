"""A vendor that delivers in parts: who is served by the first does not wait for the last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from contracts.materials import SupplyLate
from contracts.vendors import GoodsReceived, OrderAcknowledged
from simulator.doors import Doors, Person
from simulator.people.client import Client
from simulator.people.field import Dispatcher
from simulator.people.person import Plays, Turn, moment
from simulator.people.warehouse import Warehouse
from tests.flows.town import Town
from tests.flows.trade import Story

SPACER: Final = Story("spacer", 60, minimum=100)
PURCHASES: Final = "/v1/purchase-orders"
UNDER_WAY: Final = ("acknowledged", "shipped", "part-received")


@dataclass(slots=True)
class InParts:
    """A vendor that promises a part when it is wanted and the rest a week later, and sends each a day before."""

    vendor_id: str
    first: str

    @property
    def title(self) -> str:
        """Who it is."""
        return f"vendor {self.vendor_id}"

    @property
    def person(self) -> Person:
        """As whom it asks."""
        return Person("vendor", f"{self.vendor_id}-sales", self.vendor_id)

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Promise what was ordered, and send the part whose time has come."""
        turn = Turn()
        for order in await doors.items(self.person, "vendors", f"{PURCHASES}?state=ordered"):
            (line,) = order["lines"]
            wanted_at = moment(line["wanted_at"])
            rest = str(Decimal(line["quantity"]) - Decimal(self.first))
            schedule = [
                {"quantity": self.first, "at": wanted_at.isoformat()},
                {"quantity": rest, "at": (wanted_at + timedelta(days=7)).isoformat()},
            ]
            body = {"lines": [{"purchase_line_id": line["purchase_line_id"], "schedule": schedule}]}
            await self._act(doors, order, "acknowledgement", body)
            turn.done(f"promises {self.first} and {rest}")
        for state in UNDER_WAY:
            for order in await doors.items(self.person, "vendors", f"{PURCHASES}?state={state}"):
                await self._send(doors, turn, now, order)
        return turn

    async def _send(self, doors: Doors, turn: Turn, now: datetime, order: dict[str, Any]) -> None:
        (line,) = order["lines"]
        shipped = Decimal(line["shipped"])
        for part in line["answer"]["schedule"]:
            shipped -= Decimal(part["quantity"])
            if shipped < 0:
                if turn.due(moment(part["at"]) - timedelta(days=1), now):
                    sent = {"purchase_line_id": line["purchase_line_id"], "quantity": part["quantity"]}
                    await self._act(doors, order, "shipments", {"lines": [sent], "expected_at": part["at"]})
                    turn.done(f"sends {part['quantity']}")
                return

    async def _act(self, doors: Doors, order: dict[str, Any], what: str, body: dict[str, Any]) -> None:
        path = f"{PURCHASES}/{order['purchase_order_id']}/{what}"
        await doors.post(self.person, "vendors", path, body)


async def test_an_order_that_the_first_part_covers_is_delivered_by_it(town: Town) -> None:
    now = await town.seeded(SPACER)
    customer = SPACER.customer(now)
    vendor = InParts(SPACER.vendor_id, "60")
    people: list[Plays] = [customer, vendor, Warehouse({}), Dispatcher(), Client(customer.customer_id)]
    await town.go(people)
    (order,) = await town.orders_of(customer)
    assert (order["state"], order["lines"][0]["fulfilment"]) == ("completed", "complete")
    (answer,) = await town.told(OrderAcknowledged, "vendors")
    first, rest = answer["lines"][0]["schedule"]
    assert (answer["lines"][0]["as_asked"], first["quantity"], rest["quantity"]) == (False, "60", "40")
    assert await town.told(SupplyLate, "materials") == []
    assert await _came(town) == [("60", False)]

    async def all_came() -> bool:
        return len(await _came(town)) > 1

    await town.go([vendor, Warehouse({})], all_came)
    assert await _came(town) == [("60", False), ("40", True)]
    card = await town.doors.get(vendor.person, "vendors", f"/v1/vendors/{SPACER.vendor_id}/scorecard")
    assert (card["otif_percent"], card["lines"]) == ("100", 1)
    assert await town.broken() == []


async def _came(town: Town) -> list[tuple[str, bool]]:
    """What came in, receipt by receipt, and whether that was the last of it."""
    lines = [line for fact in await town.told(GoodsReceived, "vendors") for line in fact["lines"]]
    return [(line["lots"][0]["quantity"], line["complete"]) for line in lines]
