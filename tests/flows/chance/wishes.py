"""What customers may wish after an order, and how they decide when it is offered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from simulator.doors import Person
from tests.flows.chance.scene import Scene


async def amend(scene: Scene) -> str:
    """More or less of a line, at another moment, or a line that is new."""
    customer_id = scene.chance.choice(scene.customer_ids)
    who = Person("customer", f"{customer_id}-buyer", customer_id)
    order = scene.one_of(await scene.items(who, "orders", "/v1/orders?state=open"), "open order")
    line = scene.chance.choice(order["lines"])
    wanted_at = (scene.now + timedelta(days=scene.chance.randint(1, 40))).isoformat()
    wishes: list[dict[str, Any]] = [
        {"lines": [{"line_id": line["line_id"], "quantity": str(scene.chance.randint(0, 30))}]},
        {"moments": [{"line_id": line["line_id"], "wanted_at": wanted_at}]},
        {
            "added": [
                {
                    "line_id": f"{scene.now:%m%d%H}",
                    "offer_id": scene.chance.choice(scene.sold),
                    "quantity": str(scene.chance.randint(1, 20)),
                    "wanted_at": wanted_at,
                }
            ]
        },
    ]
    wish = scene.chance.choice(wishes)
    answer = await scene.post(who, "orders", f"/v1/orders/{order['order_id']}/amendments", wish)
    scene.asked.append((who, order["order_id"], answer["id"]))
    return f"wishes of order {order['order_id']}: {wish}"


async def decide(scene: Scene) -> list[str]:
    """Take what is offered, or not; the answer says what was done."""
    told, scene.asked[:], waiting = [], [], scene.asked[:]
    for who, order_id, change_id in waiting:
        path = f"/v1/orders/{order_id}/changes/{change_id}"
        state = (await scene.doors.get(who, "orders", path))["state"]
        if state == "offered":
            act = scene.chance.choice(["commit", "commit", "withdraw"])
            await scene.post(who, "orders", f"{path}/{act}")
            told.append(f"{act}: change of order {order_id}")
        elif state == "asked":
            scene.asked.append((who, order_id, change_id))
        else:
            told.append(f"reads that the change of order {order_id} is {state}")
    return told


# There are three kinds of it: twice as likely as any other act.
ACTS: Final = (amend, amend)
