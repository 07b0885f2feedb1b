"""What may come after goods have arrived: complaints and credits, recalls, and goods that go back to their vendor."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from simulator.doors import Doors, Person
from simulator.people.person import Turn
from simulator.scenarios.staff import APPROVER, QUALITY, SALES, WAREHOUSE
from tests.flows.chance.scene import Scene

AGENT: Final = Person("agent", "agnes")
# What one person may credit of an order alone.
ALONE_MINOR: Final = 50_000
GIVEN_UP: Final = frozenset({"cancelled", "cancelled-with-cost", "short-closed"})
THINKS: Final = timedelta(hours=20)


async def complain(scene: Scene) -> str:
    """A customer complains about an order, or asks about one."""
    customer_id = scene.chance.choice(scene.customer_ids)
    who = Person("customer", f"{customer_id}-buyer", customer_id)
    order = scene.one_of(await scene.items(who, "orders", "/v1/orders"), "order")
    body = {
        "kind": scene.chance.choice(["complaint", "question"]),
        "subject": "it is not what we wanted",
        "priority": scene.chance.randint(1, 4),
        "order_id": order["order_id"],
    }
    ticket = await scene.post(who, "service-desk", "/v1/tickets", body)
    return f"opens a {body['kind']} about order {order['order_id']}: ticket {ticket['id']}"


async def reopen(scene: Scene) -> str:
    """That was no answer."""
    customer_id = scene.chance.choice(scene.customer_ids)
    who = Person("customer", f"{customer_id}-buyer", customer_id)
    found = await scene.items(who, "service-desk", "/v1/tickets?state=resolved")
    ticket = scene.one_of(found, "ticket that is resolved")
    await scene.post(who, "service-desk", f"/v1/tickets/{ticket['ticket_id']}/reopening")
    return f"reopens ticket {ticket['ticket_id']}"


async def call_back(scene: Scene) -> str:
    """A lot is called back, with all that was made of it."""
    sku = scene.chance.choice(scene.skus)
    lots = await scene.items(QUALITY, "materials", f"/v1/lots?sku={sku}")
    lot_id = scene.one_of(lots, f"lot of {sku}")["lot_id"]
    body = {"reason": "brittle", "lot_ids": [lot_id]}
    recall = await scene.post(QUALITY, "production", "/v1/recalls", body)
    return f"calls lot {lot_id} of {sku} back: recall {recall['id']}"


async def send_back(scene: Scene) -> str:
    """Some of what a vendor has brought and what still lies there goes back, to be replaced or not."""
    found = await scene.items(
        WAREHOUSE,
        "vendors",
        *(f"/v1/purchase-orders?state={state}" for state in ("received", "part-received")),
    )
    mine = [each for each in found if each["lines"][0]["sku"] in scene.skus]
    order = scene.one_of(mine, "purchase order that was received")
    path = f"/v1/purchase-orders/{order['purchase_order_id']}"
    detail = await scene.doors.get(WAREHOUSE, "vendors", path)
    here = {
        each["lot_id"]: each["quantity"]
        for line in order["lines"]
        for each in await scene.items(WAREHOUSE, "materials", f"/v1/lots?sku={line['sku']}")
        if each["site_id"] == line["site_id"]
    }
    lots = [
        (receipt["purchase_line_id"], lot["lot_id"])
        for receipt in detail["receipts"]
        for lot in receipt["lots"]
        if lot["lot_id"] in here
    ]
    line_id, lot_id = scene.one_of(lots, "lot of it that is left")
    quantity = here[lot_id] if scene.chance.random() < 0.4 else "1"
    body = {
        "purchase_line_id": line_id,
        "lots": [{"lot_id": lot_id, "quantity": quantity}],
        "reason": "porous",
        "replacement": scene.chance.random() < 0.6,
    }
    await scene.post(WAREHOUSE, "vendors", f"{path}/returns", body)
    words = "to be replaced" if body["replacement"] else "for good"
    return f"sends {quantity} of lot {lot_id} back to {order['vendor_id']}, {words}"


@dataclass(slots=True)
class Agent:
    """Answers tickets, often with a credit; closes recalls of which everything has its outcome."""

    seed: int
    chance: Random = field(init=False)
    seen: dict[str, datetime] = field(default_factory=dict)
    title: str = "agent"

    def __post_init__(self) -> None:
        self.chance = Random(f"{self.seed} agent")

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Answer what is open since yesterday, and close what is over."""
        turn = Turn()
        for state in ("open", "in-progress", "waiting-client"):
            for ticket in await doors.items(AGENT, "service-desk", f"/v1/tickets?state={state}"):
                key = f"{ticket['ticket_id']} {ticket['version']}"
                if turn.due(self.seen.setdefault(key, now) + THINKS, now):
                    await self._answer(doors, turn, ticket)
        for recall in await doors.items(QUALITY, "production", "/v1/recalls?state=traced"):
            if not recall["open_lots"] and not recall["open_tickets"]:
                path = f"/v1/recalls/{recall['recall_id']}/close"
                await doors.post(APPROVER, "production", path, {"summary": "all is done"})
                turn.done(f"closes recall {recall['recall_id']}")
        return turn

    async def _answer(self, doors: Doors, turn: Turn, ticket: dict[str, Any]) -> None:
        path, again = f"/v1/tickets/{ticket['ticket_id']}", str(ticket["version"])
        if ticket["state"] != "waiting-client" and self.chance.random() < 0.2:
            await doors.post(AGENT, "service-desk", f"{path}/waiting", again=again)
            turn.done(f"waits for the client of ticket {ticket['ticket_id']}")
            return
        body: dict[str, Any] = {"how": "we are sorry"}
        if ticket["order_id"] and self.chance.random() < 0.6:
            body |= await self._credit(doors, ticket)
        await doors.post(AGENT, "service-desk", f"{path}/resolution", body, again=again)
        turn.done(f"answers ticket {ticket['ticket_id']}{' with a credit' if 'credit' in body else ''}")

    async def _credit(self, doors: Doors, ticket: dict[str, Any]) -> dict[str, Any]:
        """Some of what the lines that go on are charged, where anything is left; little enough for one person."""
        order = await doors.get(SALES, "orders", f"/v1/orders/{ticket['order_id']}")
        others = await doors.items(AGENT, "service-desk", f"/v1/tickets?order_id={ticket['order_id']}")
        others = [each for each in others if each["ticket_id"] != ticket["ticket_id"]]
        before = sum(each["credit"]["minor"] for each in (*order["returns"], *others) if each["credit"])
        charged = sum(each["price"]["minor"] for each in order["lines"] if each["lifecycle"] not in GIVEN_UP)
        most = min(charged - before, ALONE_MINOR - before, 20_000)
        if most <= 0:
            return {}
        currency = order["lines"][0]["price"]["currency"]
        return {"credit": {"minor": self.chance.randint(1, most), "currency": currency}}


ACTS: Final = (complain, complain, reopen, call_back, send_back)
