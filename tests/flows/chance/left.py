"""What stands still in the end: the lines of orders, and of all services what has not ended."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from simulator.doors import Doors, Person
from simulator.scenarios.staff import DISPATCHER, PLANNER

ASKING: Final = ("issued", "silent", "award-proposed")
BUYING: Final = ("requested", "ordered", "acknowledged", "shipped", "part-received", "rejected")
RUNNING: Final = ("requested", "scheduled", "allowed", "running", "held", "suspended")
PLANNED: Final = ("planned", "released", "confirmed", "refused", "running")


async def show_left(doors: Doors, orders: Sequence[Mapping[str, Any]]) -> None:
    """Print of orders that are open, and of what is on its way, all that is known."""
    for order in orders:
        _show("order", order)
        for demand in await doors.items(PLANNER, "materials", f"/v1/demands?order_id={order['order_id']}"):
            _show("  demand", demand)
        path = f"/v1/visits?order_id={order['order_id']}"
        for visit in await doors.items(DISPATCHER, "service-desk", path):
            _show("  visit", visit)
        pegs = await doors.get(PLANNER, "materials", f"/v1/orders/{order['order_id']}/pegs")
        for peg in pegs["items"]:
            _show("  peg", peg)
    for what, who, service, path, states in (
        ("planned order", PLANNER, "materials", "/v1/planned-orders", PLANNED),
        ("run", PLANNER, "production", "/v1/runs", RUNNING),
        ("rfq", Person("buyer", "bruno"), "vendors", "/v1/rfqs", ASKING),
        ("purchase order", Person("buyer", "bruno"), "vendors", "/v1/purchase-orders", BUYING),
    ):
        for state in states:
            for each in await doors.items(who, service, f"{path}?state={state}"):
                _show(what, each)
    for message in await doors.items(PLANNER, "materials", "/v1/action-messages"):
        _show("message", message)


def _show(what: str, each: Mapping[str, Any]) -> None:
    print(what, json.dumps({key: value for key, value in each.items() if value not in (None, [], "", False)}))
